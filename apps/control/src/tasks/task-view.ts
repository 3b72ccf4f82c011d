import type { TaskView } from '@berth/contract/tasks';
import { label } from '@berth/domain/label';
import type { Run } from '@berth/domain/run';
import type { ContainerInspect, Task } from '@berth/engine/types';
import { isoTime } from '@berth/runtime/clock';
import type * as z from 'zod';
import { addressesOf, isGone } from '../swarm/services.ts';
import { type Slot, startsAt } from './restarts.ts';

type View = z.input<typeof TaskView>;

export interface TaskFacts {
  readonly runs: readonly Run[];
  /** What the edges say, by address. */
  readonly health: ReadonlyMap<string, 'healthy' | 'unhealthy' | 'checking'>;
  /** Names of nodes by id. */
  readonly nodes: ReadonlyMap<string, string>;
  /** State of the container of an ended task, while the engine keeps it. */
  readonly ended: ReadonlyMap<string, ContainerInspect['State']>;
  /** When a container reached its limit of processes, if lately. */
  readonly limitReachedAt?: ((containerId: string) => number | undefined) | undefined;
  /** What was in the places of the tasks before, by the newest task's id. */
  readonly slots: ReadonlyMap<string, Slot>;
}

export const labelOf = (task: Pick<Task, 'Spec'>, name: string): string =>
  task.Spec.ContainerSpec.Labels?.[name] ?? '';

/** A task of a job runs beside the app's services: it is shown with its execution. */
export const isJob = (task: Pick<Task, 'Spec'>): boolean => labelOf(task, label.purpose) !== '';

export const containerOf = (task: Task): string | undefined => {
  const id = task.Status.ContainerStatus?.ContainerID;
  return id === '' ? undefined : id;
};

/** The run a task belongs to; undefined when its run is gone already. */
export function runOf(task: Pick<Task, 'Spec'>, runs: readonly Run[]): Run | undefined {
  return runs.find(
    (run) =>
      run.service === labelOf(task, label.service) &&
      String(run.release) === labelOf(task, label.release) &&
      String(run.generation) === labelOf(task, label.generation),
  );
}

/** A task as people see it. Pure. */
export function viewTask(task: Task, facts: TaskFacts): View {
  // Swarm remembers the one it gave a task that is to have none.
  const address = labelOf(task, label.noNetwork) === '' ? addressesOf(task)[0] : undefined;
  const containerId = containerOf(task);
  const state = facts.ended.get(task.ID);
  const startedAt = startOf(task, state);
  const exitCode = exitCodeOf(task, state);
  const limitedAt = containerId === undefined ? undefined : facts.limitReachedAt?.(containerId);
  const error = errorOf(task);
  const restarts = restartsOf(facts.slots.get(task.ID), facts);
  return {
    id: task.ID,
    service: labelOf(task, label.service),
    release: Number(labelOf(task, label.release)),
    slot: task.Slot ?? 0,
    node: facts.nodes.get(task.NodeID ?? '') ?? task.NodeID ?? '',
    state: task.Status.State,
    desired: task.DesiredState,
    health: healthOf(task, facts),
    ...(address === undefined ? {} : { address }),
    ...(containerId === undefined ? {} : { containerId }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(state?.OOMKilled === true ? { oomKilled: true } : {}),
    ...(limitedAt === undefined ? {} : { processLimitReachedAt: isoTime(limitedAt) }),
    ...(error === '' ? {} : { error }),
    ...(restarts === undefined ? {} : { restarts }),
  };
}

/** Swarm's words begin with the exit code, which is there already. */
const errorOf = (task: Task): string =>
  (task.Status.Err ?? '').replace(/^task: non-zero exit \(\d+\)(: )?/, '');

function restartsOf(slot: Slot | undefined, facts: Pick<TaskFacts, 'ended'>): View['restarts'] {
  const last = slot?.ended[0];
  if (slot === undefined || last === undefined) return undefined;
  const state = facts.ended.get(last.ID);
  const exitCode = exitCodeOf(last, state);
  const error = errorOf(last);
  const at = startsAt(slot);
  return {
    count: slot.ended.length,
    ...(exitCode === undefined ? {} : { lastExitCode: exitCode }),
    ...(error === '' ? {} : { lastError: error }),
    ...(state?.OOMKilled === true ? { lastOomKilled: true } : {}),
    ...(at === undefined ? {} : { startsAt: at }),
  };
}

export function healthOf(task: Task, facts: Pick<TaskFacts, 'runs' | 'health'>): View['health'] {
  const run = runOf(task, facts.runs);
  if (run?.lane === undefined || run.routing.port === undefined || isGone(task)) return 'unrouted';
  for (const address of addressesOf(task)) {
    const said = facts.health.get(address);
    if (said !== undefined) return said;
  }
  // The edge follows DNS: a new task is not there at once.
  return 'checking';
}

const neverAt = '0001-01-01T00:00:00Z';

function startOf(task: Task, state: ContainerInspect['State'] | undefined): string | undefined {
  if (task.Status.State === 'running') return toSeconds(task.Status.Timestamp);
  return state === undefined || state.StartedAt === neverAt ? undefined : toSeconds(state.StartedAt);
}

/** The engine has nanoseconds; a time people read has milliseconds. */
const toSeconds = (text: string): string => new Date(text).toISOString();

function exitCodeOf(task: Task, state: ContainerInspect['State'] | undefined): number | undefined {
  if (!isGone(task) || task.Status.State === 'rejected') return undefined;
  if (state !== undefined && state.StartedAt !== neverAt) return state.ExitCode;
  return task.Status.ContainerStatus?.ExitCode;
}

/** By service and slot, the newest of a slot first. */
export function orderTasks(tasks: readonly Task[]): Task[] {
  return [...tasks].sort((x, y) => (keyOf(x) < keyOf(y) ? -1 : 1));
}

export function pageOfTasks(
  ordered: readonly Task[],
  page: { readonly limit: number; readonly cursor?: string | undefined },
): { items: Task[]; next?: string } {
  const after = page.cursor === undefined ? '' : Buffer.from(page.cursor, 'base64url').toString('utf8');
  const rest = ordered.filter((task) => keyOf(task) > after);
  const items = rest.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items,
    ...(rest.length > items.length && last !== undefined
      ? { next: Buffer.from(keyOf(last)).toString('base64url') }
      : {}),
  };
}

/** Sorts as the list does, whatever comes and goes between two pages. */
function keyOf(task: Task): string {
  const age = String(9_999_999_999_999 - Date.parse(task.CreatedAt)).padStart(13, '0');
  return [labelOf(task, label.service), String(task.Slot ?? 0).padStart(6, '0'), age, task.ID].join(' ');
}
