import { refuse } from '@berth/contract/errors';
import {
  type DeploymentState,
  deploymentStateMeaning,
  isDeploymentEnd,
  mayAdvance,
} from '@berth/domain/deployment';
import type { Awaited } from '@berth/domain/rollout';
import { isoTime } from '@berth/runtime/clock';
import type * as z from 'zod';
import type { Database } from '../db/database.ts';
import type { Deployment, DeploymentPatch, Event, From, NewEvent } from './deployment.ts';
import { columnsOf, toDeployment } from './rows.ts';

interface ListOptions {
  readonly limit: number;
  readonly beforeId?: string;
  readonly state?: DeploymentState | undefined;
}

/** The one writer of deployments and their events. */
export type DeploymentStore = ReturnType<typeof createDeploymentStore>;

export function createDeploymentStore(db: Database) {
  const listeners = new Map<string, Set<() => void>>();
  const wake = (id: string) => {
    for (const listener of listeners.get(id) ?? []) listener();
  };
  const get = async (id: string): Promise<Deployment | undefined> => {
    const row = await db.selectFrom('deployments').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toDeployment(row);
  };
  /** `heartbeat`: repeats what is known, so that a watcher knows it is alive; it is not progress. */
  const append = async (id: string, event: NewEvent, nowMs: number, heartbeat = false): Promise<void> => {
    await db.transaction().execute(async (tx) => {
      const last = await tx
        .selectFrom('deployment_events')
        .select((eb) => eb.fn.max('seq').as('seq'))
        .where('deployment', '=', id)
        .executeTakeFirst();
      const seq = (last?.seq ?? 0) + 1;
      await tx
        .insertInto('deployment_events')
        .values({
          deployment: id,
          seq,
          at: nowMs,
          event_json: JSON.stringify({ ...event, seq, at: isoTime(nowMs) }),
        })
        .execute();
      if (event.kind === 'progress' && !heartbeat) {
        await tx
          .updateTable('deployments')
          .set({ progress: event.text, progress_at: nowMs })
          .where('id', '=', id)
          .execute();
      }
    });
    wake(id);
  };
  return {
    get,
    append,
    async create(deployment: {
      id: string;
      app: string;
      kind: Deployment['kind'];
      from: From;
      fromRelease: number | undefined;
      toRelease?: number;
      generation?: number;
      actor: string;
      message: string | undefined;
      /** Images that are there already. */
      images?: Deployment['images'];
      nowMs: number;
      deadlineAt: number;
    }): Promise<Deployment> {
      const insert = db.insertInto('deployments').values({
        id: deployment.id,
        app: deployment.app,
        kind: deployment.kind,
        state: 'queued',
        request_json: JSON.stringify(deployment.from),
        from_release: deployment.fromRelease ?? null,
        to_release: deployment.toRelease ?? null,
        generation: deployment.generation ?? 1,
        actor: deployment.actor,
        message: deployment.message ?? null,
        created_at: deployment.nowMs,
        deadline_at: deployment.deadlineAt,
        images_json: deployment.images === undefined ? null : JSON.stringify(deployment.images),
        steps_json: JSON.stringify([{ state: 'queued', startedAt: isoTime(deployment.nowMs) }]),
        warnings_json: '[]',
        progress_at: deployment.nowMs,
      });
      await db.transaction().execute(async (tx) => {
        // Once the deployment is there, the release it leads to is kept; until then it may be forgotten.
        if (deployment.toRelease !== undefined) {
          const { app, toRelease } = deployment;
          const kept = await tx
            .selectFrom('releases')
            .select('number')
            .where('app', '=', app)
            .where('number', '=', toRelease)
            .executeTakeFirst();
          if (kept === undefined)
            throw refuse('release_not_found', `${app} keeps no release ${toRelease} any more.`);
        }
        await tx.executeQuery(insert);
      });
      await append(
        deployment.id,
        { kind: 'state', state: 'queued', meaning: deploymentStateMeaning.queued },
        deployment.nowMs,
      );
      const created = await get(deployment.id);
      if (created === undefined) throw new Error(`deployment ${deployment.id} vanished`);
      return created;
    },
    /** Moves a deployment on, by the table of states; the times of its steps are kept. */
    async advance(
      id: string,
      to: DeploymentState,
      patch: DeploymentPatch,
      nowMs: number,
    ): Promise<Deployment> {
      const before = await get(id);
      if (before === undefined) throw new Error(`deployment ${id} does not exist`);
      if (!mayAdvance(before.state, to))
        throw new Error(`deployment ${id} may not go from ${before.state} to ${to}`);
      const ended = isDeploymentEnd(to);
      const steps = before.steps.map((step, index) =>
        index === before.steps.length - 1 && step.endedAt === undefined
          ? { ...step, endedAt: isoTime(nowMs), durationMs: nowMs - Date.parse(step.startedAt) }
          : step,
      );
      if (!ended) steps.push({ state: to, startedAt: isoTime(nowMs) });
      await db
        .updateTable('deployments')
        .set({
          state: to,
          steps_json: JSON.stringify(steps),
          ...(ended ? { ended_at: nowMs } : {}),
          ...columnsOf(patch),
        })
        .where('id', '=', id)
        .execute();
      if (!ended) await append(id, { kind: 'state', state: to, meaning: deploymentStateMeaning[to] }, nowMs);
      const after = await get(id);
      if (after === undefined) throw new Error(`deployment ${id} vanished`);
      return after;
    },
    async patch(id: string, patch: DeploymentPatch): Promise<void> {
      await db.updateTable('deployments').set(columnsOf(patch)).where('id', '=', id).execute();
    },
    async requestCancel(id: string, nowMs: number): Promise<void> {
      await db
        .updateTable('deployments')
        .set({ cancel_requested_at: nowMs })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute();
    },
    /** The last deployment of an app that led to a release and was no restart of or return to it. */
    async lastOf(app: string, release: number): Promise<Deployment | undefined> {
      const row = await db
        .selectFrom('deployments')
        .selectAll()
        .where('app', '=', app)
        .where('kind', '=', 'deploy')
        .where('state', '=', 'succeeded')
        .where('to_release', '=', release)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : toDeployment(row);
    },
    /** Not ended, oldest first. */
    async listOpen(app?: string): Promise<Deployment[]> {
      let query = db
        .selectFrom('deployments')
        .selectAll()
        .where('ended_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id');
      if (app !== undefined) query = query.where('app', '=', app);
      return (await query.execute()).map(toDeployment);
    },
    /** Whether a deployment of the app is under way: what it has made for its release stays. */
    async isBusy(app: string): Promise<boolean> {
      const open = await db
        .selectFrom('deployments')
        .select('id')
        .where('app', '=', app)
        .where('ended_at', 'is', null)
        .limit(1)
        .executeTakeFirst();
      return open !== undefined;
    },
    /** Those that succeeded at this time (Unix ms) or later, in the order of their ends. */
    async listSucceededSince(ms: number): Promise<Deployment[]> {
      const rows = await db
        .selectFrom('deployments')
        .selectAll()
        .where('ended_at', '>=', ms)
        .where('state', '=', 'succeeded')
        .orderBy('ended_at')
        .execute();
      return rows.map(toDeployment);
    },
    /** The deployment that first put a release live, as far as deployments are kept. */
    async findStart(app: string, release: number): Promise<Deployment | undefined> {
      const row = await db
        .selectFrom('deployments')
        .selectAll()
        .where('app', '=', app)
        .where('to_release', '=', release)
        .where('state', '=', 'succeeded')
        .where('kind', '!=', 'create')
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : toDeployment(row);
    },
    /** Newest first, from the one before `beforeId`. */
    async list(app: string, options: ListOptions): Promise<Deployment[]> {
      let query = db
        .selectFrom('deployments')
        .selectAll()
        .where('app', '=', app)
        .orderBy('id', 'desc')
        .limit(options.limit);
      if (options.beforeId !== undefined) query = query.where('id', '<', options.beforeId);
      if (options.state !== undefined) query = query.where('state', '=', options.state);
      return (await query.execute()).map(toDeployment);
    },
    /** Forgets all but the newest `keep` ended deployments of an app, with their events. */
    async prune(app: string, keep: number): Promise<void> {
      const rows = await db
        .selectFrom('deployments')
        .select('id')
        .where('app', '=', app)
        .where('ended_at', 'is not', null)
        .orderBy('id', 'desc')
        .offset(keep)
        .limit(1000)
        .execute();
      // What wrote a release, and what last led to it: their sources are compiled again.
      const written = await db
        .selectFrom('releases')
        .select(['deployment', 'number'])
        .where('app', '=', app)
        .execute();
      const last = await db
        .selectFrom('deployments')
        .select((eb) => eb.fn.max('id').as('id'))
        .where('app', '=', app)
        .where('kind', '=', 'deploy')
        .where('state', '=', 'succeeded')
        .where(
          'to_release',
          'in',
          written.map((row) => row.number),
        )
        .groupBy('to_release')
        .execute();
      const needed = new Set([...written.map((row) => row.deployment), ...last.map((row) => row.id)]);
      const old = rows.map((row) => row.id).filter((id) => !needed.has(id));
      if (old.length > 0) await db.deleteFrom('deployments').where('id', 'in', old).execute();
    },
    async events(id: string, afterSeq: number): Promise<Event[]> {
      const rows = await db
        .selectFrom('deployment_events')
        .select('event_json')
        .where('deployment', '=', id)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(500)
        .execute();
      return rows.map((row) => JSON.parse(row.event_json) as Event);
    },
    /** `listener` is called when the deployment has a new event. Returns an unsubscribe. */
    subscribe(id: string, listener: () => void): () => void {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(id);
      };
    },
  };
}
