import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import { unpackDefaults, unpackSafely } from '@berth/source/unpack';
import type { Database } from '../db/database.ts';

export interface StoredSource {
  readonly id: string;
  readonly app: string;
  readonly digest: string;
  readonly bytes: number;
  readonly files: number;
}

/** Uploads kept per app: the one that is being deployed, and those before it. */
const keptPerApp = 3;

/** Uploaded build contexts, unpacked under `sources/` in control's data directory. */
export type SourceStore = ReturnType<typeof createSourceStore>;

export function createSourceStore(deps: {
  db: Database;
  dataDir: string;
  contextBytesMax: number;
  clock: Clock;
}) {
  const dirOf = (id: string) => join(deps.dataDir, 'sources', id);
  return {
    dirOf,
    async find(id: string): Promise<StoredSource | undefined> {
      const row = await deps.db.selectFrom('sources').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined
        ? undefined
        : { id: row.id, app: row.app, digest: row.digest, bytes: row.bytes, files: row.files };
    },
    async add(app: string, upload: Readable, signal: AbortSignal): Promise<StoredSource> {
      const id = newId(deps.clock.now());
      const unpacked = await unpackSafely(
        upload,
        dirOf(id),
        { bytesMax: deps.contextBytesMax, filesMax: unpackDefaults.filesMax },
        signal,
      );
      await deps.db
        .insertInto('sources')
        .values({ id, app, ...unpacked, created_at: deps.clock.now() })
        .execute();
      return { id, app, ...unpacked };
    },
    /** Removes uploads no open deployment needs, but the newest few of each app. */
    async sweep(app: string, needed: ReadonlySet<string>): Promise<void> {
      const rows = await deps.db
        .selectFrom('sources')
        .select('id')
        .where('app', '=', app)
        .orderBy('id', 'desc')
        .execute();
      for (const { id } of rows.slice(keptPerApp).filter((row) => !needed.has(row.id))) {
        await rm(dirOf(id), { recursive: true, force: true });
        await deps.db.deleteFrom('sources').where('id', '=', id).execute();
      }
    },
  };
}
