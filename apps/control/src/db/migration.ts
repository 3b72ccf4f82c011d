import type { DatabaseSync } from 'node:sqlite';

/** One numbered change of the schema. Never edited once released: a later one mends it. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** Runs inside a transaction. */
  up(database: DatabaseSync): void;
}

/** The database is newer than this program: an older Berth must not write to it. */
export class NewerDatabaseError extends Error {
  constructor(found: number, known: number) {
    super(
      `the database is at schema ${found}, this version of Berth knows ${known}: start the newer version, or restore the copy made before the upgrade`,
    );
    this.name = 'NewerDatabaseError';
  }
}

/** Schema version of a database: the number of its last migration, 0 when new. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** Runs what is missing, each migration in its own transaction, so a crash leaves a whole version behind. */
export function migrate(database: DatabaseSync, migrations: readonly Migration[]): void {
  const found = schemaVersion(database);
  if (found > migrations.length) throw new NewerDatabaseError(found, migrations.length);
  for (const migration of migrations.slice(found)) {
    database.exec('BEGIN IMMEDIATE');
    try {
      migration.up(database);
      database.exec(`PRAGMA user_version = ${migration.number}`);
      database.exec('COMMIT');
    } catch (cause) {
      database.exec('ROLLBACK');
      throw new Error(`migration ${migration.number} (${migration.name}) failed`, { cause });
    }
  }
}
