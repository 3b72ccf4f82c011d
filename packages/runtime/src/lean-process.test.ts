import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const program = join(import.meta.dirname, 'fixtures/lean-program.ts');

async function run(cacheDir: string) {
  const child = spawn(process.execPath, [program, cacheDir, 'and more'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = (await text(child.stdout)).trim().split('\n');
  return { pid: child.pid, lines, last: JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

test('the program goes on lean under its own process id, and warms the cache only when something changed', async (t) => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'berth-lean-'));
  t.after(() => rm(cacheDir, { recursive: true, force: true }));
  const first = await run(cacheDir);
  assert.equal(first.lines[0], 'loaded');
  assert.equal(first.last.pid, first.pid);
  assert.ok((first.last.flags as string[]).includes('--max-semi-space-size=1'));
  assert.deepEqual(first.last.args, [cacheDir, 'and more']);
  assert.equal(first.last.stage, null);
  assert.equal((await run(cacheDir)).lines.length, 1);
  const now = new Date();
  await utimes(program, now, now);
  assert.equal((await run(cacheDir)).lines[0], 'loaded');
});

test('where the cache cannot be written it goes on as it is', async () => {
  const { lines, last } = await run(join(program, 'cache'));
  assert.equal(lines.length, 1);
  assert.ok(!(last.flags as string[]).includes('--max-semi-space-size=1'));
});
