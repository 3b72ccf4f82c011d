import type { Clock } from '@berth/runtime/clock';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { AuditTable } from '../db/schema.ts';
import { type ChainedEntry, type ChainVerdict, chainHash, chainStart, createChainCheck } from './chain.ts';

/** What somebody did, or was refused. `parameters` are already redacted. */
export interface AuditFact {
  readonly actor: string;
  readonly address: string;
  readonly userAgent: string;
  readonly action: string;
  readonly object: string;
  readonly app?: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly result: string;
  readonly status: number;
}

export type StoredAuditEntry = ChainedEntry & { readonly hash: string };

/** Longest text of each field: what a client sends must not fill the log. */
const textMax = 300;
const parametersMax = 4_000;

/**
 * The one writer of the audit log.
 *
 * INVARIANTS: entries are numbered without a gap, each hash covers the entry and the hash before it, one
 * write at a time; nothing is ever changed or removed (the database refuses it).
 */
export type AuditLog = Awaited<ReturnType<typeof createAuditLog>>;

export async function createAuditLog(db: Database, clock: Pick<Clock, 'now'>) {
  const last = await db
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  let head = { seq: last?.seq ?? 0, hash: last?.hash ?? chainStart };
  let queue: Promise<unknown> = Promise.resolve();

  async function write(fact: AuditFact): Promise<void> {
    const entry: ChainedEntry = {
      seq: head.seq + 1,
      at: clock.now(),
      actor: fact.actor.slice(0, textMax),
      address: fact.address.slice(0, textMax),
      userAgent: fact.userAgent.slice(0, textMax),
      action: fact.action,
      object: fact.object.slice(0, textMax),
      app: fact.app,
      parameters: boundedJson(fact.parameters),
      result: fact.result.slice(0, textMax),
      status: fact.status,
    };
    const hash = chainHash(head.hash, entry);
    const { userAgent, app, ...same } = entry;
    await db
      .insertInto('audit')
      .values({ ...same, user_agent: userAgent, app: app ?? null, hash })
      .execute();
    head = { seq: entry.seq, hash };
  }

  return {
    /** Rejects when it cannot be written: the caller must not answer `ok` then. */
    append(fact: AuditFact): Promise<void> {
      const next = queue.then(() => write(fact));
      queue = next.catch(() => undefined);
      return next;
    },
    /** Newest first. */
    async list(options: {
      before?: number | undefined;
      app?: string | undefined;
      actor?: string | undefined;
      sinceMs?: number | undefined;
      limit: number;
    }): Promise<StoredAuditEntry[]> {
      let query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(options.limit);
      if (options.before !== undefined) query = query.where('seq', '<', options.before);
      if (options.app !== undefined) query = query.where('app', '=', options.app);
      if (options.actor !== undefined) query = query.where('actor', '=', options.actor);
      if (options.sinceMs !== undefined) query = query.where('at', '>=', options.sinceMs);
      return (await query.execute()).map(toEntry);
    },
    /** Reads the whole log and checks the chain. */
    async verify(): Promise<ChainVerdict> {
      const check = createChainCheck();
      for (let after = 0; ; ) {
        const rows = await db
          .selectFrom('audit')
          .selectAll()
          .where('seq', '>', after)
          .orderBy('seq')
          .limit(100)
          .execute();
        for (const row of rows) check.add(toEntry(row));
        const end = rows.at(-1);
        if (end === undefined) return check.verdict();
        after = end.seq;
      }
    },
  };
}

function boundedJson(parameters: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(parameters);
  if (json.length <= parametersMax) return json;
  return JSON.stringify({ truncated: `${json.slice(0, parametersMax - 100)}…` });
}

function toEntry(row: Selectable<AuditTable>): StoredAuditEntry {
  const { user_agent: userAgent, app, ...same } = row;
  return { ...same, userAgent, app: app ?? undefined };
}
