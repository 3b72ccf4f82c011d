import { label } from '@berth/domain/label';
import type { Run } from '@berth/domain/run';
import type { Task } from '@berth/engine/types';
import { containerOf, healthOf, labelOf, orderTasks, runOf, type TaskFacts } from './task-view.ts';

export interface Wanted {
  readonly service?: string | undefined;
  readonly slot?: number | undefined;
}

type Facts = Pick<TaskFacts, 'runs' | 'health'>;

export type PickedTask =
  | { readonly kind: 'task'; readonly task: Task; readonly containerId: string; readonly service: string }
  /** `because` names what was wanted and what there is. */
  | { readonly kind: 'none'; readonly because: string };

/**
 * The running task a command goes to: of the live release before any other, healthy before not, the lowest
 * slot. No service named: the routed one. Pure.
 */
export function pickTask(tasks: readonly Task[], wanted: Wanted, facts: Facts): PickedTask {
  const running = orderTasks(tasks).filter(
    (task) =>
      task.Status.State === 'running' && task.DesiredState === 'running' && containerOf(task) !== undefined,
  );
  const service = wanted.service ?? defaultService(running, facts.runs);
  const best = running
    .filter(
      (task) =>
        labelOf(task, label.service) === service && (wanted.slot === undefined || task.Slot === wanted.slot),
    )
    .map((task) => ({ task, rank: rank(task, facts) }))
    .sort((x, y) => x.rank - y.rank)[0]?.task;
  const containerId = best === undefined ? undefined : containerOf(best);
  if (best === undefined || containerId === undefined)
    return { kind: 'none', because: explain(running, wanted) };
  return { kind: 'task', task: best, containerId, service: labelOf(best, label.service) };
}

/** The routed service of the live release; the first one when none is routed. */
export function defaultService(running: readonly Task[], runs: readonly Run[]): string | undefined {
  const live = runs.filter((run) => run.state === 'live');
  return (
    live.find((run) => run.routing.port !== undefined)?.service ??
    live[0]?.service ??
    (running[0] === undefined ? undefined : labelOf(running[0], label.service))
  );
}

function rank(task: Task, facts: Facts): number {
  const isLive = runOf(task, facts.runs)?.state === 'live';
  const health = healthOf(task, facts);
  return (isLive ? 0 : 2) + (health === 'healthy' || health === 'unrouted' ? 0 : 1);
}

function explain(running: readonly Task[], wanted: Wanted): string {
  const named =
    wanted.service === undefined && wanted.slot === undefined
      ? 'No task is running'
      : `No task of ${wanted.service === undefined ? 'the app' : `the service "${wanted.service}"`}${wanted.slot === undefined ? '' : ` in slot ${wanted.slot}`} is running`;
  const there = running.map((task) => `${labelOf(task, label.service)}.${task.Slot ?? 0}`);
  return there.length === 0 ? `${named}.` : `${named}; running: ${[...new Set(there)].join(', ')}.`;
}
