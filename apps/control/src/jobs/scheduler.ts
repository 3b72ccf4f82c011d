import { planJob, type Schedule } from '@berth/domain/schedule';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import { repeat } from '@berth/runtime/repeat';
import type { Logger } from 'pino';
import { nextTime } from './cron.ts';
import type { Executor } from './executor.ts';
import type { JobStore } from './store.ts';

/** A scheduled service of a live release. */
export interface Job {
  readonly app: string;
  readonly service: string;
  readonly release: number;
  readonly schedule: Schedule;
}

export interface SchedulerDependencies {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: JobStore;
  readonly executor: Pick<Executor, 'carry' | 'cancel' | 'settled'>;
  /** Of apps that are not stopped. */
  listJobs(): Promise<readonly Job[]>;
}

/** When it is due, as text: of another schedule nothing is made up for. */
export const timesOf = ({ cron, timeZone }: Schedule): string => `${timeZone} ${cron}`;

/** The longest it sleeps: hints may be lost. */
const sleepMaxMs = 30_000;

/** Starts what schedules ask for. A plan is made for each job, written, and carried out. */
export type Scheduler = ReturnType<typeof createScheduler>;

export function createScheduler(deps: SchedulerDependencies) {
  const stop = new AbortController();

  async function consider(job: Job): Promise<number | undefined> {
    const { app, service, schedule } = job;
    const times = timesOf(schedule);
    const state = await deps.store.scheduleState(app, service, times);
    if (state.paused) return undefined;
    const open = await deps.store.listOpen({ app, job: service });
    const plan = planJob({
      schedule,
      consideredUntil: state.consideredUntil,
      now: deps.clock.now(),
      running: open.length,
      next: (after) => nextTime(schedule, after),
    });
    // Written first: after a crash in between an execution is missing, never there twice.
    if (plan.due.length > 0 || state.consideredUntil === undefined)
      await deps.store.consider(app, service, times, plan.consideredUntil);
    for (const due of plan.due) {
      if (due.kind === 'replace')
        for (const { id } of open) {
          await deps.executor.cancel(id, 'replaced by the next one');
          await deps.executor.settled(id);
        }
      await begin(job, {
        dueAt: due.dueAt,
        ...(due.kind === 'skip' ? { skippedBecause: due.because } : {}),
      });
    }
    return plan.nextAt;
  }

  async function begin(job: Job, how: { dueAt: number; skippedBecause?: string }): Promise<void> {
    const now = deps.clock.now();
    const execution = await deps.store.create({
      id: newId(now),
      app: job.app,
      job: job.service,
      service: job.service,
      release: job.release,
      trigger: 'schedule',
      actor: 'schedule',
      timeoutMs: job.schedule.timeoutMs,
      request: {},
      nowMs: now,
      ...how,
    });
    if (execution.state === 'skipped')
      deps.log.info({ execution: execution.id, because: execution.reason }, 'a job was due and not run');
    else deps.executor.carry(execution);
    await deps.store.prune(job.app, job.service, job.schedule.historyMax);
  }

  async function pass(): Promise<number> {
    const jobs = await deps.listJobs();
    await deps.store.forgetOthers(jobs);
    let next = deps.clock.now() + sleepMaxMs;
    for (const job of jobs) {
      try {
        next = Math.min(next, (await consider(job)) ?? next);
      } catch (error) {
        if (stop.signal.aborted) throw error;
        deps.log.warn({ err: error, app: job.app, job: job.service }, 'a schedule was not looked at');
      }
    }
    return Math.max(10, next - deps.clock.now());
  }

  const loop = repeat({
    clock: deps.clock,
    signal: stop.signal,
    againMs: 2_000,
    pass,
    failed: (error) => deps.log.warn({ err: error }, 'schedules not looked at; trying again'),
  });

  return {
    start: loop.start,
    /** A hint: a release went live, a schedule was paused. */
    hint: loop.hint,
    /** One pass, for tests: milliseconds until the next is due. */
    pass,
    async close(): Promise<void> {
      stop.abort(new Error('shutdown'));
      await loop.close();
    },
  };
}
