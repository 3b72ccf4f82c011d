import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { sql } from 'kysely';
import { openDatabase } from './database.ts';
import { migrate, NewerDatabaseError, schemaVersion } from './migration.ts';
import { migrations } from './migrations/all.ts';

async function tempFile(t: { after(fn: () => Promise<void>): void }): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-db-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'berth.db');
}

test('a new file gets the newest schema, its owner alone may read it, and it can be opened again', async (t) => {
  const file = await tempFile(t);
  const first = await openDatabase(file);
  await first
    .insertInto('apps')
    .values({
      name: 'shop',
      created_at: 1,
      created_by: 'ann',
      desired: 'running',
      port: 8100,
      deleted_at: null,
    })
    .execute();
  await first.destroy();
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const again = await openDatabase(file);
  t.after(() => again.destroy());
  assert.deepEqual(await again.selectFrom('apps').select('name').execute(), [{ name: 'shop' }]);
});

test('a file held by another process is refused by name, and free again once that process is gone', async (t) => {
  const file = await tempFile(t);
  const holder = fork(join(import.meta.dirname, 'fixtures/holder.ts'), [file]);
  await once(holder, 'message');
  await assert.rejects(openDatabase(file), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'database_busy');
    assert.match(error.message, /berth\.db/);
    return true;
  });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await openDatabase(file)).destroy();
});

test('every earlier version is brought to the newest schema, with its rows', async (t) => {
  const fresh = new DatabaseSync(':memory:');
  migrate(fresh, migrations);
  const shape = (database: DatabaseSync) =>
    database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
  for (const [at, migration] of migrations.entries()) {
    assert.equal(migration.number, at + 1);
    const database = new DatabaseSync(':memory:');
    t.after(() => database.close());
    migrate(database, migrations.slice(0, at + 1));
    database.exec(
      "INSERT INTO apps (name, created_at, created_by, desired, port) VALUES ('shop', 1, 'ann', 'running', 8100)",
    );
    migrate(database, migrations);
    assert.deepEqual(shape(database), shape(fresh));
    assert.equal(schemaVersion(database), migrations.length);
    assert.equal(database.prepare('SELECT count(*) AS n FROM apps').get()?.n, 1);
  }
});

test('a migration that fails leaves the version before it', () => {
  const database = new DatabaseSync(':memory:');
  const broken = {
    number: migrations.length + 1,
    name: 'broken',
    up: (db: DatabaseSync) => db.exec('CREATE TABLE half (x); CREATE TABLE apps (y)'),
  };
  assert.throws(() => migrate(database, [...migrations, broken]), /broken/);
  assert.equal(schemaVersion(database), migrations.length);
  assert.equal(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()?.n, 0);
});

test('a database from a newer Berth is refused', async (t) => {
  const file = await tempFile(t);
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 9999');
  newer.close();
  await assert.rejects(openDatabase(file), NewerDatabaseError);
});

test('a full disk is a refusal that names the file; what was written before stays', async (t) => {
  const file = await tempFile(t);
  const db = await openDatabase(file);
  t.after(() => db.destroy());
  await sql`PRAGMA max_page_count = 1`.execute(db);
  const write = async () => {
    for (let seq = 0; seq < 100; seq++)
      await db
        .insertInto('events')
        .values({ at: 1, kind: 'x', app: null, text: 'x'.repeat(10_000), data: '{}' })
        .execute();
  };
  await assert.rejects(write(), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'disk_full');
    assert.match(error.message, /berth\.db/);
    return true;
  });
  assert.deepEqual((await sql<{ quick_check: string }>`PRAGMA quick_check`.execute(db)).rows, [
    { quick_check: 'ok' },
  ]);
});

test('what was committed is there after a kill', async (t) => {
  const file = await tempFile(t);
  const holder = fork(join(import.meta.dirname, 'fixtures/holder.ts'), [file, 'write']);
  await once(holder, 'message');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const db = await openDatabase(file);
  t.after(() => db.destroy());
  assert.deepEqual(await db.selectFrom('events').select('text').execute(), [{ text: 'committed' }]);
});
