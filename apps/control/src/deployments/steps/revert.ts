import { levelsOf } from '@berth/domain/order';
import type { Run } from '@berth/domain/run';
import { type Engine, isAbsent } from '@berth/engine/engine';
import { gone } from '../../runs/stopping.ts';
import type { RunChange } from '../../runs/store.ts';
import { removeService, scaleService } from '../../swarm/services.ts';
import { ownRuns, type Step, type StepContext } from '../step.ts';

/**
 * Takes back what the deployment made; the old release serves as before. What was there before it (a parked
 * or warm run of an older release) is parked again, the rest is removed.
 */
export const revert: Step = async (context) => {
  const { deps, deployment, signal } = context;
  await context.progress(
    deployment.fromRelease === undefined
      ? 'taking back the new tasks'
      : `taking back the new tasks; release ${deployment.fromRelease} serves on`,
  );
  const how = new Map(deployment.runs.map((run) => [run.name, run.how]));
  const own = await ownRuns(context);
  const isNew = (run: Run): boolean => how.get(run.name) === 'new';
  const old = await serveAgain(context);
  await deps.runs.advance(
    own
      .filter((run) => run.state !== 'removing')
      .map((run) => ({
        name: run.name,
        state: isNew(run) ? ('removing' as const) : ('parked' as const),
        lane: undefined,
        weight: 0,
      })),
    deps.clock.now(),
  );
  await deps.routing.push(signal);
  const link = await deps.nodes.manager({ signal });
  const { engine } = link;
  await giveBack(context, engine, old);
  // The last to start is the first to go.
  for (const run of levelsOf(own).reverse().flat()) {
    if (isNew(run)) {
      await removeService(deps.nodes, run.name, { signal });
      await deps.runs.remove(run.name);
    } else await scaleService(engine, run.name, 0, { signal });
  }
  const hook = `${deployment.app}-hook-${deployment.id}`;
  try {
    await engine.removeContainer(hook, { force: true, signal });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  await link.memory.remove(hook, signal);
  return { to: deployment.endAs ?? 'failed' };
};

/** Gives what was scaled, and the places that were taken, back to the runs that served before. */
async function giveBack(context: StepContext, engine: Engine, old: readonly Run[]): Promise<void> {
  const { deps, deployment, signal } = context;
  for (const { name, scale } of deployment.runs) {
    if (scale === undefined) continue;
    await deps.runs.advance([{ name, replicas: scale.from }], deps.clock.now());
    await scaleService(engine, name, scale.from, { signal });
  }
  for (const chosen of deployment.runs) {
    const before = old.filter((run) => chosen.stopsFirst.includes(run.name) && run.state === 'live');
    if (before.length === 0) continue;
    // Its tasks may not run beside those of the new run.
    await scaleService(engine, chosen.name, 0, { signal });
    await gone(engine, chosen.name, { clock: deps.clock, signal });
    for (const run of before) await scaleService(engine, run.name, run.replicas, { signal });
  }
}

/** Gives the runs that served before their traffic back, where a switch was refused half-way. */
async function serveAgain(context: StepContext): Promise<Run[]> {
  const { deps, deployment } = context;
  const before = new Map(deployment.replaced.map((run) => [run.name, run]));
  const runs = await deps.runs.list({ app: deployment.app });
  const changes = runs.flatMap((run): RunChange[] => {
    const was = before.get(run.name);
    return was === undefined || run.state === was.state
      ? []
      : [{ name: run.name, state: was.state, weight: was.weight }];
  });
  await deps.runs.advance(changes, deps.clock.now());
  if (before.size > 0) {
    const isStopped = [...before.values()].every((run) => run.state === 'stopped');
    await deps.apps.setLiveRelease(deployment.app, deployment.fromRelease, isStopped ? 'stopped' : 'running');
  }
  return (await deps.runs.list({ app: deployment.app })).filter(
    (run) => before.has(run.name) || run.state === 'live',
  );
}
