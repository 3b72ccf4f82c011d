import type { RunChange } from '../../runs/store.ts';
import { otherServingRuns, ownRuns, type Step } from '../step.ts';

/** Moves all traffic to the new runs: one transaction in the database, one write at each edge. */
export const switchOver: Step = async (context) => {
  const { deps, deployment, signal } = context;
  const own = await ownRuns(context);
  const others = await otherServingRuns(context);
  const changes: RunChange[] = [
    ...own.map((run) => ({ name: run.name, state: 'live' as const, weight: 100 })),
    ...others.map((run) => ({
      name: run.name,
      // A stopped app has no tasks to drain.
      state:
        run.state === 'live'
          ? ('draining' as const)
          : run.state === 'stopped'
            ? ('parked' as const)
            : run.state,
      ...(run.state === 'stopped' ? { lane: undefined } : {}),
      weight: 0,
    })),
  ];
  await deps.runs.advance(changes, deps.clock.now());
  await deps.apps.setDesired(deployment.app, 'running');
  await deps.routing.push(signal);
  return { to: 'succeeded' };
};
