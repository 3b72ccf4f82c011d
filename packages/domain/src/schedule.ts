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
/** Times looked at in one plan: of a job that was due every second for a week, only the last counts. */
const dueMax = 1_000;

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
  let until = facts.consideredUntil ?? now;
  const times: number[] = [];
  let nextAt = next(until);
  while (nextAt !== undefined && nextAt <= now) {
    times.push(nextAt);
    until = nextAt;
    if (times.length > dueMax) {
      // The rest of a long absence: straight to now.
      times.length = 0;
      until = now - lateMs - 1;
    }
    nextAt = next(until);
  }
  const isMissed = (time: number): boolean => now - time > lateMs;
  const missed = times.filter(isMissed);
  const timely = times.filter((time) => !isMissed(time));
  const due: DueJob[] = [];
  const lastMissed = missed.at(-1);
  if (lastMissed !== undefined) {
    const because = `missed: control was away at ${missed.length === 1 ? 'that time' : `${missed.length} times`}`;
    // One execution makes up for all that were missed, and is not needed when one is due now anyway.
    if (schedule.missed === 'run' && timely.length === 0)
      due.push(...start(schedule, lastMissed, facts.running));
    else due.push({ kind: 'skip', dueAt: lastMissed, because });
  }
  const last = timely.at(-1);
  if (last !== undefined) due.push(...start(schedule, last, facts.running));
  return { due, consideredUntil: Math.max(until, facts.consideredUntil ?? now), nextAt };
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
