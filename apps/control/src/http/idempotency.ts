import { refuse } from '@berth/contract/errors';
import type { Clock } from '@berth/runtime/clock';
import type { Database } from '../db/database.ts';
import { isDuplicate } from '../db/sqlite.ts';
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
 *
 * INVARIANTS: a key's request runs at most once at a time; who repeats it meanwhile waits for its answer; a
 * request that failed leaves its key free.
 */
export type Idempotency = Awaited<ReturnType<typeof createIdempotency>>;

export async function createIdempotency(db: Database, vault: Vault, clock: Pick<Clock, 'now'>) {
  // What was under way when the process ended has no answer and never will: the key is free again.
  await db.deleteFrom('idempotency').where('status', 'is', null).execute();
  let sweptAt = Number.NEGATIVE_INFINITY;
  const underWay = new Map<string, PromiseWithResolvers<void>>();

  const placeOf = (request: KeyedRequest) => `answer/${request.tokenId}/${request.key}`;
  // Keyed: a body may hold a value that could be guessed from a plain hash.
  const digestOf = (request: KeyedRequest) =>
    vault.fingerprint(`${request.method} ${request.url}\n${request.body.toString('latin1')}`, 'request');

  async function sweep(now: number): Promise<void> {
    if (now - sweptAt < sweepEveryMs) return;
    sweptAt = now;
    await db
      .deleteFrom('idempotency')
      .where('created_at', '<', now - keptMs)
      .execute();
  }

  /** Makes this request the one that runs; false when the key has been used before. */
  async function claim(request: KeyedRequest, digest: string, now: number): Promise<boolean> {
    underWay.set(placeOf(request), Promise.withResolvers<void>());
    try {
      await db
        .insertInto('idempotency')
        .values({
          token_id: request.tokenId,
          key: request.key,
          request_sha256: digest,
          created_at: now,
          status: null,
          answer: null,
        })
        .execute();
      return true;
    } catch (error) {
      settle(request);
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  function settle(request: KeyedRequest): void {
    const place = placeOf(request);
    underWay.get(place)?.resolve();
    underWay.delete(place);
  }

  return {
    /** The stored answer; undefined when this request is the first and may run. */
    async begin(request: KeyedRequest): Promise<Answer | undefined> {
      const now = clock.now();
      await sweep(now);
      const digest = digestOf(request);
      for (;;) {
        const running = underWay.get(placeOf(request));
        if (running !== undefined) {
          await running.promise;
          continue;
        }
        if (await claim(request, digest, now)) return undefined;
        const row = await db
          .selectFrom('idempotency')
          .selectAll()
          .where('token_id', '=', request.tokenId)
          .where('key', '=', request.key)
          .executeTakeFirst();
        // Failed in between: this one may try.
        if (row === undefined) continue;
        if (row.request_sha256 !== digest)
          throw refuse('idempotency_mismatch', `The key "${request.key}" was used for another request.`);
        if (row.status === null || row.answer === null)
          throw refuse(
            'conflict',
            `The answer to the key "${request.key}" was lost: look at what there is now.`,
          );
        return { status: row.status, body: vault.open(row.answer, placeOf(request)) };
      }
    },
    async finish(request: KeyedRequest, answer: Answer): Promise<void> {
      try {
        await db
          .updateTable('idempotency')
          .set({ status: answer.status, answer: vault.seal(answer.body, placeOf(request)) })
          .where('token_id', '=', request.tokenId)
          .where('key', '=', request.key)
          .execute();
      } finally {
        settle(request);
      }
    },
    /** The request failed: the same key may try again. */
    async forget(request: KeyedRequest): Promise<void> {
      try {
        await db
          .deleteFrom('idempotency')
          .where('token_id', '=', request.tokenId)
          .where('key', '=', request.key)
          .execute();
      } finally {
        settle(request);
      }
    },
  };
}
