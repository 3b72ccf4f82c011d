import type { Run } from '@berth/domain/run';
import type { RunChange } from '../../runs/store.ts';
import { otherServingRuns, ownRuns, type Step } from '../step.ts';

/** Moves all traffic to the new runs: one transaction in the database, one write at each edge. */
export const switchOver: Step = async (context) => {
  const { deps, deployment, signal } = context;
  if (deployment.toRelease === undefined) throw new Error(`deployment ${deployment.id} has no release`);
  const own = await ownRuns(context);
  const others = await otherServingRuns(context);
  if (others.length > 0) {
    const replaced = others.map((run) => ({
      name: run.name,
      state: run.state === 'stopped' ? run.state : ('live' as const),
      weight: run.weight,
    }));
    await deps.store.patch(deployment.id, { replaced });
  }
  await deps.runs.advance(
    [...own.map((run) => ({ name: run.name, state: 'live' as const, weight: 100 })), ...others.map(leave)],
    deps.clock.now(),
  );
  await deps.apps.setLiveRelease(deployment.app, deployment.toRelease);
  await deps.routing.push(signal);
  return { to: 'succeeded' };
};

/** A run without tasks has nothing to drain. */
const leave = (run: Run): RunChange =>
  run.state === 'stopped'
    ? { name: run.name, state: 'parked', lane: undefined, weight: 0 }
    : { name: run.name, state: run.state === 'live' ? 'draining' : run.state, weight: 0 };
