import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUsage } from './usage.ts';

const meminfo = 'MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\n';
const stat = (busy: number, idle: number, wait = 0) =>
  `cpu  ${busy} 0 0 ${idle} ${wait} 0 0 0 0 0\ncpu0 1 2 3\n`;

test('CPU of a node is of the time since it was asked before; memory without what the kernel can drop', async () => {
  let [text, at] = [stat(100, 900), 100_000];
  const usage = createUsage(
    async (path) => (path === '/proc/stat' ? text : meminfo),
    () => at,
  );
  assert.deepEqual(await usage(2), { cpus: 0.2, memoryBytes: 600 * 1024 }, 'at first since the boot');
  [text, at] = [stat(160, 920, 20), 110_000];
  assert.equal((await usage(2)).cpus, 1.2, '60 of 100 ticks, waiting is not work');
  [text, at] = [stat(200, 920, 20), 111_000];
  assert.equal((await usage(2)).cpus, 1.2, 'asked again too soon to say another');
});
