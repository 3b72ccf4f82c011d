import { refuse } from '@berth/contract/errors';
import { printEndpoint } from '@berth/domain/bound-port';
import { label } from '@berth/domain/label';
import type { ReleaseService } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import type { Clock } from '@berth/runtime/clock';
import type { Database } from '../db/database.ts';
import { listPortOwners } from '../node-api/ports.ts';
import type { Nodes } from '../nodes/ports.ts';
import { placeByAddress } from './addresses.ts';
import { type BusyPort, type HostPortClaim, isInTheWay, planPorts } from './plan.ts';

export interface HostPortsDependencies {
  readonly db: Database;
  readonly platform: string;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly apps: { list(): Promise<readonly { readonly name: string; readonly port: number | undefined }[]> };
  /** Ports to choose from, first and last. */
  readonly range: readonly [number, number];
}

/** The one writer of who has which port of the nodes. */
export type HostPorts = ReturnType<typeof createHostPorts>;

/** Time an agent has to open a port of a task that runs. */
const openMs = 10_000;
const lookMs = 200;

type Row = Omit<HostPortClaim, 'protocol' | 'address'> & { protocol: string; address: string };
const claimOf = ({ protocol, address, ...rest }: Row): HostPortClaim => ({
  ...rest,
  protocol: protocol === 'udp' ? 'udp' : 'tcp',
  address: address === '' ? undefined : address,
});

