import type { Task } from '@berth/engine/types';
import { delayMsOf } from '../swarm/restart-delay.ts';
import { isGone } from '../swarm/services.ts';

/** What Swarm keeps starting again in one place: a slot of a service, or a node for one task per node. */
export interface Slot {
  readonly newest: Task;
  /** Those before it that ended unasked, latest first: as many as Swarm remembers, which is five by default. */
  readonly ended: readonly Task[];
}

const endedUnasked = (task: Task): boolean => ['complete', 'failed', 'rejected'].includes(task.Status.State);

/** Pure. */
export function slotsOf(tasks: readonly Task[]): Slot[] {
  const bySlot = Map.groupBy(tasks, (task) => `${task.ServiceID} ${task.Slot ?? task.NodeID ?? ''}`);
  return [...bySlot.values()].map((all) => {
    const [newest, ...before] = all.toSorted((x, y) => (x.CreatedAt < y.CreatedAt ? 1 : -1));
    return { newest: newest as Task, ended: before.filter(endedUnasked) };
  });
}

/** Whether it is there, will be, or would be if Swarm had not given up. Pure. */
export const isCurrent = ({ newest }: Slot): boolean =>
  isGone(newest) ? endedUnasked(newest) : ['ready', 'running'].includes(newest.DesiredState);

/** When Swarm starts a task that waits for its delay; undefined for any other. Pure. */
export function startsAt({ newest, ended }: Slot): string | undefined {
  const last = ended[0];
  if (newest.DesiredState !== 'ready' || last === undefined) return undefined;
  // That of the one that ended: a delay that was changed since is the next one's.
  return new Date(Date.parse(last.Status.Timestamp) + delayMsOf(last.Spec)).toISOString();
}
