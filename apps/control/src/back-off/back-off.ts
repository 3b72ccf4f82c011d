import { type BackOffPlan, failuresMin, planBackOff } from '@berth/domain/back-off';
import { label } from '@berth/domain/label';
import type { Run } from '@berth/domain/run';
import { isJob, isPerNode } from '@berth/domain/service';
import { followContainers } from '@berth/engine/container-events';
import { type Engine, isAbsent } from '@berth/engine/engine';
import { replicasOf, withReplicas } from '@berth/engine/replicas';
import type { Service, ServiceSpec, Task } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import { repeat } from '@berth/runtime/repeat';
import type { Logger } from 'pino';
import type { AppStore } from '../apps/store.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { EventLog } from '../events/log.ts';
import { followEachNode } from '../nodes/each-node.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { RunStore } from '../runs/store.ts';
import { delaysOf, withDelay } from '../swarm/restart-delay.ts';
import { findService, isGone, isOutOfSequence, listTasksOf, scaleService } from '../swarm/services.ts';
import { endsOf } from '../tasks/ends.ts';
import { isCurrent, type Slot, slotsOf, startsAt } from '../tasks/restarts.ts';
import { isJob as isJobTask, labelOf, runOf } from '../tasks/task-view.ts';
import { restartingSlot } from './facts.ts';

/** Ends of containers are heard of; those that never had one, and events that were lost, are found so often. */
const sleepMaxMs = 30_000;
/** The shortest pause between two looks. */
const pauseMinMs = 250;
/** A container that ended is not at once one of Swarm's tasks that ended: how long that may take, and how often it is looked for. */
const settlingMs = 5_000;
const settlingLookMs = 500;

export interface BackOffDependencies {
  readonly platform: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodes: Nodes;
  readonly apps: Pick<AppStore, 'find'>;
  readonly runs: Pick<RunStore, 'list' | 'find'>;
  readonly releases: Pick<ReleaseStore, 'open'>;
  readonly deployments: Pick<DeploymentStore, 'isBusy'>;
  readonly events: Pick<EventLog, 'append'>;
}

/**
 * Starts what keeps failing ever later: raises the delay of its Swarm service, and lowers it again. Nothing is
 * kept beside the label on that service, so control may end at any moment; Swarm goes on with the delay it has.
 */
export type BackOff = ReturnType<typeof createBackOff>;

