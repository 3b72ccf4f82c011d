import type { ObservedLane } from '@berth/domain/edge';
import type { Awaited } from '@berth/domain/rollout';
import type { Run } from '@berth/domain/run';
import { isJob, isPerNode, type ServiceSpec } from '@berth/domain/service';
import type { Task } from '@berth/engine/types';

/** A task nobody checks or routes to counts as up when it has run this long. */
const steadyMs = 2_000;

export type Goal = Awaited['until'];

/** Why waiting is over, or how far it is. */
export type Proof =
  | { readonly kind: 'healthy' }
  /** `healthy`: tasks that are what is waited for. */
  | { readonly kind: 'waiting'; readonly healthy: number; readonly running: number }
  | { readonly kind: 'hopeless'; readonly because: 'tasks-end' | 'too-slow' };

export type ProofTask = Pick<Task, 'Status' | 'CreatedAt'> & Partial<Pick<Task, 'DesiredState'>>;

export interface ProofFacts {
  readonly run: Pick<Run, 'replicas' | 'routing' | 'mode'>;
  readonly goal: Goal;
  readonly spec?: Pick<ServiceSpec, 'healthcheck' | 'restart'>;
  readonly tasks: readonly ProofTask[];
  /** What each edge sees of the lane; empty while none has said. */
  readonly lanes: readonly Pick<ObservedLane, 'servers'>[];
  readonly sinceMs: number;
  readonly startMs: number;
  /** When the wait began: tasks that were warm have run for long, and the edge is only now told of them. */
  readonly waitingSinceMs: number;
  readonly now: number;
}

/** Tasks that have to be there. Of a service with one per node, Swarm has made those it wants. */
export function expectedOf(run: Pick<Run, 'replicas' | 'mode'>, tasks: readonly ProofTask[]): number {
  if (!isPerNode(run.mode)) return run.replicas;
  const wanted = isJob(run.mode) ? 'complete' : 'running';
  return Math.max(1, tasks.filter((task) => task.DesiredState === wanted).length);
}

/** Whether a run is what is waited for, and whether it still may become so. Pure. */
export function judge(facts: ProofFacts): Proof {
  const { run, goal, now } = facts;
  const ofThis = facts.tasks.filter((task) => Date.parse(task.CreatedAt) >= facts.sinceMs || !hasEnded(task));
  const runningTasks = ofThis.filter((task) => task.Status.State === 'running');
  const ended = ofThis.filter(hasEnded);
  const completed = ofThis.filter((task) => task.Status.State === 'complete');
  const expected = expectedOf(run, facts.tasks);
  const reached = reachedBy(facts, ofThis);
  if (reached >= expected) return { kind: 'healthy' };
  const waiting: Proof = { kind: 'waiting', healthy: reached, running: runningTasks.length };
  if (isJob(run.mode)) {
    const again = facts.spec?.restart.condition === 'on-failure' ? (facts.spec.restart.attemptsMax ?? 1) : 0;
    const isOver = ended.length - completed.length > again * expected;
    // How long a job takes is its own affair, within the deadline.
    return isOver ? { kind: 'hopeless', because: 'tasks-end' } : waiting;
  }
  // Each replica may fail once (a dependency that comes up a moment later); a second round is a pattern.
  const isEnd = goal === 'completed' ? ended.length - completed.length : ended.length;
  if (isEnd > expected) return { kind: 'hopeless', because: 'tasks-end' };
  const started = runningTasks.map((task) => Date.parse(task.Status.Timestamp));
  const isSlow = now - Math.max(...started, facts.waitingSinceMs) > facts.startMs;
  if (goal !== 'completed' && started.length >= expected && isSlow)
    return { kind: 'hopeless', because: 'too-slow' };
  return waiting;
}

/** How many tasks are what is waited for. */
function reachedBy(facts: ProofFacts, tasks: readonly ProofTask[]): number {
  const { run, goal, now } = facts;
  const inState = (...states: readonly string[]) =>
    tasks.filter((task) => states.includes(task.Status.State));
  if (goal === 'completed' || (goal === 'healthy' && isJob(run.mode))) return inState('complete').length;
  if (goal === 'started') return inState('starting', 'running', 'complete').length;
  if (run.routing.port !== undefined)
    return facts.lanes.length === 0
      ? 0
      : Math.min(...facts.lanes.map((lane) => lane.servers.filter((server) => server.state === 'up').length));
  // Swarm calls a task with a health check running when the check has passed.
  const check = facts.spec?.healthcheck;
  const isChecked = check !== undefined && !('disabled' in check);
  const waitMs = isChecked ? 0 : steadyMs;
  return inState('running').filter((task) => now - Date.parse(task.Status.Timestamp) >= waitMs).length;
}

const hasEnded = (task: Pick<Task, 'Status'>): boolean =>
  ['failed', 'rejected', 'complete'].includes(task.Status.State);
