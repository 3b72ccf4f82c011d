import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { Release } from '@berth/domain/release';
import type { Engine } from '@berth/engine/engine';
import type { Service } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { createTurns } from '@berth/runtime/turns';
import type { Logger } from 'pino';
import type { DeploymentStore } from '../deployments/store.ts';
import type { ExternalStore } from '../externals/store.ts';
import type { AppNetworks } from '../networks/app-networks.ts';
import type { Nodes } from '../nodes/ports.ts';
import { ensureService, findService, listTasksOf, removeService } from '../swarm/services.ts';
import { type Forwarder, planForwarders, type ReachableApp } from './plan.ts';
import { forwarderLabel, forwarderName, renderForwarder } from './render.ts';

export interface ForwardersDependencies {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly networks: Pick<AppNetworks, 'ensure'>;
  readonly externals: Pick<ExternalStore, 'list'>;
  readonly apps: {
    list(): Promise<readonly { readonly name: string; readonly liveRelease: number | undefined }[]>;
  };
  readonly releases: { open(app: string, number: number): Promise<Release> };
  readonly deployments: Pick<DeploymentStore, 'isBusy'>;
}

/** Time a forwarder has to start; its image is on every node. */
const startMs = 30_000;

/**
 * Links between apps and external services: a forwarder each. INVARIANTS: one change at a time; a forwarder goes
 * only when no live release and no deployment under way declares it.
 */
export type Forwarders = ReturnType<typeof createForwarders>;

export function createForwarders(deps: ForwardersDependencies) {
  const inTurn = createTurns(1);
  const outside = `${deps.platform}-outside`;

  async function liveApps(): Promise<ReachableApp[]> {
    const live: ReachableApp[] = [];
    for (const { name, liveRelease } of await deps.apps.list())
      if (liveRelease !== undefined) live.push(await deps.releases.open(name, liveRelease));
    return live;
  }

  async function worldOf(live: readonly ReachableApp[]) {
    return {
      platform: deps.platform,
      providers: new Map(live.map((app) => [app.app, app])),
      externals: new Map((await deps.externals.list()).map((external) => [external.name, external])),
    };
  }

  /** Refuses with what of the release cannot be had. */
  async function planOf(release: ReachableApp): Promise<readonly Forwarder[]> {
    if (release.links.length === 0 && release.externals.length === 0) return [];
    const plan = planForwarders(release, await worldOf(await liveApps()));
    const [fault] = plan.faults;
    if (fault !== undefined)
      throw refuse(fault.code, fault.message, {
        evidence: plan.faults.slice(1).map(({ message }) => message),
      });
    return plan.forwarders;
  }

  async function put(engine: Engine, forwarder: Forwarder, signal: AbortSignal): Promise<void> {
    if (forwarder.needsWayOut)
      await deps.networks.ensure(
        engine,
        {
          engineName: outside,
          network: { name: 'outside', internal: false, encrypted: false, labels: {} },
          labels: { [label.platform]: deps.platform },
        },
        signal,
      );
    const imageOf = async (role: 'edge' | 'agent') =>
      (await engine.inspectContainer(`${deps.platform}-${role}`, { signal })).Config.Image;
    const images = { edge: await imageOf('edge'), agent: await imageOf('agent') };
    const spec = renderForwarder({ platform: deps.platform, images, forwarder, outside });
    const found = await findService(engine, spec.Name, { signal });
    if (found === undefined) return ensureService(engine, spec, undefined, { signal });
    if (found.Spec.Labels[forwarderLabel.spec] === spec.Labels[forwarderLabel.spec]) return;
    await engine.updateService(found.ID, found.Version.Index, spec, { signal });
  }

  async function running(engine: Engine, forwarder: Forwarder, signal: AbortSignal): Promise<void> {
    const name = forwarderName(deps.platform, forwarder);
    const late = AbortSignal.timeout(startMs);
    let said = 'no task of it was placed';
    const look = async () => {
      const tasks = await listTasksOf(engine, name, { signal });
      if (tasks.some(({ Status }) => Status.State === 'running')) return true;
      said = tasks.find(({ Status }) => Status.Err !== undefined)?.Status.Err ?? said;
      return undefined;
    };
    try {
      await until(look, { clock: deps.clock, everyMs: 200, signal: AbortSignal.any([signal, late]) });
    } catch (cause) {
      if (!late.aborted || signal.aborted) throw cause;
      throw refuse('engine_refused', `What leads to ${forwarder.alias} does not start: ${said}.`, { cause });
    }
  }

  async function listOwn(engine: Engine, signal: AbortSignal): Promise<Service[]> {
    return engine.listServices({
      filters: { label: [`${label.platform}=${deps.platform}`, forwarderLabel.of] },
      signal,
    });
  }

  async function settle(signal: AbortSignal): Promise<void> {
    const live = await liveApps();
    const world = await worldOf(live);
    const wanted = live.flatMap((app) => planForwarders(app, world).forwarders);
    const { engine } = await deps.nodes.manager({ signal });
    const names = new Set<string>();
    for (const forwarder of wanted) {
      names.add(`${forwarder.app}/${forwarder.alias}`);
      await put(engine, forwarder, signal);
    }
    for (const { Spec } of await listOwn(engine, signal)) {
      const key = Spec.Labels[forwarderLabel.of] ?? '';
      if (names.has(key) || (await deps.deployments.isBusy(key.split('/')[0] ?? ''))) continue;
      await removeService(deps.nodes, Spec.Name, { signal });
      deps.log.info({ forwarder: key }, 'forwarder removed');
    }
  }

  return {
    /** Refuses with `link_refused` or `external_not_found` what the release declares and cannot have. */
    check: async (release: ReachableApp): Promise<void> => void (await planOf(release)),
    /** Makes what the release needs and sees it run, before its tasks start. */
    prepare: (release: ReachableApp, engine: Engine, signal: AbortSignal) =>
      inTurn(async () => {
        const forwarders = await planOf(release);
        for (const forwarder of forwarders) await put(engine, forwarder, signal);
        await Promise.all(forwarders.map((forwarder) => running(engine, forwarder, signal)));
      }),
    /** Makes the forwarders equal to what the live releases and the external services say. */
    settle: (signal: AbortSignal) => inTurn(() => settle(signal)),
    /** Apps whose live release links to the app. */
    linkedFrom: async (app: string): Promise<string[]> =>
      (await liveApps())
        .filter(({ links }) => links.some((link) => link.app === app))
        .map((each) => each.app),
    /** Apps whose live release declares the external service. */
    usersOf: async (external: string): Promise<string[]> =>
      (await liveApps()).filter(({ externals }) => externals.includes(external)).map((each) => each.app),
  };
}
