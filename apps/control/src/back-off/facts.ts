import type { RestartingSlot } from '@berth/domain/back-off';
import type { ContainerInspect, Task } from '@berth/engine/types';
import { delayMsOf } from '../swarm/restart-delay.ts';
import { isGone } from '../swarm/services.ts';
import { type Slot, startsAt } from '../tasks/restarts.ts';
import { containerOf } from '../tasks/task-view.ts';

/**
 * What the planner has to know of a place. `ends`: how containers ended, by task. What ended before the delay was
 * what it is now does not count: Swarm takes a moment to carry a change out, and one failure is one step. Pure.
 */
export function restartingSlot(
  slot: Slot,
  facts: { readonly ends: ReadonlyMap<string, ContainerInspect['State']>; readonly delayMs: number },
): RestartingSlot {
  const { newest, ended } = slot;
  const at = startsAt(slot);
  const before = ended.findIndex((task) => delayMsOf(task.Spec) !== facts.delayMs);
  const last = isGone(newest) ? newest : ended[0];
  return {
    state: at !== undefined ? 'waits' : isRunning(newest) ? 'runs' : 'other',
    startsAt: at === undefined ? undefined : Date.parse(at),
    endedAt: last === undefined ? undefined : Date.parse(last.Status.Timestamp),
    livesMs: (before < 0 ? ended : ended.slice(0, before)).map((task) =>
      lifeOf(task, facts.ends.get(task.ID)),
    ),
  };
}

const isRunning = ({ Status, DesiredState }: Task): boolean =>
  Status.State === 'running' && DesiredState === 'running';

function lifeOf(task: Task, end: ContainerInspect['State'] | undefined): number | undefined {
  // It never had a container: an image, a mount or a network is missing.
  if (containerOf(task) === undefined) return 0;
  if (end === undefined) return undefined;
  return Math.max(0, Date.parse(end.FinishedAt) - Date.parse(end.StartedAt));
}
