import type { Task } from '@berth/engine/types';

/**
 * The tasks Swarm will remove when a service shrinks to `replicas`: it takes from the nodes that have most of
 * them, running ones last, high slots first (SwarmKit, manager/orchestrator/replicated/slot.go). Pure.
 */
export function planScaleDown(tasks: readonly Task[], replicas: number): Task[] {
  const remaining = [...tasks];
  const removed: Task[] = [];
  while (remaining.length > replicas) {
    const onNode = new Map<string, number>();
    for (const task of remaining) onNode.set(task.NodeID ?? '', (onNode.get(task.NodeID ?? '') ?? 0) + 1);
    const [victim] = [...remaining].sort(
      (x, y) =>
        Number(x.Status.State === 'running') - Number(y.Status.State === 'running') ||
        (onNode.get(y.NodeID ?? '') ?? 0) - (onNode.get(x.NodeID ?? '') ?? 0) ||
        (y.Slot ?? 0) - (x.Slot ?? 0),
    );
    if (victim === undefined) break;
    removed.push(victim);
    remaining.splice(remaining.indexOf(victim), 1);
  }
  return removed;
}
