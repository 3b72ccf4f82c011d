import { chmod } from 'node:fs/promises';
import { Kysely } from 'kysely';
import { migrate } from './migration.ts';
import { migrations } from './migrations/all.ts';
import type { Tables } from './schema.ts';
import { openSqlite, sqliteDialect } from './sqlite.ts';

/** Control's own state. `destroy()` closes it and gives the lock back. */
export type Database = Kysely<Tables>;

/**
 * Opens the database, alone (`database_busy` when another process has it), and brings it to this version's
 * schema. The file is readable to its owner only.
 */
export async function openDatabase(file: string): Promise<Database> {
  const sqlite = openSqlite(file);
  try {
    await chmod(file, 0o600);
    migrate(sqlite, migrations);
    return new Kysely<Tables>({ dialect: sqliteDialect(sqlite, file) });
  } catch (cause) {
    sqlite.close();
    throw cause;
  }
}
