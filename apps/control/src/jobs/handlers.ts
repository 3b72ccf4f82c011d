import { refuse } from '@berth/contract/errors';
import type { ExecutionView, JobView } from '@berth/contract/jobs';
import { executionStateMeaning, scheduleDefaults } from '@berth/domain/schedule';
import { type Clock, isoTime } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type * as z from 'zod';
import type { AppStore } from '../apps/store.ts';
import type { Handlers } from '../http/handler.ts';
import { nextTime } from './cron.ts';
import type { Executor } from './executor.ts';
import { type Job, type Scheduler, timesOf } from './scheduler.ts';
import type { Execution, JobStore } from './store.ts';

export interface JobHandlerDependencies {
  readonly apps: Pick<AppStore, 'get'>;
  readonly store: JobStore;
  readonly executor: Executor;
  readonly scheduler: Pick<Scheduler, 'hint'>;
  readonly clock: Clock;
  jobsOf(app: string): Promise<readonly Job[]>;
  /** The live release and a service of it: the one named, else the routed one. */
  liveService(
    app: string,
    service: string | undefined,
  ): Promise<{ readonly release: number; readonly service: string; readonly services: readonly string[] }>;
}

type Handled = Pick<
  Handlers,
  | 'listJobs'
  | 'runJob'
  | 'pauseJob'
  | 'listExecutions'
  | 'createExecution'
  | 'getExecution'
  | 'streamExecutionLog'
  | 'cancelExecution'
>;

/** Executions of detached one-offs that are remembered. */
const oneOffsKept = 50;
/** How soon a task that is still starting is asked for its log again. */
const againMs = 300;

