import { refuse } from '@berth/contract/errors';
import { levelsOf } from '@berth/domain/order';
import type { Run } from '@berth/domain/run';
import { isJob } from '@berth/domain/service';
import type { Clock } from '@berth/runtime/clock';
import type { App, AppStore } from '../apps/store.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { Routing } from '../routing/routing.ts';
import { scaleService } from '../swarm/services.ts';
import { createResizing } from './resizing.ts';
import { stopInReverse } from './stopping.ts';
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
  /** Refuses runs whose tasks would have what nobody grants any more. */
  mayStart(app: string, runs: readonly Run[]): Promise<void>;
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

  const { grow, shrink, healthy } = createResizing(deps);

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
      const fixed = runs.filter((run) => run.mode !== 'replicated' && services[run.service] !== undefined);
      if (fixed.length > 0)
        throw refuse('invalid', `${app.name} cannot be scaled so.`, {
          issues: fixed.map((run) => ({
            at: `services.${run.service}`,
            message: isJob(run.mode) ? 'is a job: it runs to its end' : 'has one task on every node',
          })),
        });
      const { engine } = await deps.nodes.manager({ signal });
      const named = runs.filter((run) => services[run.service] !== undefined);
      const isLess = (run: Run) => (services[run.service] ?? 0) < run.replicas;
      const isMore = (run: Run) => (services[run.service] ?? 0) > run.replicas;
      await deps.mayStart(app.name, named.filter(isMore));
      // More of what is needed first, less of it last.
      const order = levelsOf(named).flat();
      for (const run of [...order.filter((one) => !isLess(one)), ...order.filter(isLess).reverse()]) {
        const replicas = services[run.service] ?? run.replicas;
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
      await stopInReverse(engine, runs, { clock: deps.clock, signal });
    },
    async start(app: App, given: AbortSignal): Promise<void> {
      const signal = deadline(given);
      await refuseWhileDeploying(app);
      const runs = await servingRuns(app);
      await deps.mayStart(app.name, runs);
      const { engine } = await deps.nodes.manager({ signal });
      await deps.runs.advance(
        runs.map((run) => ({ name: run.name, state: 'live' as const })),
        deps.clock.now(),
      );
      for (const level of levelsOf(runs)) {
        for (const run of level) await scaleService(engine, run.name, run.replicas, { signal });
        for (const run of level) await healthy(run, engine, signal);
      }
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
