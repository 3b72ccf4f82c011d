import { gunzipSync, gzipSync } from 'node:zlib';
import type { ExecutionLine } from '@berth/contract/jobs';
import { type ExecutionState, mayExecutionAdvance } from '@berth/domain/schedule';
import type { Selectable } from 'kysely';
import type * as z from 'zod';
import type { Database } from '../db/database.ts';
import type { ExecutionsTable } from '../db/schema.ts';
import type { Vault } from '../env/vault.ts';

export type Trigger = 'schedule' | 'manual' | 'run' | 'post-deploy' | 'seed';
export type Line = z.infer<typeof ExecutionLine>;

/** What is run, where it is not the service's own command. */
export interface ExecutionRequest {
  readonly command?: readonly string[];
  /** Services whose volumes are mounted too, read-only. */
  readonly volumesFrom?: readonly string[];
}

export interface Execution {
  readonly id: string;
  readonly app: string;
  readonly job: string;
  readonly service: string;
  readonly release: number;
  readonly trigger: Trigger;
  readonly state: ExecutionState;
  readonly actor: string;
  readonly timeoutMs: number;
  readonly dueAt: number | undefined;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly cancelRequestedAt: number | undefined;
  readonly exitCode: number | undefined;
  readonly oomKilled: boolean;
  readonly reason: string | undefined;
  readonly node: string | undefined;
}

export interface ExecutionEnd {
  readonly state: Exclude<ExecutionState, 'starting' | 'running'>;
  readonly exitCode?: number | undefined;
  readonly oomKilled?: boolean;
  readonly reason?: string | undefined;
  readonly lines?: readonly Line[];
}

export interface ScheduleState {
  /** Undefined: the schedule is new, has changed, or comes back. */
  readonly consideredUntil: number | undefined;
  readonly paused: boolean;
}

/** The one writer of executions and of how far schedules have been decided upon. */
export type JobStore = ReturnType<typeof createJobStore>;

const aad = (id: string): string => `execution/${id}`;

