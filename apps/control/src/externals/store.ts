import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { ExternalsTable } from '../db/schema.ts';

export interface External {
  readonly name: string;
  /** `host:port`, in order of preference. */
  readonly targets: readonly string[];
  /** Where apps reach it. */
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Undefined: any app may use it. */
  readonly apps: readonly string[] | undefined;
  readonly updatedAt: number;
}

/** The one writer of external services. */
export type ExternalStore = ReturnType<typeof createExternalStore>;

export function createExternalStore(db: Database) {
  const toExternal = (row: Selectable<ExternalsTable>): External => ({
    name: row.name,
    targets: JSON.parse(row.targets_json),
    port: row.port,
    protocol: row.protocol === 'udp' ? 'udp' : 'tcp',
    apps: row.apps_json === null ? undefined : JSON.parse(row.apps_json),
    updatedAt: row.updated_at,
  });
  return {
    async list(): Promise<External[]> {
      return (await db.selectFrom('externals').selectAll().orderBy('name').execute()).map(toExternal);
    },
    async find(name: string): Promise<External | undefined> {
      const row = await db.selectFrom('externals').selectAll().where('name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : toExternal(row);
    },
    async create(external: Omit<External, 'updatedAt'>, actor: string, nowMs: number): Promise<void> {
      await db
        .insertInto('externals')
        .values({
          name: external.name,
          targets_json: JSON.stringify(external.targets),
          port: external.port,
          protocol: external.protocol,
          apps_json: external.apps === undefined ? null : JSON.stringify(external.apps),
          created_at: nowMs,
          created_by: actor,
          updated_at: nowMs,
        })
        .execute();
    },
    async retarget(name: string, targets: readonly string[], nowMs: number): Promise<void> {
      await db
        .updateTable('externals')
        .set({ targets_json: JSON.stringify(targets), updated_at: nowMs })
        .where('name', '=', name)
        .execute();
    },
    async remove(name: string): Promise<void> {
      await db.deleteFrom('externals').where('name', '=', name).execute();
    },
  };
}
