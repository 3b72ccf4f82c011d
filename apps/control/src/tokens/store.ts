import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { TokensTable } from '../db/schema.ts';

export type Scope = TokensTable['scope'];
export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly sha256: string;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number | undefined;
}

/** How exactly `lastUsedAt` is kept: one write per token and minute, not one per request. */
const lastUsedStepMs = 60_000;

/** The one writer of tokens. A revoked token is absent for everybody. */
export type TokenStore = ReturnType<typeof createTokenStore>;

export function createTokenStore(db: Database) {
  const lastUsed = new Map<string, number>();
  const live = () => db.selectFrom('tokens').selectAll().where('revoked_at', 'is', null);
  return {
    async find(id: string): Promise<StoredToken | undefined> {
      const row = await live().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toToken(row);
    },
    async findByName(name: string): Promise<StoredToken | undefined> {
      const row = await live().where('name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : toToken(row);
    },
    /** By id, which is by age. */
    async list(options: { after?: string | undefined; limit: number }): Promise<StoredToken[]> {
      const query = options.after === undefined ? live() : live().where('id', '>', options.after);
      return (await query.orderBy('id').limit(options.limit).execute()).map(toToken);
    },
    async create(token: {
      id: string;
      name: string;
      scope: Scope;
      sha256: string;
      createdBy: string;
      expiresAt: number | undefined;
      nowMs: number;
    }): Promise<void> {
      await db
        .insertInto('tokens')
        .values({
          id: token.id,
          name: token.name,
          scope: token.scope,
          sha256: token.sha256,
          created_at: token.nowMs,
          created_by: token.createdBy,
          expires_at: token.expiresAt ?? null,
          last_used_at: null,
          revoked_at: null,
        })
        .execute();
    },
    /** The token made at `up`: the configuration file says what it is, at every start. */
    async putAdmin(token: { id: string; sha256: string; nowMs: number }): Promise<void> {
      const fixed = { name: 'admin', scope: 'admin', sha256: token.sha256, expires_at: null } as const;
      await db
        .insertInto('tokens')
        .values({
          id: token.id,
          ...fixed,
          created_at: token.nowMs,
          created_by: 'up',
          last_used_at: null,
          revoked_at: null,
        })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(fixed))
        .execute();
    },
    /** Whether nobody but this token could administer the platform once it is gone. */
    async isLastAdmin(id: string, nowMs: number): Promise<boolean> {
      const admins = await live()
        .where('scope', '=', 'admin')
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)]))
        .execute();
      return admins.length === 1 && admins[0]?.id === id;
    },
    /** False when there is no such live token. */
    async revoke(id: string, nowMs: number): Promise<boolean> {
      const result = await db
        .updateTable('tokens')
        .set({ revoked_at: nowMs })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      lastUsed.delete(id);
      return result.numUpdatedRows > 0n;
    },
    async touch(id: string, nowMs: number): Promise<void> {
      if (nowMs - (lastUsed.get(id) ?? 0) < lastUsedStepMs) return;
      lastUsed.set(id, nowMs);
      await db.updateTable('tokens').set({ last_used_at: nowMs }).where('id', '=', id).execute();
    },
  };
}

function toToken(row: Selectable<TokensTable>): StoredToken {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    sha256: row.sha256,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
