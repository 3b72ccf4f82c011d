import type { Run } from '@berth/domain/run';
import { hostsOf } from '../../domains/hosts.ts';
import { createResizing } from '../../runs/resizing.ts';
import type { RunChange } from '../../runs/store.ts';
import { otherServingRuns, ownRuns, releaseOf, type Step, type StepContext } from '../step.ts';

/** Moves all traffic to the new runs: one transaction in the database, one write at each edge. */
export const switchOver: Step = async (context) => {
  const { deps, deployment, signal } = context;
  const { toRelease } = deployment;
  if (toRelease === undefined) throw new Error(`deployment ${deployment.id} has no release`);
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
  // Jobs that had run for an earlier time of the release are of it again.
  const done = deployment.runs.filter((run) => run.how === 'old' && run.wave === undefined);
  await deps.hosts.take(deployment.app, hostsOf(await releaseOf(context)), async () => {
    await deps.runs.advance(
      [
        ...done.map((run) => ({ name: run.name, state: 'live' as const, weight: 100 })),
        ...own.map((run) => ({ name: run.name, state: 'live' as const, weight: 100 })),
        ...others.map(leave),
      ],
      deps.clock.now(),
    );
    await deps.apps.setLiveRelease(deployment.app, toRelease);
  });
  await deps.routing.push(signal);
  await shrink(context);
  return { to: 'succeeded' };
};

/** Kept runs that have more tasks than the release: they are drained, and stopped. */
async function shrink({ deps, deployment, signal }: StepContext): Promise<void> {
  const resizing = createResizing(deps);
  const { engine } = await deps.nodes.manager({ signal });
  for (const { name, scale } of deployment.runs) {
    const run = await deps.runs.find(name);
    if (run === undefined || scale === undefined || scale.to >= run.replicas) continue;
    await resizing.shrink(run, engine, scale.to, signal);
  }
}

/** A run without tasks has nothing to drain. */
const leave = (run: Run): RunChange =>
  run.state === 'stopped'
    ? { name: run.name, state: 'parked', lane: undefined, weight: 0 }
    : { name: run.name, state: run.state === 'live' ? 'draining' : run.state, weight: 0 };
