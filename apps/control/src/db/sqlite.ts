import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { refuse } from '@berth/contract/errors';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** Result codes of SQLite that mean something to a user (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;

/** How long a statement waits for a lock: nobody else should hold one, so hardly at all. */
const busyTimeoutMs = 250;

/** Statements kept prepared. */
const preparedMax = 100;

/**
 * Opens the file for this process alone: the lock is taken here and kept until the database is closed or the
 * process ends, however it ends. Refuses with `database_busy` when another process has it.
 */
export function openSqlite(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    // Exclusive before WAL: the WAL index then lives in this process's memory, and no other process can
    // read or write a state that is half of ours.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA journal_size_limit = 16777216');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (cause) {
    database.close();
    throw translate(cause, file);
  }
}

/** Kysely over node:sqlite. Statements run synchronously: keep transactions short and await nothing else in them. */
export function sqliteDialect(database: DatabaseSync, file: string): SqliteDialect {
  return new SqliteDialect({ database: adapt(database, file) });
}

function adapt(database: DatabaseSync, file: string): SqliteDatabase {
  const named = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      throw translate(cause, file);
    }
  };
  const prepare = (sql: string): SqliteStatement => {
    const statement = named(() => database.prepare(sql));
    const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
    return {
      reader: statement.columns().length > 0,
      // Rows come without a prototype; as plain objects they compare and spread as everyone expects.
      all: (parameters) => named(() => statement.all(...values(parameters)).map((row) => ({ ...row }))),
      run: (parameters) => named(() => statement.run(...values(parameters))),
      iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
    };
  };
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const found = prepared.get(sql);
      if (found !== undefined) return found;
      const statement = prepare(sql);
      // The queries of a program are few; what is not asked for again must not pile up.
      if (prepared.size >= preparedMax) prepared.clear();
      prepared.set(sql, statement);
      return statement;
    },
  };
}

function translate(cause: unknown, file: string): unknown {
  const code = primaryCode(cause);
  if (code === SQLITE_BUSY || code === SQLITE_LOCKED)
    return refuse('database_busy', `${file} is held by another process`, { cause });
  if (code === SQLITE_FULL) return refuse('disk_full', `no room to write ${file}`, { cause });
  return cause;
}

function primaryCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause)) return undefined;
  return Number(cause.errcode) & 0xff;
}

/** Is this a violated UNIQUE or PRIMARY KEY constraint: somebody was there first. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  const SQLITE_CONSTRAINT_UNIQUE = 2067;
  const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
  return error.errcode === SQLITE_CONSTRAINT_UNIQUE || error.errcode === SQLITE_CONSTRAINT_PRIMARYKEY;
}