export function createJobStore(db: Database, vault: Vault) {
  const find = async (id: string): Promise<Execution | undefined> => {
    const row = await db.selectFrom('executions').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toExecution(row);
  };
  const get = async (id: string): Promise<Execution> => {
    const found = await find(id);
    if (found === undefined) throw new Error(`execution ${id} does not exist`);
    return found;
  };
  const mayGo = async (id: string, to: ExecutionState): Promise<void> => {
    const { state } = await get(id);
    if (!mayExecutionAdvance(state, to)) throw new Error(`execution ${id} may not go from ${state} to ${to}`);
  };
  return {
    find,
    async create(
      execution: Pick<Execution, 'id' | 'app' | 'job' | 'service' | 'release' | 'trigger' | 'actor'> & {
        readonly timeoutMs: number;
        readonly dueAt?: number | undefined;
        readonly request: ExecutionRequest;
        /** Given: it was due, and is not run. */
        readonly skippedBecause?: string;
        readonly nowMs: number;
      },
    ): Promise<Execution> {
      const { id, app, job, service, release, trigger, actor, nowMs, skippedBecause } = execution;
      await db
        .insertInto('executions')
        .values({
          ...{ id, app, job, service, release, trigger, actor },
          state: skippedBecause === undefined ? 'starting' : 'skipped',
          request_sealed: vault.seal(JSON.stringify(execution.request), aad(id)),
          timeout_ms: execution.timeoutMs,
          due_at: execution.dueAt ?? null,
          created_at: nowMs,
          ...(skippedBecause === undefined ? {} : { ended_at: nowMs, reason: skippedBecause }),
        })
        .execute();
      return get(id);
    },
    async requestOf(id: string): Promise<ExecutionRequest> {
      const row = await db
        .selectFrom('executions')
        .select('request_sealed')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return row.request_sealed === null
        ? {}
        : (JSON.parse(vault.open(row.request_sealed, aad(id))) as ExecutionRequest);
    },
    async begin(id: string, at: { node: string | undefined; nowMs: number }): Promise<void> {
      await mayGo(id, 'running');
      await db
        .updateTable('executions')
        .set({ state: 'running', started_at: at.nowMs, node: at.node ?? null })
        .where('id', '=', id)
        .execute();
    },
    async end(id: string, end: ExecutionEnd, nowMs: number): Promise<Execution> {
      await mayGo(id, end.state);
      await db
        .updateTable('executions')
        .set({
          state: end.state,
          ended_at: nowMs,
          exit_code: end.exitCode ?? null,
          oom_killed: end.oomKilled === true ? 1 : 0,
          reason: end.reason ?? null,
          log: end.lines === undefined ? null : gzipSync(JSON.stringify(end.lines)),
        })
        .where('id', '=', id)
        .execute();
      return get(id);
    },
    async requestCancel(id: string, nowMs: number, because: string): Promise<void> {
      await db
        .updateTable('executions')
        .set({ cancel_requested_at: nowMs, reason: because })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute();
    },
    async linesOf(id: string): Promise<Line[]> {
      const row = await db.selectFrom('executions').select('log').where('id', '=', id).executeTakeFirst();
      return row?.log == null ? [] : (JSON.parse(gunzipSync(row.log).toString('utf8')) as Line[]);
    },
    /** Not ended, oldest first. */
    async listOpen(of: { app?: string; job?: string } = {}): Promise<Execution[]> {
      let query = db.selectFrom('executions').selectAll().where('ended_at', 'is', null).orderBy('id');
      if (of.app !== undefined) query = query.where('app', '=', of.app);
      if (of.job !== undefined) query = query.where('job', '=', of.job);
      return (await query.execute()).map(toExecution);
    },
    /** Newest first. */
    async list(
      app: string,
      options: { limit: number; job?: string | undefined; beforeId?: string | undefined },
    ): Promise<Execution[]> {
      let query = db
        .selectFrom('executions')
        .selectAll()
        .where('app', '=', app)
        .orderBy('id', 'desc')
        .limit(options.limit);
      if (options.job !== undefined) query = query.where('job', '=', options.job);
      if (options.beforeId !== undefined) query = query.where('id', '<', options.beforeId);
      return (await query.execute()).map(toExecution);
    },
    /** Forgets all but the newest `keep` ended executions of a job, with their logs. */
    async prune(app: string, job: string, keep: number): Promise<void> {
      const old = await db
        .selectFrom('executions')
        .select('id')
        .where('app', '=', app)
        .where('job', '=', job)
        .where('ended_at', 'is not', null)
        .orderBy('id', 'desc')
        .offset(keep)
        .limit(1_000)
        .execute();
      if (old.length === 0) return;
      await db
        .deleteFrom('executions')
        .where(
          'id',
          'in',
          old.map(({ id }) => id),
        )
        .execute();
    },
    /** Whether a job ever began; of a release alone, if one is given. */
    async hasBegun(app: string, job: string, release?: number): Promise<boolean> {
      let query = db.selectFrom('executions').select('id').where('app', '=', app).where('job', '=', job);
      if (release !== undefined) query = query.where('release', '=', release);
      return (await query.executeTakeFirst()) !== undefined;
    },
    async hasSucceeded(app: string, job: string): Promise<boolean> {
      const row = await db
        .selectFrom('executions')
        .select('id')
        .where('app', '=', app)
        .where('job', '=', job)
        .where('state', '=', 'succeeded')
        .executeTakeFirst();
      return row !== undefined;
    },
    /** `schedule`: what is decided upon, as text; of another one nothing is known. */
    async scheduleState(app: string, job: string, schedule: string): Promise<ScheduleState> {
      const row = await db
        .selectFrom('schedules')
        .selectAll()
        .where('app', '=', app)
        .where('job', '=', job)
        .executeTakeFirst();
      // A row of before the column was there is of the schedule that is there.
      const isOther = row?.decided_for != null && row.decided_for !== schedule;
      return {
        consideredUntil: isOther ? undefined : (row?.considered_until ?? undefined),
        paused: row?.paused === 1,
      };
    },
    async consider(app: string, job: string, schedule: string, until: number): Promise<void> {
      const decided = { considered_until: until, decided_for: schedule };
      await db
        .insertInto('schedules')
        .values({ app, job, paused: 0, ...decided })
        .onConflict((conflict) => conflict.columns(['app', 'job']).doUpdateSet(decided))
        .execute();
    },
    async setPaused(app: string, job: string, paused: boolean): Promise<void> {
      // What was due while it was paused is not made up for.
      const state = { paused: paused ? 1 : 0, considered_until: null };
      await db
        .insertInto('schedules')
        .values({ app, job, decided_for: null, ...state })
        .onConflict((conflict) => conflict.columns(['app', 'job']).doUpdateSet(state))
        .execute();
    },
    /** Of all other schedules nothing is made up for when they come back: their app is stopped, or has them no more. */
    async forgetOthers(jobs: readonly { readonly app: string; readonly service: string }[]): Promise<void> {
      const rows = await db
        .selectFrom('schedules')
        .select(['app', 'job'])
        .where('considered_until', 'is not', null)
        .execute();
      for (const { app, job } of rows) {
        if (jobs.some((one) => one.app === app && one.service === job)) continue;
        await db
          .updateTable('schedules')
          .set({ considered_until: null })
          .where('app', '=', app)
          .where('job', '=', job)
          .execute();
      }
    },
    /** With its app. */
    async removeApp(app: string): Promise<void> {
      await db.deleteFrom('executions').where('app', '=', app).execute();
      await db.deleteFrom('schedules').where('app', '=', app).execute();
    },
  };
}

function toExecution(row: Selectable<ExecutionsTable>): Execution {
  return {
    id: row.id,
    app: row.app,
    job: row.job,
    service: row.service,
    release: row.release,
    trigger: row.trigger as Trigger,
    state: row.state as ExecutionState,
    actor: row.actor,
    timeoutMs: row.timeout_ms,
    dueAt: row.due_at ?? undefined,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    cancelRequestedAt: row.cancel_requested_at ?? undefined,
    exitCode: row.exit_code ?? undefined,
    oomKilled: row.oom_killed === 1,
    reason: row.reason ?? undefined,
    node: row.node ?? undefined,
  };
}
