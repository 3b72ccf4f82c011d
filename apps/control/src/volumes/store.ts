import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import type { VolumesTable } from '../db/schema.ts';

/** A volume, as control knows it. */
export interface Volume {
  readonly id: string;
  readonly name: string;
  /** The app it was made for. Undefined: made by itself. */
  readonly app: string | undefined;
  /** Id of the node that has it. */
  readonly node: string;
  readonly sizeBytes: number | undefined;
  /** The engine had it before Berth, under this very name; its data is never removed. */
  readonly isAdopted: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** What leads the engine to it. Undefined: not made yet. */
  readonly options: Readonly<Record<string, string>> | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly removed: { readonly at: number; readonly by: string; readonly purgeAt: number } | undefined;
}

/** The one writer of volumes. */
export type VolumeStore = ReturnType<typeof createVolumeStore>;

export function createVolumeStore(db: Database) {
  return {
    /** By name; those in the trash only when asked for, the last removed first. */
    async list(options: { trash: boolean }): Promise<Volume[]> {
      const all = db.selectFrom('volumes').selectAll();
      const rows = options.trash
        ? await all.where('removed_at', 'is not', null).orderBy('removed_at', 'desc').execute()
        : await all.where('removed_at', 'is', null).orderBy('name').execute();
      return rows.map(toVolume);
    },
    async add(volume: Omit<Volume, 'options' | 'removed'>): Promise<void> {
      const { app, sizeBytes, isAdopted, labels, createdAt, createdBy, ...rest } = volume;
      await db
        .insertInto('volumes')
        .values({
          ...rest,
          app: app ?? null,
          size_bytes: sizeBytes ?? null,
          adopted: isAdopted ? 1 : 0,
          labels_json: JSON.stringify(labels),
          options_json: null,
          created_at: createdAt,
          created_by: createdBy,
          removed_at: null,
          removed_by: null,
          purge_at: null,
        })
        .execute();
    },
    async made(
      id: string,
      state: { sizeBytes?: number | undefined; options: Readonly<Record<string, string>> },
    ): Promise<void> {
      await db
        .updateTable('volumes')
        .set({ options_json: JSON.stringify(state.options), size_bytes: state.sizeBytes ?? null })
        .where('id', '=', id)
        .execute();
    },
    async trash(id: string, removed: NonNullable<Volume['removed']>): Promise<void> {
      await db
        .updateTable('volumes')
        .set({ removed_at: removed.at, removed_by: removed.by, purge_at: removed.purgeAt })
        .where('id', '=', id)
        .execute();
    },
    async restore(id: string, name: string): Promise<void> {
      await db
        .updateTable('volumes')
        .set({ name, removed_at: null, removed_by: null, purge_at: null })
        .where('id', '=', id)
        .execute();
    },
    async forget(id: string): Promise<void> {
      await db.deleteFrom('volumes').where('id', '=', id).execute();
    },
  };
}

function toVolume(row: Selectable<VolumesTable>): Volume {
  return {
    id: row.id,
    name: row.name,
    app: row.app ?? undefined,
    node: row.node,
    sizeBytes: row.size_bytes ?? undefined,
    isAdopted: row.adopted === 1,
    labels: JSON.parse(row.labels_json) as Record<string, string>,
    options: row.options_json === null ? undefined : (JSON.parse(row.options_json) as Record<string, string>),
    createdAt: row.created_at,
    createdBy: row.created_by,
    removed:
      row.removed_at === null || row.purge_at === null
        ? undefined
        : { at: row.removed_at, by: row.removed_by ?? '', purgeAt: row.purge_at },
  };
}