export function createHostPorts(deps: HostPortsDependencies) {
  const { db } = deps;

  async function list(): Promise<HostPortClaim[]> {
    const rows = await db.selectFrom('host_ports').selectAll().orderBy('port').orderBy('protocol').execute();
    return rows.map(claimOf);
  }

  /** What nodes listen on and platforms publish, without what tasks of the app itself do. */
  async function busyFor(app: string, signal: AbortSignal): Promise<BusyPort[]> {
    const busy: BusyPort[] = [];
    const claimed = (await list()).filter((claim) => claim.app === app);
    const apps = (await deps.apps.list()).filter(({ port }) => port !== undefined);
    for (const link of deps.nodes.list()) {
      const [facts, containers] = await Promise.all([
        link.refresh(signal),
        link.engine.listContainers({ signal }),
      ]);
      const isOwn = ({ Labels }: (typeof containers)[number]): boolean =>
        Labels[label.platform] === deps.platform && Labels[label.app] === app;
      const ownersOf = (of: typeof containers, known: typeof apps) =>
        listPortOwners({
          platform: deps.platform,
          nodes: [{ facts, containers: of }],
          apps: known,
          services: [],
        });
      busy.push(
        ...ownersOf(
          containers.filter((one) => !isOwn(one)),
          apps,
        ),
      );
      const known = [
        ...busy,
        ...ownersOf(containers.filter(isOwn), []),
        // What listens there is a task in the network of the node.
        ...claimed.filter(({ service }) =>
          containers.some(
            (one) =>
              isOwn(one) && one.HostConfig?.NetworkMode === 'host' && one.Labels[label.service] === service,
          ),
        ),
        // The agent listens there for tasks.
        ...(facts.boundPorts ?? []).filter(({ fault }) => fault === undefined),
      ];
      for (const entry of facts.listening ?? [])
        if (!known.some((other) => isInTheWay(other, entry)))
          busy.push({ ...entry, owner: `a process of node ${link.name}` });
    }
    return busy;
  }

  /** What the services are placed by and compete with. Refuses with `address_missing`. */
  async function surroundings<T extends Pick<ReleaseService, 'spec'>>(
    app: string,
    services: readonly T[],
    signal: AbortSignal,
  ) {
    const busy = await busyFor(app, signal);
    const placed = placeByAddress(
      services,
      deps.nodes
        .list()
        .map((link) => ({ id: link.id, name: link.name, addresses: link.facts().bindAddresses })),
    );
    if (placed.faults.length > 0)
      throw refuse('address_missing', `${placed.faults[0]}.`, { evidence: placed.faults.slice(1) });
    return { app, services: placed.services, busy, range: deps.range };
  }

  /** Every service with all its ports, and what is to be taken for it. Refuses with `port_taken`. */
  function decide<T extends Pick<ReleaseService, 'spec'>>(
    facts: Omit<Parameters<typeof planPorts>[0], 'services'> & { readonly services: readonly T[] },
  ): { readonly services: readonly T[]; readonly claims: readonly HostPortClaim[] } {
    const { services, claims, conflicts } = planPorts(facts);
    if (conflicts.length > 0)
      throw refuse('port_taken', `${conflicts[0]}.`, { evidence: conflicts.slice(1) });
    return {
      claims,
      services: facts.services.map((service, index) => ({
        ...service,
        spec: services[index]?.spec ?? service.spec,
      })),
    };
  }

  const hasPorts = (services: readonly Pick<ReleaseService, 'spec'>[]): boolean =>
    services.some(({ spec }) => spec.ports.length > 0);

  return {
    list,
    /** What `claim` would give, or refuse with; nothing is taken. */
    async preview<T extends Pick<ReleaseService, 'spec'>>(
      app: string,
      services: readonly T[],
      signal: AbortSignal,
    ): Promise<readonly T[]> {
      if (!hasPorts(services)) return services;
      const facts = await surroundings(app, services, signal);
      return decide({ ...facts, claimed: await list() }).services;
    },
    /**
     * Takes the ports the services name, and one for each that does not: gives the services with all of them, on
     * nodes that have the addresses. Refuses with `port_taken`, naming each port and who has it, or with
     * `address_missing`; then none is taken. Twice does no harm.
     */
    async claim<T extends Pick<ReleaseService, 'spec'>>(
      app: string,
      services: readonly T[],
      signal: AbortSignal,
    ): Promise<readonly T[]> {
      if (!hasPorts(services)) return services;
      const facts = await surroundings(app, services, signal);
      // The driver is synchronous and nothing is awaited but it: between looking and taking comes nobody.
      return db.transaction().execute(async (tx) => {
        const claimed = (await tx.selectFrom('host_ports').selectAll().execute()).map(claimOf);
        const decided = decide({ ...facts, claimed });
        for (const { address = '', ...claim } of decided.claims)
          await tx
            .insertInto('host_ports')
            .values({ ...claim, address })
            .onConflict((conflict) =>
              conflict.columns(['protocol', 'port', 'address']).doUpdateSet({
                service: claim.service,
                target: claim.target,
              }),
            )
            .execute();
        return decided.services;
      });
    },
    /**
     * Waits until the ports of a service's tasks that are bound to an address are open there. Refuses with
     * `port_taken` when an agent could not open one.
     */
    async opened(app: string, spec: Pick<ServiceSpec, 'name' | 'ports'>, signal: AbortSignal): Promise<void> {
      const own = (await list()).filter((claim) => claim.app === app);
      const awaited = spec.ports.filter(({ address, published: port, protocol }) => {
        const place = { address, port, protocol };
        // Tasks that give way later have it on every address until then.
        return (
          address !== undefined &&
          !own.some((claim) => claim.address === undefined && isInTheWay(claim, place))
        );
      });
      const lateAt = deps.clock.now() + openMs;
      while (awaited.length > 0) {
        const nodes = await Promise.all(
          deps.nodes.list().map(async (link) => ({ name: link.name, facts: await link.refresh(signal) })),
        );
        const seen = nodes.flatMap(({ name, facts }) =>
          (facts.boundPorts ?? []).map((entry) => ({ ...entry, name })),
        );
        const missing = awaited.filter(
          ({ address, published, protocol }) =>
            !seen.some(
              (entry) =>
                entry.fault === undefined &&
                entry.address === address &&
                entry.port === published &&
                entry.protocol === protocol,
            ),
        );
        const [first] = missing;
        if (first === undefined || nodes.every(({ facts }) => facts.boundPorts === undefined)) return;
        if (deps.clock.now() >= lateAt) {
          const why = seen.find(
            ({ address, port, protocol, fault }) =>
              fault !== undefined &&
              address === first.address &&
              port === first.published &&
              protocol === first.protocol,
          );
          const place = `${printEndpoint(first.published, first.address)}/${first.protocol}`;
          throw refuse(
            'port_taken',
            why === undefined
              ? `The port ${place} of ${spec.name} was opened on no node.`
              : `The port ${place} of ${spec.name} cannot be opened on node ${why.name}: ${why.fault}.`,
          );
        }
        await deps.clock.sleep(lookMs, signal);
      }
    },
    /** Gives back what the app has taken and its live release does not need. */
    async keepOnly(app: string, live: readonly Pick<ReleaseService, 'spec'>[]): Promise<void> {
      const kept = live.flatMap(({ spec }) => spec.ports);
      for (const { app: owner, protocol, port, address } of await list())
        if (
          owner === app &&
          !kept.some((one) => one.protocol === protocol && one.published === port && one.address === address)
        )
          await db
            .deleteFrom('host_ports')
            .where('protocol', '=', protocol)
            .where('port', '=', port)
            .where('address', '=', address ?? '')
            .execute();
    },
  };
}
