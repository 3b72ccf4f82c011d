import { refuse } from '@berth/contract/errors';
import type { Clock } from '@berth/runtime/clock';
import { isDuplicate } from '../db/sqlite.ts';
import type { Database } from '../db/database.ts';
import type { Vault } from '../env/vault.ts';

export interface Answer {
  readonly status: number;
  /** JSON text; empty for 204. */
  readonly body: string;
}

export interface KeyedRequest {
  readonly tokenId: string;
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
}

const keptMs = 24 * 3_600_000;
const sweepEveryMs = 3_600_000;

/**
 * Answers of mutations by Idempotency-Key, for a day: a client that lost the answer asks again and nothing
 * happens twice.
 */
export type Idempotency = Awaited<ReturnType<typeof createIdempotency>>;

export async function createIdempotency(db: Database, vault: Vault, clock: Pick<Clock, 'now'>) {
  // What was under way when the process ended has no answer and never will: the key is free again.
  await db.deleteFrom('idempotency').where('status', 'is', null).execute();
  let sweptAt = Number.NEGATIVE_INFINITY;

  const aad = (request: KeyedRequest) => `answer/${request.tokenId}/${request.key}`;
  const at = (request: KeyedRequest) => [request.tokenId, request.key] as const;

  async function sweep(now: number): Promise<void> {
    if (now - sweptAt < sweepEveryMs) return;
    sweptAt = now;
    await db
      .deleteFrom('idempotency')
      .where('created_at', '<', now - keptMs)
      .execute();
  }

  return {
    /** The stored answer; undefined when this request is the first and may run. */
    async begin(request: KeyedRequest): Promise<Answer | undefined> {
      const now = clock.now();
      await sweep(now);
      const [tokenId, key] = at(request);
      // Keyed: a body may hold a value that could be guessed from a plain hash.
      const digest = vault.fingerprint(
        `${request.method} ${request.url}\n${request.body.toString('latin1')}`,
        'request',
      );
      try {
        await db
          .insertInto('idempotency')
          .values({
            token_id: tokenId,
            key,
            request_sha256: digest,
            created_at: now,
            status: null,
            answer: null,
          })
          .execute();
        return undefined;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      const row = await db
        .selectFrom('idempotency')
        .selectAll()
        .where('token_id', '=', tokenId)
        .where('key', '=', key)
        .executeTakeFirst();
      if (row === undefined)
        throw refuse('conflict', `The first request with the key "${key}" just failed: send it again.`);
      if (row.request_sha256 !== digest)
        throw refuse('idempotency_mismatch', `The key "${key}" was used for another request.`);
      if (row.status === null || row.answer === null)
        throw refuse('conflict', `The first request with the key "${key}" is still being worked on.`);
      return { status: row.status, body: vault.open(row.answer, aad(request)) };
    },
    async finish(request: KeyedRequest, answer: Answer): Promise<void> {
      const [tokenId, key] = at(request);
      await db
        .updateTable('idempotency')
        .set({ status: answer.status, answer: vault.seal(answer.body, aad(request)) })
        .where('token_id', '=', tokenId)
        .where('key', '=', key)
        .execute();
    },
    /** The request failed by our fault: the same key may try again. */
    async forget(request: KeyedRequest): Promise<void> {
      const [tokenId, key] = at(request);
      await db.deleteFrom('idempotency').where('token_id', '=', tokenId).where('key', '=', key).execute();
    },
  };
}
