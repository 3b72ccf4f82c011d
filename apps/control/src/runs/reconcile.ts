import { laneNames } from '@berth/domain/edge';
import { levelsOf } from '@berth/domain/order';
import { findNeeded, findSuperseded, planRetirement, type Run } from '@berth/domain/run';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { repeat } from '@berth/runtime/repeat';
import type { Logger } from 'pino';
import type { AppStore } from '../apps/store.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { AppNetworks } from '../networks/app-networks.ts';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { Routing } from '../routing/routing.ts';
import { isGone, listTasksOf, removeService, scaleService } from '../swarm/services.ts';
import type { RunStore } from './store.ts';

/** Releases kept for rollback, beside those that run. */
export const releasesKeptMax = 10;
/** The longest the reconciler sleeps: hints may be lost. */
const sleepMaxMs = 30_000;
/** How soon a draining lane is asked again. */
const drainLookMs = 500;

export interface ReconcileDependencies {
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodes: Nodes;
  readonly runs: RunStore;
  readonly releases: ReleaseStore;
  readonly apps: Pick<AppStore, 'list'>;
  readonly routing: Pick<Routing, 'push'>;
  readonly deployments: Pick<DeploymentStore, 'isBusy'>;
  readonly networks: Pick<AppNetworks, 'removeUnused'>;
}

/**
 * Sees runs that no longer serve to their end: draining → warm → parked → removed; and makes Swarm's replicas
 * equal to what the runs say, so that a crash between the database and the engine is mended.
 */
export type RunReconciler = ReturnType<typeof createRunReconciler>;

export function createRunReconciler(deps: ReconcileDependencies) {
  const stop = new AbortController();

  async function pass(): Promise<number> {
    const runs = await deps.runs.list();
    if (runs.length === 0 && deps.nodes.list().length === 0) return sleepMaxMs;
    const { engine } = await deps.nodes.manager({ signal: stop.signal });
    let next = deps.clock.now() + sleepMaxMs;
    const superseded = findSuperseded(runs);
    const needed = findNeeded(runs);
    for (const run of runs) {
      if (run.state === 'removing') {
        await removeService(deps.nodes, run.name, { signal: stop.signal });
        await deps.runs.remove(run.name);
        continue;
      }
      if (run.state === 'parked') await stopTasks(engine, run.name);
      const sessions = run.state === 'draining' ? await sessionsOf(run) : 0;
      const plan = planRetirement(run, {
        now: deps.clock.now(),
        sessions,
        keep: await isKept(run, runs),
        isSuperseded: superseded.has(run.name),
        isNeeded: needed.has(run.name),
      });
      if (plan.kind === 'wait') {
        if (plan.untilMs !== undefined) next = Math.min(next, plan.untilMs);
        if (run.state === 'draining') next = Math.min(next, deps.clock.now() + drainLookMs);
        continue;
      }
      if (plan.closeConnections && run.lane !== undefined) await closeLane(run);
      const leavesLane = plan.to !== 'warm';
      // Meanwhile a deployment may have taken the run, to serve again: then it is that one's.
      const isRetired = await deps.runs.advance(
        [
          {
            name: run.name,
            decidedOn: run,
            state: plan.to,
            ...(leavesLane ? { lane: undefined } : {}),
            weight: 0,
          },
        ],
        deps.clock.now(),
      );
      if (!isRetired) {
        next = deps.clock.now();
        continue;
      }
      if (leavesLane) await deps.routing.push(stop.signal);
      if (plan.to === 'parked') await stopTasks(engine, run.name);
      deps.log.info({ run: run.name, from: run.state, to: plan.to }, 'run retired');
      next = deps.clock.now();
    }
    if (await stopStopped(engine, runs)) next = Math.min(next, deps.clock.now() + drainLookMs);
    await forgetOldReleases();
    await deps.networks.removeUnused(engine, deps, stop.signal);
    return Math.max(50, next - deps.clock.now());
  }

  /** Looks again first: a deployment may have taken the run since this pass read it, and wants its tasks. */
  async function stopTasks(engine: Engine, name: string): Promise<void> {
    const run = await deps.runs.find(name);
    if (run?.state === 'parked' || run?.state === 'stopped')
      await scaleService(engine, name, 0, { signal: stop.signal });
  }

  /** Stops what of a stopped app still runs, dependents first. Says whether something has yet to end. */
  async function stopStopped(engine: Engine, runs: readonly Run[]): Promise<boolean> {
    let isWaiting = false;
    const stopped = runs.filter((run) => run.state === 'stopped');
    for (const app of new Set(stopped.map((run) => run.app))) {
      const levels = levelsOf(stopped.filter((run) => run.app === app)).reverse();
      for (const [index, level] of levels.entries()) {
        for (const run of level) await stopTasks(engine, run.name);
        if (index === levels.length - 1) break;
        const tasks = await Promise.all(
          level.map((run) => listTasksOf(engine, run.name, { signal: stop.signal })),
        );
        if (tasks.flat().every(isGone)) continue;
        isWaiting = true;
        break;
      }
    }
    return isWaiting;
  }

  async function isKept(run: Run, runs: readonly Run[]): Promise<boolean> {
    // A restarted release has an older generation that nothing returns to.
    if (
      runs.some(
        (other) =>
          other.service === run.service &&
          other.app === run.app &&
          other.release === run.release &&
          other.generation > run.generation,
      )
    )
      return false;
    const kept = await deps.releases.list(run.app);
    return kept.slice(0, releasesKeptMax).some((release) => release.number === run.release);
  }

  async function forgetOldReleases(): Promise<void> {
    for (const { name: app } of await deps.apps.list()) {
      const old = (await deps.releases.list(app)).slice(releasesKeptMax);
      await deps.releases.forget(
        app,
        old.map(({ number }) => number),
      );
    }
  }

  const eachEdge = <T>(work: (link: NodeLink) => Promise<T>): Promise<T[]> =>
    Promise.all(deps.nodes.list().map(work));

  async function sessionsOf(run: Run): Promise<number | undefined> {
    const lane = laneNames.find((name) => name === run.lane);
    if (lane === undefined) return 0;
    const counts = await eachEdge(async (link) => {
      const enough = new AbortController();
      for await (const seen of link.edge.watchLane(
        `${run.app}.${run.service}`,
        lane,
        AbortSignal.any([stop.signal, enough.signal, AbortSignal.timeout(5_000)]),
      )) {
        enough.abort();
        return seen.sessionsCurrent;
      }
      return undefined;
    });
    return counts.includes(undefined)
      ? undefined
      : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  }

  async function closeLane(run: Run): Promise<void> {
    const { lane } = run;
    if (lane !== undefined)
      await eachEdge((link) => link.edge.shutdownLane(`${run.app}.${run.service}`, lane, stop.signal));
  }

  const loop = repeat({
    clock: deps.clock,
    signal: stop.signal,
    againMs: 2_000,
    pass,
    failed: (error) => deps.log.warn({ err: error }, 'runs not reconciled; trying again'),
  });

  return {
    start: loop.start,
    /** A hint: something changed. */
    hint: loop.hint,
    /** One pass, for tests: milliseconds until the next is due. */
    pass,
    async close(): Promise<void> {
      stop.abort(new Error('shutdown'));
      await loop.close();
    },
  };
}