export function jobHandlers(deps: JobHandlerDependencies): Handled {
  /** By id; of a job, its newest. */
  async function executionOf(app: string, id: string): Promise<Execution> {
    const found = (await deps.store.find(id)) ?? (await deps.store.list(app, { limit: 1, job: id }))[0];
    if (found === undefined || found.app !== app)
      throw refuse('not_found', `${app} has no execution "${id}"; \`berth jobs history\` lists them.`);
    return found;
  }

  async function jobOf(app: string, name: string): Promise<Job> {
    const jobs = await deps.jobsOf(app);
    const job = jobs.find(({ service }) => service === name);
    if (job === undefined)
      throw refuse(
        'not_found',
        `${app} has no job "${name}"; it has ${jobs.map(({ service }) => service).join(', ') || 'none'}.`,
      );
    return job;
  }

  async function viewJob(job: Job): Promise<z.input<typeof JobView>> {
    const { app, service, schedule } = job;
    const { paused } = await deps.store.scheduleState(app, service, timesOf(schedule));
    const next = paused ? undefined : nextTime(schedule, deps.clock.now());
    const [last] = await deps.store.list(app, { limit: 1, job: service });
    return {
      name: service,
      cron: schedule.cron,
      timeZone: schedule.timeZone,
      concurrency: schedule.concurrency,
      missed: schedule.missed,
      timeoutSeconds: schedule.timeoutMs / 1_000,
      historyMax: schedule.historyMax,
      paused,
      ...(next === undefined ? {} : { nextAt: isoTime(next) }),
      ...(last === undefined ? {} : { last: viewExecution(last) }),
    };
  }

  return {
    listJobs: async ({ params }) => {
      const app = await deps.apps.get(params.app);
      return { items: await Promise.all((await deps.jobsOf(app.name)).map(viewJob)) };
    },
    runJob: async ({ params, actor }) => {
      const app = await deps.apps.get(params.app);
      const job = await jobOf(app.name, params.job);
      const now = deps.clock.now();
      const execution = await deps.store.create({
        id: newId(now),
        app: app.name,
        job: job.service,
        service: job.service,
        release: job.release,
        trigger: 'manual',
        actor: actor.name,
        timeoutMs: job.schedule.timeoutMs,
        request: {},
        nowMs: now,
      });
      deps.executor.carry(execution);
      return viewExecution(execution);
    },
    pauseJob: async ({ params, body }) => {
      const app = await deps.apps.get(params.app);
      const job = await jobOf(app.name, params.job);
      await deps.store.setPaused(app.name, job.service, body.paused);
      deps.scheduler.hint();
      return viewJob(job);
    },
    listExecutions: async ({ params, query }) => {
      const app = await deps.apps.get(params.app);
      const found = await deps.store.list(app.name, {
        limit: query.limit + 1,
        job: query.job,
        beforeId: query.cursor,
      });
      const items = found.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map(viewExecution),
        ...(found.length > query.limit && last !== undefined ? { next: last.id } : {}),
      };
    },
    createExecution: async ({ params, body, actor }) => {
      const app = await deps.apps.get(params.app);
      const live = await deps.liveService(app.name, body.service);
      const unknown = (body.volumesFrom ?? []).find((name) => !live.services.includes(name));
      if (unknown !== undefined)
        throw refuse(
          'not_found',
          `${app.name} has no service "${unknown}" to take volumes from; it has ${live.services.join(', ')}.`,
        );
      const now = deps.clock.now();
      const execution = await deps.store.create({
        id: newId(now),
        app: app.name,
        job: 'run',
        service: live.service,
        release: live.release,
        trigger: 'run',
        actor: actor.name,
        timeoutMs:
          body.timeoutSeconds === undefined ? scheduleDefaults.timeoutMs : body.timeoutSeconds * 1_000,
        request: {
          command: body.command,
          ...(body.volumesFrom === undefined ? {} : { volumesFrom: body.volumesFrom }),
        },
        nowMs: now,
      });
      deps.executor.carry(execution);
      await deps.store.prune(app.name, 'run', oneOffsKept);
      return viewExecution(execution);
    },
    getExecution: async ({ params }) => {
      const app = await deps.apps.get(params.app);
      return viewExecution(await executionOf(app.name, params.id));
    },
    cancelExecution: async ({ params, actor }) => {
      const app = await deps.apps.get(params.app);
      const execution = await executionOf(app.name, params.id);
      if (execution.endedAt !== undefined)
        throw refuse('conflict', `Execution ${execution.id} has ${execution.state} already.`);
      await deps.executor.cancel(execution.id, `stopped by ${actor.name}`);
      return viewExecution(await executionOf(app.name, params.id));
    },
    streamExecutionLog: async function* ({ params, query, signal }) {
      const app = await deps.apps.get(params.app);
      let execution = await executionOf(app.name, params.id);
      let given = 0;
      while (query.follow && execution.endedAt === undefined && !signal.aborted) {
        let index = 0;
        // A stream that broke begins anew: what was given before is passed over.
        for await (const line of deps.executor.read(execution, { follow: true }, signal)) {
          if (index++ < given) continue;
          given += 1;
          yield { data: line };
        }
        await deps.clock.sleep(againMs, signal).catch(() => undefined);
        execution = await executionOf(app.name, params.id);
      }
      if (signal.aborted) return;
      if (execution.endedAt === undefined)
        for await (const line of deps.executor.read(execution, { follow: false }, signal))
          yield { data: line };
      else for (const line of (await deps.store.linesOf(execution.id)).slice(given)) yield { data: line };
    },
  };
}

export function viewExecution(execution: Execution): z.input<typeof ExecutionView> {
  const time = <K extends string>(key: K, ms: number | undefined) =>
    (ms === undefined ? {} : { [key]: isoTime(ms) }) as { [P in K]?: string };
  return {
    id: execution.id,
    job: execution.job,
    service: execution.service,
    release: execution.release,
    trigger: execution.trigger,
    state: execution.state,
    stateMeaning: executionStateMeaning[execution.state],
    actor: execution.actor,
    createdAt: isoTime(execution.createdAt),
    ...time('dueAt', execution.dueAt),
    ...time('startedAt', execution.startedAt),
    ...time('endedAt', execution.endedAt),
    ...(execution.exitCode === undefined ? {} : { exitCode: execution.exitCode }),
    ...(execution.oomKilled ? { oomKilled: true } : {}),
    ...(execution.reason === undefined ? {} : { reason: execution.reason }),
    ...(execution.node === undefined ? {} : { node: execution.node }),
  };
}
