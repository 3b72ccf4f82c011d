/** When a service's command runs by itself, and what happens when it cannot. A scheduled service has no tasks. */
export interface Schedule {
  /** Five fields, or six with seconds first, as cron has them. */
  readonly cron: string;
  /** Of the IANA database. */
  readonly timeZone: string;
  /** When the last execution still runs: let it be and start none, start another, or stop it and start anew. */
  readonly concurrency: 'forbid' | 'allow' | 'replace';
  /** What was due while control was away: once, late, or not at all. */
  readonly missed: 'run' | 'skip';
  /** An execution that runs longer is stopped and has failed. */
  readonly timeoutMs: number;
  /** Executions that are remembered, with their logs. */
  readonly historyMax: number;
  /** Told of each failure by a POST. */
  readonly alertUrl?: string;
}

export const scheduleDefaults = {
  timeZone: 'UTC',
  concurrency: 'forbid',
  missed: 'run',
  timeoutMs: 60 * 60_000,
  historyMax: 20,
} as const satisfies Omit<Schedule, 'cron'>;

/** What was due longer ago than this was missed, not late. */
const lateMs = 60_000;
/** Times looked at in one plan; of a longer absence only the last of the others are. */
const dueMax = 1_000;
const lastPauses = 5;

export type DueJob =
  | { readonly kind: 'start'; readonly dueAt: number }
  /** The executions that run are stopped first. */
  | { readonly kind: 'replace'; readonly dueAt: number }
  | { readonly kind: 'skip'; readonly dueAt: number; readonly because: string };

export interface JobPlan {
  readonly due: readonly DueJob[];
  /** All times up to this one have been decided upon. */
  readonly consideredUntil: number;
  /** The next time to look; undefined: never again. */
  readonly nextAt: number | undefined;
}

/**
 * What a schedule asks for now. `consideredUntil`: as the last plan said; undefined: the schedule is new, and
 * nothing was due before. `next`: the first time after a moment. Pure.
 */
export function planJob(facts: {
  readonly schedule: Schedule;
  readonly consideredUntil: number | undefined;
  readonly now: number;
  /** Executions that still run. */
  readonly running: number;
  next(afterMs: number): number | undefined;
}): JobPlan {
  const { schedule, now, next } = facts;
  const from = facts.consideredUntil ?? now;
  const { times, isMore } = timesBetween(from, now, next);
  const missed = times.filter((time) => now - time > lateMs);
  const timely = times.filter((time) => now - time <= lateMs).at(-1);
  const due: DueJob[] = [];
  const last = missed.at(-1);
  if (last !== undefined) {
    const because = `missed: control was away at ${isMore ? `more than ${dueMax} times` : missed.length === 1 ? 'that time' : `${missed.length} times`}`;
    const skip = (dueAt: number, how = ''): DueJob => ({ kind: 'skip', dueAt, because: because + how });
    // One execution makes up for all that were missed, and is not needed when one is due now anyway.
    const before = missed.at(-2);
    if (schedule.missed === 'skip') due.push(skip(last));
    else if (timely !== undefined) due.push(skip(last, '; the one that is due now makes up for it'));
    else {
      if (before !== undefined) due.push(skip(before, '; one execution makes up for all of them'));
      due.push(...start(schedule, last, facts.running));
    }
  }
  if (timely !== undefined) due.push(...start(schedule, timely, facts.running));
  const consideredUntil = times.at(-1) ?? from;
  return { due, consideredUntil, nextAt: next(consideredUntil) };
}

/** Times after a moment and up to another; `isMore`: after the first thousand, only the last ones. */
function timesBetween(
  from: number,
  to: number,
  next: (afterMs: number) => number | undefined,
): { times: number[]; isMore: boolean } {
  const times: number[] = [];
  const collect = (after: number, count: number): void => {
    for (let time = next(after); time !== undefined && time <= to && count > 0; time = next(time)) {
      times.push(time);
      count -= 1;
    }
  };
  collect(from, dueMax + 1);
  const reached = times.at(-1);
  if (times.length <= dueMax || reached === undefined) return { times, isMore: false };
  const pauseMs = Math.max(1, Math.ceil((reached - from) / times.length));
  // Some pauses before those that are in time, so that one that was missed is among them.
  collect(Math.max(reached, to - lateMs - lastPauses * pauseMs), Number.POSITIVE_INFINITY);
  return { times, isMore: true };
}

function start(schedule: Schedule, dueAt: number, running: number): DueJob[] {
  if (running === 0 || schedule.concurrency === 'allow') return [{ kind: 'start', dueAt }];
  if (schedule.concurrency === 'replace') return [{ kind: 'replace', dueAt }];
  return [{ kind: 'skip', dueAt, because: 'the execution before it still runs' }];
}

/** States of an execution of a job or of a detached one-off, and where each may go. */
export const executionNext = {
  starting: ['running', 'succeeded', 'failed', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled'],
  skipped: [],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;
export type ExecutionState = keyof typeof executionNext;

export const executionStateMeaning = {
  starting: 'its task is being started',
  running: 'its command runs',
  skipped: 'it was due and did not run; the reason says why',
  succeeded: 'its command ended with exit code 0',
  failed: 'its command ended with another code, ran too long, or could not start',
  cancelled: 'stopped by a person, or replaced by the next one',
} as const satisfies Record<ExecutionState, string>;

export const mayExecutionAdvance = (from: ExecutionState, to: ExecutionState): boolean =>
  from === to || (executionNext[from] as readonly string[]).includes(to);
