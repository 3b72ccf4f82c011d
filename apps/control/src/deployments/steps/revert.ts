import type { Run } from '@berth/domain/run';
import { isAbsent } from '@berth/engine/engine';
import type { RunChange } from '../../runs/store.ts';
import { removeService, scaleService } from '../../swarm/services.ts';
import { ownRuns, releaseOf, type Step, type StepContext } from '../step.ts';
import { replacesInPlace } from './prepare.ts';

/**
 * Takes back what the deployment made; the old release serves as before. What was there before it (a parked
 * or warm run of an older release) is parked again, the rest is removed.
 */
export const revert: Step = async (context) => {
  const { deps, deployment, signal } = context;
  await context.progress('taking back the new tasks; the old release serves');
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
  const { engine } = await deps.nodes.manager({ signal });
  const release = await releaseOf(context);
  for (const service of release.services.filter((candidate) => replacesInPlace(candidate.spec))) {
    for (const run of old.filter(
      (candidate) => candidate.service === service.spec.name && candidate.state === 'live',
    ))
      await scaleService(engine, run.name, run.replicas, { signal });
  }
  for (const run of own) {
    if (isNew(run)) {
      await removeService(engine, run.name, { signal });
      await deps.runs.remove(run.name);
    } else await scaleService(engine, run.name, 0, { signal });
  }
  try {
    await engine.removeContainer(`${deployment.app}-hook-${deployment.id}`, { force: true, signal });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  return { to: deployment.endAs ?? 'failed' };
};

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
