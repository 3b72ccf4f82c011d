import { createHash } from 'node:crypto';
import { type AppError, refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { AppNetwork, Release } from '@berth/domain/release';
import {
  countSubnets,
  findOverlap,
  parseCidr,
  planSubnet,
  printAddress,
  type SubnetPool,
  type TakenRange,
} from '@berth/domain/subnet';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import type { Network, NetworkCreate } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { createTurns } from '@berth/runtime/turns';
import type { AppStore } from '../apps/store.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { Nodes } from '../nodes/ports.ts';
import { removeNetwork } from '../swarm/services.ts';
import { appNetworkName, engineNetworkName } from './names.ts';

export interface AppNetworksDependencies {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly clock: Clock;
  /** Undefined: that of the Swarm. */
  readonly pool: SubnetPool | undefined;
}

/** What a network of the engine is made with. */
export interface NetworkWish {
  readonly engineName: string;
  readonly network: AppNetwork;
  readonly labels: Readonly<Record<string, string>>;
}

/** Time the tasks of a removed network have to end before one of its name is made again. */
const leaveMs = 60_000;

/** Time Swarm has to give a network its subnet: usually milliseconds. */
const allocationMs = 3_000;
/** Subnets that are tried for one network. */
const triesMax = 4;

/** Swarm's own when it was made without one. */
const swarmPool: SubnetPool = { pool: '10.0.0.0/8', bits: 24 };

/**
 * Makes and removes the overlay networks of apps. INVARIANT: every subnet was free of all that had addresses
 * when it was taken; one network is made at a time.
 */
export type AppNetworks = ReturnType<typeof createAppNetworks>;

export function createAppNetworks(deps: AppNetworksDependencies) {
  const inTurn = createTurns(1);
  let lastSubnet: string | undefined;

  async function poolOf(engine: Engine, signal?: AbortSignal): Promise<SubnetPool> {
    if (deps.pool !== undefined) return deps.pool;
    const { Cluster } = (await engine.info({ signal })).Swarm;
    const pool = Cluster?.DefaultAddrPool?.[0];
    return pool === undefined ? swarmPool : { pool, bits: Cluster?.SubnetSize ?? swarmPool.bits };
  }

  /** All that has addresses: networks of the engine, and what the nodes route elsewhere. */
  function takenBy(networks: readonly Network[], app?: string): TakenRange[] {
    const nameOf = ({ Name, Labels }: Network): string =>
      app !== undefined && Labels?.[label.platform] === deps.platform && Labels[label.app] === app
        ? 'the network another release of this app has'
        : `the network ${Name}`;
    const ofNetworks = networks.flatMap((network) =>
      (network.IPAM.Config ?? []).flatMap(({ Subnet }) =>
        Subnet === undefined ? [] : [{ cidr: Subnet, what: `${nameOf(network)} (${Subnet})` }],
      ),
    );
    const known = new Set(ofNetworks.map(({ cidr }) => cidr));
    const ofNodes = deps.nodes.list().flatMap((link) =>
      (link.facts().routes ?? [])
        .filter(({ cidr }) => !known.has(cidr))
        .map(({ cidr, device }) => ({
          cidr,
          what: `the route to ${cidr} of node ${link.name} (${device})`,
        })),
    );
    return [...ofNetworks, ...ofNodes];
  }

  /** Undefined: one of the name is still going. */
  async function make(engine: Engine, wish: NetworkWish, signal?: AbortSignal): Promise<true | undefined> {
    const { network, engineName } = wish;
    const existing = await engine.listNetworks({ signal });
    const found = existing.find((item) => item.Name === engineName);
    if (found !== undefined && isLeftover(found)) return undefined;
    if (found !== undefined) {
      if (found.Labels?.[label.platform] === deps.platform) {
        if (await isAllocated(engine, engineName, signal)) return true;
        // Left by a control that ended before it saw that Swarm could not give the subnet.
        await removeNetwork(engine, engineName, signal === undefined ? {} : { signal });
        return make(engine, wish, signal);
      }
      throw refuse(
        'conflict',
        `The engine has a network "${engineName}" that this platform did not make: rename or remove it.`,
      );
    }
    if (network.encrypted) refuseWithoutEncryption();
    const taken = takenBy(existing, wish.labels[label.app]);
    for (let tries = 1; ; tries++) {
      const subnet = network.subnet ?? choose(await poolOf(engine, signal), taken, network.name);
      refuseOverlap(subnet, taken, network.name);
      try {
        await engine.createNetwork(renderNetwork({ ...wish, subnet }), { signal });
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
      if (await isAllocated(engine, engineName, signal)) return true;
      await removeNetwork(engine, engineName, signal === undefined ? {} : { signal });
      if (network.subnet !== undefined || tries === triesMax)
        throw refuse(
          'subnet_taken',
          `Swarm does not give the subnet ${subnet} to the network ${network.name}: it overlaps with one that Swarm still has.`,
        );
      taken.push({ cidr: subnet, what: `what Swarm still has (${subnet})` });
    }
  }

  function refuseOverlap(subnet: string, taken: readonly TakenRange[], name: string): void {
    const overlap = findOverlap(subnet, taken);
    if (overlap !== undefined)
      throw refuse(
        'subnet_taken',
        `The subnet ${subnet} of the network ${name} overlaps with ${overlap.what}.`,
      );
  }

  /** Swarm takes a network at once and gives it its subnet a moment later; one it cannot give is never there. */
  async function isAllocated(
    engine: Engine,
    engineName: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const late = AbortSignal.timeout(allocationMs);
    try {
      return await until(
        async () => {
          const { IPAM } = await engine.inspectNetwork(engineName, { scope: 'swarm', signal });
          return (IPAM.Config ?? []).some(({ Subnet }) => Subnet !== undefined) ? true : undefined;
        },
        {
          clock: deps.clock,
          everyMs: 50,
          signal: AbortSignal.any([late, ...(signal === undefined ? [] : [signal])]),
        },
      );
    } catch (error) {
      if (isAbsent(error)) return false;
      if (late.aborted && signal?.aborted !== true) return false;
      throw error;
    }
  }

  /** After the one that was chosen last; the first time, where no other platform of the engine begins. */
  function choose(pool: SubnetPool, taken: readonly TakenRange[], name: string): string {
    lastSubnet ??= startOf(pool, deps.platform);
    const choice = planSubnet(pool, taken, lastSubnet);
    if (choice.kind === 'exhausted') throw exhausted(pool, choice.blockers, name);
    lastSubnet = choice.subnet;
    return choice.subnet;
  }

  const listOwn = async (engine: Engine, signal: AbortSignal, app?: string): Promise<Network[]> =>
    (
      await engine.listNetworks({
        filters: {
          label: [
            `${label.platform}=${deps.platform}`,
            app === undefined ? label.app : `${label.app}=${app}`,
          ],
        },
        signal,
      })
    ).filter(({ Labels }) => app === undefined || Labels?.[label.app] === app);

  function refuseWithoutEncryption(): void {
    const without = deps.nodes.list().find((link) => link.facts().canEncrypt === false);
    if (without !== undefined)
      throw refuse(
        'unsupported',
        `The kernel of node ${without.name} has no IPsec (CONFIG_INET_ESP), so an encrypted network would carry nothing between nodes. Leave \`encrypted\` out, or use a kernel that has it.`,
      );
  }

  return {
    async ensure(engine: Engine, wish: NetworkWish, signal?: AbortSignal): Promise<void> {
      await until(() => inTurn(() => make(engine, wish, signal)), {
        clock: deps.clock,
        everyMs: 250,
        signal: AbortSignal.any([...(signal === undefined ? [] : [signal]), AbortSignal.timeout(leaveMs)]),
      });
    },
    /** Refuses the declared subnets that an app cannot have; makes nothing. */
    async check(
      engine: Engine,
      { app, networks }: Pick<Release, 'app' | 'networks'>,
      signal: AbortSignal,
    ): Promise<void> {
      const declared = networks.filter(({ shared, subnet }) => shared === undefined && subnet !== undefined);
      if (declared.length === 0) return;
      const existing = await engine.listNetworks({ signal });
      const taken = takenBy(existing, app);
      for (const network of declared) {
        const engineName = engineNetworkName(deps.platform, app, network);
        if (!existing.some(({ Name }) => Name === engineName))
          refuseOverlap(network.subnet ?? '', taken, network.name);
      }
    },
    remove: (engine: Engine, engineName: string, signal: AbortSignal) =>
      inTurn(() => removeNetwork(engine, engineName, { signal })),
    /** Removes all networks of an app that is gone. */
    async removeOf(engine: Engine, app: string, signal: AbortSignal): Promise<'removed' | 'in-use'> {
      let outcome: 'removed' | 'in-use' = 'removed';
      for (const { Name } of await listOwn(engine, signal, app))
        if ((await inTurn(() => removeNetwork(engine, Name, { signal }))) === 'in-use') outcome = 'in-use';
      return outcome;
    },
    /** Removes networks of apps that no run joins any more; the app's first one stays as long as the app. */
    async removeUnused(
      engine: Engine,
      facts: { readonly apps: Pick<AppStore, 'list'>; readonly deployments: Pick<DeploymentStore, 'isBusy'> },
      signal: AbortSignal,
    ): Promise<void> {
      const there = new Set((await facts.apps.list()).map(({ name }) => name));
      const candidates = (await listOwn(engine, signal)).filter(({ Name, Labels }) => {
        const app = Labels?.[label.app] ?? '';
        return Name !== appNetworkName(deps.platform, app) || !there.has(app);
      });
      if (candidates.length === 0) return;
      const services = await engine.listServices({
        filters: { label: [`${label.platform}=${deps.platform}`] },
        signal,
      });
      const used = new Set(
        services.flatMap(({ Spec }) => (Spec.TaskTemplate.Networks ?? []).map(({ Target }) => Target)),
      );
      for (const { Id, Name, Labels } of candidates) {
        if (used.has(Id) || used.has(Name)) continue;
        // Asked when it is its turn: a deployment that has just made or found the network still wants it.
        await inTurn(async () => {
          const isWanted = await facts.deployments.isBusy(Labels?.[label.app] ?? '');
          if (!isWanted) await removeNetwork(engine, Name, { signal });
        });
      }
    },
    /** Refuses with what a declared subnet overlaps with; `except` names networks that may be in its place. */
    async findOverlap(engine: Engine, subnet: string, except: string, signal?: AbortSignal) {
      const networks = await engine.listNetworks({ signal });
      return findOverlap(subnet, takenBy(networks.filter(({ Name }) => Name !== except)));
    },
    /** The pool, and how much of it is free. */
    async usage(engine: Engine, signal?: AbortSignal) {
      const pool = await poolOf(engine, signal);
      const networks = await engine.listNetworks({ signal });
      return { pool, ...countSubnets(pool, takenBy(networks)), networks };
    },
    refuseWithoutEncryption,
  };
}

/**
 * Whether Swarm has removed the network and this node has not, because a task in it still ends. The engine lists
 * and inspects such a network like any other, but lists its containers too, which it does not for one Swarm has.
 */
const isLeftover = ({ Scope, Containers }: Network): boolean => Scope === 'swarm' && Containers != null;

function startOf(pool: SubnetPool, platform: string): string | undefined {
  const range = parseCidr(pool.pool);
  if (range === undefined) return undefined;
  const { total } = countSubnets(pool, []);
  const nth = createHash('sha256').update(platform).digest().readUInt32BE(0) % Math.max(1, total);
  return `${printAddress(range.first + nth * 2 ** (32 - pool.bits))}/${pool.bits}`;
}

function exhausted(pool: SubnetPool, blockers: readonly TakenRange[], name: string): AppError {
  const shown = blockers
    .slice(0, 5)
    .map(({ what }) => what)
    .join('; ');
  const more = blockers.length > 5 ? `; and ${blockers.length - 5} more` : '';
  return refuse(
    'subnets_exhausted',
    `The pool ${pool.pool} has no free /${pool.bits} for the network ${name}.`,
    { evidence: [`what is in it: ${shown}${more}`] },
  );
}

/** Pure. */
export function renderNetwork(wish: NetworkWish & { readonly subnet: string }): NetworkCreate {
  const { network, subnet } = wish;
  return {
    Name: wish.engineName,
    Driver: 'overlay',
    CheckDuplicate: true,
    // One-offs and the edge join it.
    Attachable: true,
    Internal: network.internal,
    Labels: { ...network.labels, ...wish.labels },
    Options: {
      ...(network.encrypted ? { encrypted: '' } : {}),
      ...(network.mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(network.mtu) }),
    },
    IPAM: {
      Driver: 'default',
      Config: [
        {
          Subnet: subnet,
          ...(network.gateway === undefined ? {} : { Gateway: network.gateway }),
          ...(network.ipRange === undefined ? {} : { IPRange: network.ipRange }),
        },
      ],
    },
  };
}
