import type { Grant } from '@berth/domain/permission';
import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { GrantsTable } from '../db/schema.ts';

/** The one writer of grants; they go with their app. */
export type GrantStore = ReturnType<typeof createGrantStore>;

export function createGrantStore(db: Database) {
  const toGrant = (row: Selectable<GrantsTable>): Grant => ({
    id: row.id,
    app: row.app,
    ...(row.service === '' ? {} : { service: row.service }),
    permission: row.permission,
    reason: row.reason,
    owner: row.owner,
    grantedBy: row.granted_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  });
  return {
    /** In the order they were given. */
    async list(app?: string): Promise<Grant[]> {
      const all = db.selectFrom('grants').selectAll().orderBy('id');
      return (await (app === undefined ? all : all.where('app', '=', app)).execute()).map(toGrant);
    },
    async find(id: string): Promise<Grant | undefined> {
      const row = await db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toGrant(row);
    },
    /** In the place of one for the same. */
    async put(grant: Grant): Promise<void> {
      const { service = '' } = grant;
      await db.transaction().execute(async (tx) => {
        await tx
          .deleteFrom('grants')
          .where('app', '=', grant.app)
          .where('service', '=', service)
          .where('permission', '=', grant.permission)
          .execute();
        await tx
          .insertInto('grants')
          .values({
            id: grant.id,
            app: grant.app,
            service,
            permission: grant.permission,
            reason: grant.reason,
            owner: grant.owner,
            granted_by: grant.grantedBy,
            created_at: grant.createdAt,
            expires_at: grant.expiresAt,
          })
          .execute();
      });
    },
    async remove(id: string): Promise<void> {
      await db.deleteFrom('grants').where('id', '=', id).execute();
    },
  };
}