export function createBackOff(deps: BackOffDependencies) {
  const { clock, log, platform } = deps;
  const stop = new AbortController();
  const { signal } = stop;

  let isMended = false;
  /** When all services are looked at next. */
  let allAt = Number.NEGATIVE_INFINITY;
  /** When a run is looked at next, and when a container of it ended last. */
  const looks = new Map<string, number>();
  const ends = new Map<string, number>();

  async function pass(): Promise<number> {
    const runs = (await deps.runs.list({ states: ['live'] })).filter((run) => !isJob(run.mode));
    if (runs.length === 0 || deps.nodes.list().length === 0) return sleepMaxMs;
    const { engine } = await deps.nodes.manager({ signal });
    if (!isMended) await mend(engine, runs);
    isMended = true;
    const begunAt = clock.now();
    const isOfAll = begunAt >= allAt;
    for (const [name, at] of ends) if (begunAt - at >= settlingMs) ends.delete(name);
    const chosen = runs.filter(
      ({ name }) => isOfAll || ends.has(name) || (looks.get(name) ?? Infinity) <= begunAt,
    );
    const tasksOf = isOfAll ? await tasksOfAll(engine, runs) : undefined;
    for (const name of looks.keys()) if (!runs.some((run) => run.name === name)) looks.delete(name);
    for (const run of chosen) {
      looks.delete(run.name);
      try {
        const tasks = tasksOf?.get(run.name) ?? (await listTasksOf(engine, run.name, { signal }));
        const slots = slotsOf(tasks).filter(isCurrent);
        const lookAt = slots.some(mayStartAgain) ? await look(engine, run, slots) : undefined;
        if (lookAt !== undefined) looks.set(run.name, lookAt);
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ err: error, run: run.name }, 'restarts of a service were not looked at');
      }
    }
    if (isOfAll) allAt = begunAt + sleepMaxMs;
    const next = Math.min(allAt, ...looks.values(), ends.size > 0 ? begunAt + settlingLookMs : Infinity);
    return Math.max(pauseMinMs, next - clock.now());
  }

  /** By run, asked for at once. */
  async function tasksOfAll(engine: Engine, runs: readonly Run[]): Promise<Map<string, Task[]>> {
    const tasks = await engine.listTasks({ filters: { label: [`${label.platform}=${platform}`] }, signal });
    const byApp = Map.groupBy(
      tasks.filter((task) => !isJobTask(task)),
      (task) => labelOf(task, label.app),
    );
    return new Map(
      runs.map((run) => [
        run.name,
        (byApp.get(run.app) ?? []).filter((task) => runOf(task, [run]) !== undefined),
      ]),
    );
  }

  /** Control may have ended between the two halves of a `renew`: only what has the label was ever touched. */
  async function mend(engine: Engine, runs: readonly Run[]): Promise<void> {
    const filters = { label: [`${label.platform}=${platform}`, label.restartDelay] };
    for (const { Spec } of await engine.listServices({ filters, signal })) {
      const run = runs.find(({ name }) => name === Spec.Name);
      if (run === undefined || (Spec.Mode.Replicated?.Replicas ?? run.replicas) >= run.replicas) continue;
      if (!(await deps.deployments.isBusy(run.app)))
        await scaleService(engine, run.name, run.replicas, { signal });
    }
  }

  /** When to look again; undefined: when something ends. */
  async function look(engine: Engine, run: Run, slots: readonly Slot[]): Promise<number | undefined> {
    const restart = await restartOf(run);
    // The manifest says how long, or how often.
    if (restart === undefined || restart.keepsDelay === true || restart.attemptsMax !== undefined)
      return undefined;
    const service = await findService(engine, run.name, { signal });
    if (service === undefined || (await deps.deployments.isBusy(run.app))) return undefined;
    const ended = await endsOf(
      deps,
      slots.flatMap((slot) => slot.ended.slice(0, failuresMin)),
    );
    const delays = delaysOf(service.Spec);
    const plan = planBackOff({
      ...delays,
      slots: slots.map((slot) => restartingSlot(slot, { ends: ended, delayMs: delays.delayMs })),
      isPerNode: isPerNode(run.mode),
      now: clock.now(),
    });
    if (plan.kind === 'keep') return plan.lookAt;
    // Looking took a moment, in which Swarm may have started one.
    const now = await listTasksOf(engine, run.name, { signal });
    if (!isAsSeen(slots, slotsOf(now).filter(isCurrent))) return clock.now();
    await carryOut(engine, { run, service, slots, plan });
    return clock.now();
  }

  async function restartOf({ app, service }: Run) {
    const live = (await deps.apps.find(app))?.liveRelease;
    if (live === undefined) return undefined;
    const { services } = await deps.releases.open(app, live);
    return services.find(({ spec }) => spec.name === service)?.spec.restart;
  }

  async function carryOut(
    engine: Engine,
    {
      run,
      service,
      slots,
      plan,
    }: {
      run: Run;
      service: Service;
      slots: readonly Slot[];
      plan: Exclude<BackOffPlan, { kind: 'keep' }>;
    },
  ): Promise<void> {
    if (plan.kind === 'renew') {
      // Swarm ends those first that do not run, and makes the missing ones at once.
      if (!(await update(engine, service, withReplicas(service.Spec, replicasOf(service.Spec) - plan.slots))))
        return;
      const wanted = (await deps.runs.find(run.name)) ?? run;
      await scaleService(engine, run.name, wanted.state === 'live' ? wanted.replicas : 0, { signal });
      log.info({ run: run.name, tasks: plan.slots }, 'tasks that had done well are started at once');
      return;
    }
    if (!(await update(engine, service, withDelay(service.Spec, plan.delayMs)))) return;
    const { delayMs } = plan;
    log.info({ run: run.name, delayMs, because: plan.because }, 'the delay of restarts changed');
    const count = slots[0]?.ended.length ?? 0;
    await deps.events.append(
      plan.because === 'failing'
        ? {
            kind: 'service.backing-off',
            app: run.app,
            text: `${run.service} keeps ending soon after its start: one more try now, the next in about ${delayMs / 1000} s`,
            data: { service: run.service, release: run.release, delayMs, ended: count },
          }
        : {
            kind: 'service.restarted',
            app: run.app,
            text: `${run.service} ended after it had run for a while: it is started at once, and again after ${delayMs / 1000} s`,
            data: { service: run.service, release: run.release, delayMs },
          },
    );
  }

  /** False: somebody wrote in between, and what was decided may be wrong by now. */
  async function update(engine: Engine, service: Service, spec: ServiceSpec | undefined): Promise<boolean> {
    if (spec === undefined) return false;
    try {
      await engine.updateService(service.ID, service.Version.Index, spec, { signal });
      return true;
    } catch (error) {
      if (isOutOfSequence(error) || isAbsent(error)) return false;
      throw error;
    }
  }

  const loop = repeat({
    clock,
    signal,
    againMs: 5_000,
    pass,
    failed: (error) => log.warn({ err: error }, 'restarts not looked at; trying again'),
  });
  const following = followEachNode(deps.nodes, (link, own) =>
    followContainers({
      engine: link.engine,
      clock,
      signal: own,
      labels: [`${label.platform}=${platform}`, label.app, label.service],
      events: ['die'],
      // Of those that ended before, the next look at all services tells.
      status: ['dead'],
      see: ({ labels }) => {
        const service = labels['com.docker.swarm.service.name'];
        if (service === undefined) return;
        ends.set(service, clock.now());
        loop.hint();
      },
      broken: (error) => log.debug({ err: error, node: link.name }, 'events of an engine ended'),
    }),
  );

  return {
    start(): void {
      loop.start();
      following.start();
    },
    /** One pass, for tests: milliseconds until the next is due. */
    pass,
    async close(): Promise<void> {
      stop.abort(new Error('shutdown'));
      await following.close();
      await loop.close();
    },
  };
}

/** It waits for its next start, or ended a moment ago. */
const mayStartAgain = (slot: Slot): boolean => startsAt(slot) !== undefined || isGone(slot.newest);

/** That a task which waits is made ready meanwhile is no change. */
const isAsSeen = (before: readonly Slot[], after: readonly Slot[]): boolean => {
  const text = (slots: readonly Slot[]) =>
    slots
      .map((slot) => {
        const at = startsAt(slot);
        return `${slot.newest.ID} ${at === undefined ? slot.newest.Status.State : at}`;
      })
      .sort()
      .join();
  return text(before) === text(after);
};
