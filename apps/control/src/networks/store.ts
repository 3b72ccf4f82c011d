import type { AppNetwork } from '@berth/domain/release';
import type { Database } from '../db/database.ts';

export interface SharedNetwork {
  readonly network: AppNetwork;
  /** Undefined: any app may join. */
  readonly apps: readonly string[] | undefined;
}

/** The one writer of networks that apps share. */
export type SharedNetworkStore = ReturnType<typeof createSharedNetworkStore>;

export function createSharedNetworkStore(db: Database) {
  const toShared = (row: { network_json: string; apps_json: string | null }): SharedNetwork => ({
    network: JSON.parse(row.network_json),
    apps: row.apps_json === null ? undefined : JSON.parse(row.apps_json),
  });
  return {
    async list(): Promise<SharedNetwork[]> {
      return (await db.selectFrom('shared_networks').selectAll().orderBy('name').execute()).map(toShared);
    },
    async find(name: string): Promise<SharedNetwork | undefined> {
      const row = await db
        .selectFrom('shared_networks')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst();
      return row === undefined ? undefined : toShared(row);
    },
    async create(shared: SharedNetwork, actor: string, nowMs: number): Promise<void> {
      await db
        .insertInto('shared_networks')
        .values({
          name: shared.network.name,
          network_json: JSON.stringify(shared.network),
          apps_json: shared.apps === undefined ? null : JSON.stringify(shared.apps),
          created_at: nowMs,
          created_by: actor,
        })
        .execute();
    },
    async remove(name: string): Promise<void> {
      await db.deleteFrom('shared_networks').where('name', '=', name).execute();
    },
  };
}
