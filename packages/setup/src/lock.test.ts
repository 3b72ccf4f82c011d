import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { takeLock } from './lock.ts';

const isRoot = process.getuid?.() === 0;

test('one at a time; the next when it is given back, or when its holder is no more', async (t) => {
  if (!isRoot) return t.skip('needs to write below /run');
  const name = `test-${process.pid}`;
  {
    await using _held = await takeLock(name);
    await assert.rejects(takeLock(name), (cause) => cause instanceof AppError && cause.code === 'conflict');
  }
  await writeFile(`/run/berth/${name}.lock`, `${process.pid} 1`);
  await using _taken = await takeLock(name);
});
