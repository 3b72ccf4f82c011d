import { refuse } from '@berth/contract/errors';
import type { LaneName, ObservedLane } from '@berth/domain/edge';
import type { Run } from '@berth/domain/run';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import type { App, AppStore } from '../apps/store.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import type { Routing } from '../routing/routing.ts';
import { addressesOf, isGone, listTasksOf, scaleService } from '../swarm/services.ts';
import { planScaleDown } from './scale-down.ts';
import type { RunStore } from './store.ts';

/** Time a scale, start or stop may take. */
const convergeMs = 120_000;

/**
 * Changes how many tasks serve, without losing a request: new tasks get traffic once proven, tasks that go
 * are drained at every edge before Swarm is told.
 */
export type Scaling = ReturnType<typeof createScaling>;

export function createScaling(deps: {
  clock: Clock;
  apps: AppStore;
  runs: RunStore;
  deployments: DeploymentStore;
  nodes: Nodes;
  routing: Pick<Routing, 'push'>;
  hint(): void;
}) {
  const deadline = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(convergeMs)]);

  async function servingRuns(app: App): Promise<Run[]> {
    const runs = (await deps.runs.list({ app: app.name })).filter(
      (run) => run.state === 'live' || run.state === 'stopped',
    );
    if (runs.length === 0) throw refuse('never_deployed', `${app.name} has no live release.`);
    return runs;
  }

  async function refuseWhileDeploying(app: App): Promise<void> {
    const open = (await deps.deployments.listOpen(app.name))[0];
    if (open !== undefined)
      throw refuse('deployment_running', `Deployment ${open.id} of ${app.name} is ${open.state}.`);
  }

  async function grow(run: Run, engine: Engine, replicas: number, signal: AbortSignal): Promise<void> {
    await deps.runs.advance([{ name: run.name, replicas }], deps.clock.now());
    // More servers per lane first, if the lane needs them.
    await deps.routing.push(signal);
    await scaleService(engine, run.name, replicas, { signal });
    await healthy({ ...run, replicas }, engine, signal);
  }

  async function healthy(run: Run, engine: Engine, signal: AbortSignal): Promise<void> {
    const { lane } = run;
    if (lane === undefined || run.routing.port === undefined) {
      await until(async () => ((await running(engine, run, signal)) >= run.replicas ? true : undefined), {
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
            (seen) => seen.servers.filter((server) => server.state === 'up').length >= run.replicas,
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

  return {
    async scale(app: App, services: Readonly<Record<string, number>>, given: AbortSignal): Promise<void> {
      const signal = deadline(given);
      await refuseWhileDeploying(app);
      const runs = await servingRuns(app);
      const known = runs.map((run) => run.service);
      const unknown = Object.keys(services).filter((name) => !known.includes(name));
      if (unknown.length > 0) {
        throw refuse(
          'invalid',
          `${app.name} has no service ${unknown.map((name) => `"${name}"`).join(', ')}.`,
          {
            issues: unknown.map((name) => ({
              at: `services.${name}`,
              message: `no such service; there is ${known.join(', ')}`,
            })),
          },
        );
      }
      const { engine } = await deps.nodes.manager({ signal });
      for (const run of runs) {
        const replicas = services[run.service];
        if (replicas === undefined) continue;
        await deps.apps.setScale(app.name, run.service, replicas);
        if (run.state === 'stopped')
          await deps.runs.advance([{ name: run.name, replicas }], deps.clock.now());
        else if (replicas >= run.replicas) await grow(run, engine, replicas, signal);
        else await shrink(run, engine, replicas, signal);
      }
    },
    /** The edge answers 503 in words at once; the tasks finish what they have and stop. */
    async stop(app: App, given: AbortSignal): Promise<void> {
      const signal = deadline(given);
      await refuseWhileDeploying(app);
      const runs = await servingRuns(app);
      await deps.apps.setDesired(app.name, 'stopped');
      await deps.routing.push(signal);
      await deps.runs.advance(
        runs.map((run) => ({ name: run.name, state: 'stopped' as const })),
        deps.clock.now(),
      );
      const { engine } = await deps.nodes.manager({ signal });
      for (const run of runs) await scaleService(engine, run.name, 0, { signal });
    },
    async start(app: App, given: AbortSignal): Promise<void> {
      const signal = deadline(given);
      await refuseWhileDeploying(app);
      const runs = await servingRuns(app);
      const { engine } = await deps.nodes.manager({ signal });
      await deps.runs.advance(
        runs.map((run) => ({ name: run.name, state: 'live' as const })),
        deps.clock.now(),
      );
      for (const run of runs) await scaleService(engine, run.name, run.replicas, { signal });
      for (const run of runs) await healthy(run, engine, signal);
      await deps.apps.setDesired(app.name, 'running');
      await deps.routing.push(signal);
    },
    /** Percent of the service's traffic by release; all must run, and sum to 100. */
    async setWeights(
      app: App,
      service: string,
      weights: Readonly<Record<string, number>>,
      signal: AbortSignal,
    ): Promise<void> {
      await refuseWhileDeploying(app);
      const runs = (await deps.runs.list({ app: app.name })).filter(
        (run) =>
          run.service === service &&
          run.lane !== undefined &&
          ['live', 'draining', 'warm'].includes(run.state),
      );
      const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
      const absent = Object.keys(weights).filter(
        (release) => !runs.some((run) => String(run.release) === release),
      );
      const issues = [
        ...absent.map((release) => ({
          at: `weights.${release}`,
          message: `release ${release} does not run; running: ${runs.map((run) => run.release).join(', ') || 'none'}`,
        })),
        ...(sum === 100 ? [] : [{ at: 'weights', message: `must sum to 100, they sum to ${sum}` }]),
      ];
      if (issues.length > 0)
        throw refuse('invalid', `The weights of ${app.name}.${service} cannot be set.`, { issues });
      await deps.runs.advance(
        runs.map((run) => {
          const weight = weights[String(run.release)] ?? 0;
          return {
            name: run.name,
            weight,
            ...(weight > 0 && run.state !== 'live'
              ? { state: 'live' as const }
              : weight === 0 && run.state === 'live'
                ? { state: 'draining' as const }
                : {}),
          };
        }),
        deps.clock.now(),
      );
      await deps.routing.push(signal);
      deps.hint();
    },
  };
}
