import { refuse } from '@berth/contract/errors';
import type { LaneName, ObservedLane } from '@berth/domain/edge';
import type { Run } from '@berth/domain/run';
import { isJob, isPerNode } from '@berth/domain/service';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import type { Routing } from '../routing/routing.ts';
import { addressesOf, isGone, listTasksOf, scaleService } from '../swarm/services.ts';
import { planScaleDown } from './scale-down.ts';
import type { RunStore } from './store.ts';

/**
 * Changes the number of tasks of one run without losing a request: new tasks get traffic once proven, tasks
 * that go are drained at every edge before Swarm is told.
 */
export type Resizing = ReturnType<typeof createResizing>;

export function createResizing(deps: {
  clock: Clock;
  runs: RunStore;
  nodes: Nodes;
  routing: Pick<Routing, 'push'>;
}) {
  async function grow(run: Run, engine: Engine, replicas: number, signal: AbortSignal): Promise<void> {
    await deps.runs.advance([{ name: run.name, replicas }], deps.clock.now());
    // More servers per lane first, if the lane needs them.
    await deps.routing.push(signal);
    await scaleService(engine, run.name, replicas, { signal });
    await healthy({ ...run, replicas }, engine, signal);
  }

  async function healthy(run: Run, engine: Engine, signal: AbortSignal): Promise<void> {
    const { lane } = run;
    // A job has run; on how many nodes another service has tasks is Swarm's to say.
    if (isJob(run.mode)) return;
    const wanted = isPerNode(run.mode) ? 1 : run.replicas;
    if (lane === undefined || run.routing.port === undefined) {
      await until(async () => ((await running(engine, run, signal)) >= wanted ? true : undefined), {
        clock: deps.clock,
        everyMs: 250,
        signal,
      });
      return;
    }
    await Promise.all(
      deps.nodes
        .list()
        .map((link) =>
          laneUntil(
            link,
            run,
            lane,
            signal,
            (seen) => seen.servers.filter((server) => server.state === 'up').length >= wanted,
          ),
        ),
    );
  }

  async function shrink(run: Run, engine: Engine, replicas: number, signal: AbortSignal): Promise<void> {
    const tasks = (await listTasksOf(engine, run.name, { signal })).filter(
      (task) => !isGone(task) && task.DesiredState === 'running',
    );
    const leaving = new Set(planScaleDown(tasks, replicas).flatMap(addressesOf));
    const { lane } = run;
    if (lane !== undefined && run.routing.port !== undefined) await drain(run, lane, leaving, signal);
    await deps.runs.advance([{ name: run.name, replicas }], deps.clock.now());
    await scaleService(engine, run.name, replicas, { signal });
    await until(
      async () =>
        (await listTasksOf(engine, run.name, { signal })).filter((task) => !isGone(task)).length <= replicas
          ? true
          : undefined,
      {
        clock: deps.clock,
        everyMs: 250,
        signal,
      },
    );
    if (lane !== undefined && run.routing.port !== undefined) await undrain(run, lane, signal);
    await deps.routing.push(signal);
  }

  /** Takes the servers at these addresses out of the balance of every edge, and waits for their requests. */
  async function drain(
    run: Run,
    lane: LaneName,
    addresses: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const service = `${run.app}.${run.service}`;
    const drained = AbortSignal.any([signal, AbortSignal.timeout(run.routing.drainMs)]);
    await Promise.all(
      deps.nodes.list().map(async (link) => {
        const seen = await laneUntil(link, run, lane, signal, () => true);
        const servers = seen.servers.filter((server) => addresses.has(server.address));
        for (const server of servers)
          await link.edge.setServerState({ service, lane, server: server.name, state: 'drain' }, signal);
        const names = new Set(servers.map((server) => server.name));
        await laneUntil(link, run, lane, drained, (now) =>
          now.servers
            .filter((server) => names.has(server.name))
            .every((server) => server.sessionsCurrent === 0),
        ).catch((error: unknown) => {
          // The drain window is over: what is still open ends with its task, after the grace to stop.
          if (signal.aborted) throw error;
        });
      }),
    );
  }

  /** Servers of a lane are slots: one left draining would not take the next task. */
  async function undrain(run: Run, lane: LaneName, signal: AbortSignal): Promise<void> {
    const service = `${run.app}.${run.service}`;
    await Promise.all(
      deps.nodes.list().map(async (link) => {
        const seen = await laneUntil(link, run, lane, signal, () => true);
        for (const server of seen.servers.filter((candidate) => candidate.state === 'drain')) {
          await link.edge.setServerState({ service, lane, server: server.name, state: 'ready' }, signal);
        }
      }),
    );
  }

  async function laneUntil(
    link: NodeLink,
    run: Run,
    lane: LaneName,
    signal: AbortSignal,
    isEnough: (seen: ObservedLane) => boolean,
  ): Promise<ObservedLane> {
    const enough = new AbortController();
    try {
      for await (const seen of link.edge.watchLane(
        `${run.app}.${run.service}`,
        lane,
        AbortSignal.any([signal, enough.signal]),
      )) {
        if (isEnough(seen)) return seen;
      }
    } finally {
      enough.abort();
    }
    signal.throwIfAborted();
    throw refuse('agent_unreachable', `The agent of ${link.name} stopped telling what its edge sees.`);
  }

  const running = async (engine: Engine, run: Run, signal: AbortSignal): Promise<number> =>
    (await listTasksOf(engine, run.name, { signal })).filter((task) => task.Status.State === 'running')
      .length;

  return { grow, shrink, healthy };
}
