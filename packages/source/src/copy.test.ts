import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packPath, unpackPath } from './copy.ts';

test('a directory goes through an archive under another name, into a directory or as a new one', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'berth-copy-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'from/sub'), { recursive: true });
  await writeFile(join(dir, 'from/.env'), 'A=1\n');
  await writeFile(join(dir, 'from/sub/run'), '#!/bin/sh\n', { mode: 0o755 });
  await mkdir(join(dir, 'to'));
  const into = await unpackPath(await packPath(join(dir, 'from'), 'data'), join(dir, 'to'), 'data');
  assert.equal(into, join(dir, 'to/data'));
  assert.equal(await readFile(join(into, '.env'), 'utf8'), 'A=1\n');
  assert.equal((await stat(join(into, 'sub/run'))).mode & 0o111, 0o111);
  const as = await unpackPath(await packPath(join(dir, 'from/.env'), 'x'), join(dir, 'settings'), 'x');
  assert.equal(await readFile(as, 'utf8'), 'A=1\n');
  assert.deepEqual((await readdir(dir)).sort(), ['from', 'settings', 'to']);

  await assert.rejects(packPath(join(dir, 'none'), 'x'), /There is no file/);
  await assert.rejects(
    unpackPath(await packPath(join(dir, 'from'), 'data'), join(dir, 'to'), 'data'),
    /is there already/,
  );
});
