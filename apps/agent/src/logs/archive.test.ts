import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Entry } from '@berth/engine/log-entries';
import { ndjson } from '@berth/engine/streams';
import { archiveLimits, createLogArchive, fileOf, parseFile, planSweep } from './archive.ts';
import { taskOf } from './keep.ts';

const day = 24 * 3_600_000;
const log = { container: 'a'.repeat(12), service: 'web', release: 3, slot: 2, task: 'task9' };

async function* entriesOf(...texts: string[]): AsyncGenerator<Entry> {
  for (const [index, text] of texts.entries())
    yield { stamp: `2026-11-24T10:00:0${index}.000000000Z`, stream: 'stdout', text };
}

async function archiveIn(
  t: TestContext,
  limits = archiveLimits as { [K in keyof typeof archiveLimits]: number },
) {
  const dir = await mkdtemp(join(tmpdir(), 'berth-logs-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const time = { now: 1_000 };
  return { dir, time, archive: createLogArchive({ dir, limits, now: () => time.now }) };
}

test('a log is kept whole, with what it belongs to, and read again', async (t) => {
  const { archive } = await archiveIn(t);
  await archive.start();
  await archive.keep('shop', log, entriesOf('one', 'two: "ü"'));
  assert.equal(await archive.isKept('shop', log.container), true);
  assert.equal(await archive.isKept('blog', log.container), false);
  const [kept] = await archive.list('shop');
  assert.ok(kept !== undefined && kept.bytes > 0);
  const { bytes: _bytes, file, ...facts } = kept;
  assert.deepEqual(facts, { ...log, endedAt: 1_000 });
  const texts: string[] = [];
  for await (const entry of ndjson<Entry>(archive.read('shop', file))) texts.push(entry.text);
  assert.deepEqual(texts, ['one', 'two: "ü"']);
});

test('a log that broke off is not there, nor an empty one; what a crash left goes', async (t) => {
  const { archive, dir } = await archiveIn(t);
  async function* broken(): AsyncGenerator<Entry> {
    yield* entriesOf('one');
    throw new Error('the engine went');
  }
  await assert.rejects(archive.keep('shop', log, broken()), /the engine went/);
  await archive.keep('shop', log, entriesOf());
  assert.deepEqual(await archive.list('shop'), []);
  await writeFile(join(dir, 'shop', 'x.part'), '');
  await archive.start();
  assert.deepEqual(await readdir(join(dir, 'shop')), []);
});

test('nothing outside is read, whatever is asked for', async (t) => {
  const { archive } = await archiveIn(t);
  for (const [app, file] of [
    ['..', fileOf({ ...log, endedAt: 1 })],
    ['shop', '../../etc/passwd'],
    ['shop', 'x.gz'],
  ] as const)
    assert.throws(() => archive.read(app, file), /is no kept log/);
  await assert.rejects(archive.list('../x'), /is no name of an app/);
  const missing = archive.read('shop', fileOf({ ...log, endedAt: 1 }));
  await assert.rejects(missing.toArray(), /is not kept/);
});

test('the oldest go: by age, by the bytes of an app, and of the node', () => {
  const at = (app: string, endedAt: number, bytes: number) => ({
    ...parseFile(fileOf({ ...log, endedAt }))!,
    app,
    bytes,
  });
  const limits = { ...archiveLimits, retentionMs: 7 * day, appBytesMax: 100, nodeBytesMax: 160 };
  const now = 10 * day;
  const dropped = planSweep(
    [
      at('shop', 1 * day, 1),
      at('shop', 9 * day, 60),
      at('shop', 8 * day, 60),
      at('blog', 7 * day, 80),
      at('blog', 6 * day, 20),
    ],
    now,
    limits,
  );
  assert.deepEqual(
    dropped.map(({ app, file }) => [app, parseFile(file)?.endedAt]),
    [
      ['shop', 1 * day],
      ['shop', 8 * day],
    ],
  );
});

test('only tasks of an app are kept: no one-offs, hooks or jobs', () => {
  const labels = {
    'berth.app': 'shop',
    'berth.service': 'web',
    'berth.release': '3',
    'com.docker.swarm.task.id': 'task9',
  };
  assert.deepEqual(taskOf('a'.repeat(64), '/shop-web-r3.2.task9', labels), { app: 'shop', ...log });
  assert.equal(taskOf('a', '/x', { ...labels, 'berth.purpose': 'job' }), undefined);
  assert.equal(taskOf('a', '/x', { 'berth.app': 'shop', 'berth.service': 'web' }), undefined);
});
