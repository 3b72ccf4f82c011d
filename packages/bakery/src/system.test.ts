import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { bundleSystem } from './system.ts';

const repositoryDir = join(import.meta.dirname, '../../..');

test('each program of the system runs from its files alone, which are the same each time', async (t) => {
  const entries = await bundleSystem(repositoryDir);
  assert.deepEqual(await bundleSystem(repositoryDir), entries);
  const root = await mkdtemp(join(tmpdir(), 'berth-system-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const entry of entries) {
    assert.ok('text' in entry);
    assert.ok(!/[^\0-\xff]/.test(entry.text), `${entry.path} would be kept at two bytes a character`);
    assert.ok(!entry.text.includes(repositoryDir), `${entry.path} says where it was made`);
    await mkdir(dirname(join(root, entry.path)), { recursive: true });
    await writeFile(join(root, entry.path), entry.text);
  }
  const run = (program: string, env: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const options = { cwd: join(root, 'opt/berth'), env: { PATH: process.env.PATH, ...env } };
      execFile(process.execPath, [`${program}/main.js`], options, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
  const config = join(root, 'none.json');
  assert.match(await run('control', { BERTH_CONFIG: config }), /none\.json/);
  assert.match(await run('agent', { BERTH_CONFIG: config }), /none\.json/);
  assert.match(await run('forwarder', { FORWARDER: '[{}]' }), /"path": \[\s+0,\s+"port"/);
});
