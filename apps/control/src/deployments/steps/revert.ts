import type { RunChange } from '../../runs/store.ts';
import { removeService, scaleService } from '../../swarm/services.ts';
import { isAbsent } from '@berth/engine/engine';
import { otherServingRuns, ownRuns, releaseOf, type Step } from '../step.ts';
import { replacesInPlace } from './prepare.ts';

/**
 * Takes back what the deployment made; the old release serves as before. What was there before it (a parked
 * or warm run of an older release) is parked again, the rest is removed.
 */
export const revert: Step = async (context) => {
  const { deps, deployment, signal } = context;
  await context.progress('taking back the new tasks; the old release serves');
  const own = await ownRuns(context);
  const now = deps.clock.now();
  const isNew = deployment.kind !== 'rollback';
  const others = await otherServingRuns(context);
  const old =
    others.length > 0
      ? others
      : (await deps.runs.list({ app: deployment.app, states: ['draining'] })).filter(
          (run) => run.release === deployment.fromRelease,
        );
  const changes: RunChange[] = [
    ...own
      .filter((run) => run.state !== 'removing')
      .map((run) => ({
        name: run.name,
        state: isNew ? ('removing' as const) : ('parked' as const),
        lane: undefined,
        weight: 0,
      })),
    // Only where the switch was refused half-way: the old runs get their traffic back.
    ...old
      .filter((run) => run.state === 'draining')
      .map((run) => ({ name: run.name, state: 'live' as const, weight: 100 })),
  ];
  await deps.runs.advance(changes, now);
  await deps.routing.push(signal);
  const { engine } = await deps.nodes.manager({ signal });
  const release = await releaseOf(context);
  for (const service of release.services.filter((candidate) => replacesInPlace(candidate.spec))) {
    for (const run of old.filter((candidate) => candidate.service === service.spec.name))
      await scaleService(engine, run.name, run.replicas, { signal });
  }
  for (const run of own) {
    if (isNew) {
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
