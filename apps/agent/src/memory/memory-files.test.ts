import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { createFakeEngine } from '@berth/testkit/fake-engine';
import type { Call } from '../link/router.ts';
import { createLog } from '../log.ts';
import { createMemoryFiles } from './memory-files.ts';

async function memoryRig(t: TestContext, parent = '/dev/shm') {
  const dir = await mkdtemp(join(parent, 'berth-test-memory-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const fake = createFakeEngine();
  t.after(fake.close);
  const memory = createMemoryFiles({
    dir,
    hostDir: '/host',
    engine: fake.engine,
    log: createLog({ level: 'error', base: {}, write: () => undefined, now: () => 0 }),
  });
  const call = (method: 'PUT' | 'DELETE', container: string, body: unknown = {}) => {
    const route = memory.routes.find((one) => one.method === method)!;
    const params = route.path.exec(`/v1/files/${container}`)?.groups ?? {};
    const stream = Readable.from([Buffer.from(JSON.stringify(body))]);
    return route.handle({ params, stream } as unknown as Call);
  };
  return { dir, fake, memory, call };
}
const file = (text: string, mode = 0o400) => ({
  base64: Buffer.from(text).toString('base64'),
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  mode,
});

test('files are put into memory with their mode, where nobody else may look, and go again', async (t) => {
  const { dir, call } = await memoryRig(t);
  const answer = await call('PUT', 'shop-run-1', { files: [file('one\n'), file('two', 0o444)] });
  assert.deepEqual(answer, { paths: ['/host/shop-run-1/0', '/host/shop-run-1/1'] });
  assert.equal(await readFile(join(dir, 'shop-run-1/0'), 'utf8'), 'one\n');
  assert.equal((await stat(join(dir, 'shop-run-1/0'))).mode & 0o7777, 0o400);
  assert.equal((await stat(join(dir, 'shop-run-1/1'))).mode & 0o7777, 0o444);
  assert.equal((await stat(join(dir, 'shop-run-1'))).mode & 0o7777, 0o700);
  assert.equal((await stat(dir)).mode & 0o7777, 0o700);
  await call('DELETE', 'shop-run-1');
  await call('DELETE', 'shop-run-1');
  assert.deepEqual(await readdir(dir), []);
});

test('a directory that is not in memory gets none', async (t) => {
  const { dir, call } = await memoryRig(t, tmpdir());
  await assert.rejects(call('PUT', 'shop-run-1', { files: [file('one')] }), (cause) => {
    assert.ok(cause instanceof AppError);
    assert.equal(cause.message, '/host is not in memory: secrets of one-offs are never written to disk');
    return true;
  });
  assert.deepEqual(await readdir(dir), []);
});

test('names that lead elsewhere and files without rights are refused', async (t) => {
  const { call } = await memoryRig(t);
  await assert.rejects(call('PUT', '..', { files: [] }), /a name Berth does not give/);
  await assert.rejects(call('DELETE', '..'), /a name Berth does not give/);
  await assert.rejects(call('PUT', 'x', { files: [{ base64: 'eA==' }] }), /base64, uid, gid and mode/);
});

test('what containers left that are gone is removed; what is in use stays', async (t) => {
  const { dir, fake, memory } = await memoryRig(t);
  await fake.images.add('i');
  await fake.engine.createContainer('shop-run-2', { Image: 'i' });
  for (const name of ['shop-run-1', 'shop-run-2']) await mkdir(join(dir, name));
  await memory.sweep(AbortSignal.timeout(5_000));
  assert.deepEqual(await readdir(dir), ['shop-run-2']);
});
