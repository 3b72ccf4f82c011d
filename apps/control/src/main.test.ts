import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { controlConfigIn } from './fixtures/config.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly api?: number;
}

async function start(t: TestContext, file: string, env: Record<string, string> = {}) {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, ...env, BERTH_CONFIG: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const said: Line[] = [];
  const wanted = new Map<string, (line: Line) => void>();
  assert.ok(child.stdout);
  createInterface(child.stdout).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    said.push(line);
    for (const [part, resolve] of wanted) if (line.msg.includes(part)) resolve(line);
  });
  const says = (part: string): Promise<Line> => {
    const found = said.find((line) => line.msg.includes(part));
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => wanted.set(part, resolve));
  };
  return { child, says };
}

test('control as a process: alone on its data, back after a kill, gone in order when told', async (t) => {
  const config = await controlConfigIn(t);
  const file = join(config.dataDir, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const first = await start(t, file);
  const { api } = await first.says('control serves');
  assert.equal((await fetch(`http://127.0.0.1:${api}/healthz`)).status, 200);

  // As it is, without becoming lean first: sooner, and it makes no difference here.
  const second = await start(t, file, { BERTH_PROCESS_STAGE: 'run' });
  const refusal = await second.says('held by another process');
  assert.match(refusal.msg, /berth\.db/);
  assert.deepEqual(await once(second.child, 'exit'), [1, null]);

  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const third = await start(t, file);
  await third.says('control serves');
  third.child.kill('SIGTERM');
  assert.deepEqual(await once(third.child, 'exit'), [0, null]);
  await third.says('control stopped');
});
