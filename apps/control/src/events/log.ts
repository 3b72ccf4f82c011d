import { setMaxListeners } from 'node:events';
import type { Clock } from '@berth/runtime/clock';
import { isoTime } from '@berth/runtime/clock';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { EventsTable } from '../db/schema.ts';

export interface NewEvent {
  /** `<thing>.<what happened>`: `deployment.succeeded`, `env.changed`. */
  readonly kind: string;
  readonly app?: string;
  readonly text: string;
  /** Never a secret. */
  readonly data: Record<string, unknown>;
}

export interface StoredEvent {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly app?: string;
  readonly text: string;
  readonly data: Record<string, unknown>;
}

export interface FollowOptions {
  readonly app: string | undefined;
  /** Begin after this one; else with the last `tail`. */
  readonly after: number | undefined;
  readonly tail: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** What happened on the platform, for people and for followers. The oldest go when there are too many. */
export type EventLog = ReturnType<typeof createEventLog>;

const sweepEvery = 100;
const batch = 200;

export function createEventLog(db: Database, clock: Pick<Clock, 'now'>, options: { kept?: number } = {}) {
  const kept = options.kept ?? 10_000;
  const waiting = new EventTarget();
  setMaxListeners(0, waiting);

  async function lastSeq(): Promise<number> {
    const row = await db
      .selectFrom('events')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.seq ?? 0;
  }

  async function firstOfTail(app: string | undefined, tail: number): Promise<number> {
    if (tail === 0) return lastSeq();
    let query = db.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(1).offset(tail);
    if (app !== undefined) query = query.where('app', '=', app);
    return (await query.executeTakeFirst())?.seq ?? 0;
  }

  function listAfter(seq: number, app: string | undefined) {
    let query = db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(batch);
    if (app !== undefined) query = query.where('app', '=', app);
    return query.execute();
  }

  return {
    async append(event: NewEvent): Promise<void> {
      const result = await db
        .insertInto('events')
        .values({
          at: clock.now(),
          kind: event.kind,
          app: event.app ?? null,
          text: event.text,
          data: JSON.stringify(event.data),
        })
        .executeTakeFirstOrThrow();
      const seq = Number(result.insertId);
      if (seq % sweepEvery === 0)
        await db
          .deleteFrom('events')
          .where('seq', '<=', seq - kept)
          .execute();
      waiting.dispatchEvent(new Event('appended'));
    },

    /** Those of one kind that are still kept, oldest first. */
    async list(of: { readonly app: string; readonly kind: string }): Promise<StoredEvent[]> {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('app', '=', of.app)
        .where('kind', '=', of.kind)
        .orderBy('seq')
        .execute();
      return rows.map(toEvent);
    },

    /**
     * Events in order, without a gap: each round reads what is stored after the last one given, then waits
     * for the next append. A slow reader costs nothing but its place.
     */
    async *follow(options: FollowOptions): AsyncGenerator<StoredEvent> {
      let seq = options.after ?? (await firstOfTail(options.app, options.tail));
      while (!options.signal.aborted) {
        // Listening before reading: an append in between wakes the wait.
        const appended = nextAppend(waiting, options.signal);
        const rows = await listAfter(seq, options.app);
        for (const row of rows) {
          seq = row.seq;
          yield toEvent(row);
        }
        if (rows.length === batch) continue;
        if (!options.follow) return;
        await appended;
      }
    },
  };
}

/** Resolves at the next append, or when the signal aborts. */
function nextAppend(target: EventTarget, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    target.removeEventListener('appended', done);
    signal.removeEventListener('abort', done);
    resolve();
  };
  target.addEventListener('appended', done);
  signal.addEventListener('abort', done);
  return promise;
}

function toEvent(row: Selectable<EventsTable>): StoredEvent {
  return {
    seq: row.seq,
    at: isoTime(row.at),
    kind: row.kind,
    ...(row.app === null ? {} : { app: row.app }),
    text: row.text,
    data: JSON.parse(row.data) as Record<string, unknown>,
  };
}
