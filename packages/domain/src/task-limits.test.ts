import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeDefaults } from './service.ts';
import { memorySwapFor, parseTaskLimits, printTaskLimits, taskLimitsOf } from './task-limits.ts';

const MiB = 1024 * 1024;

test('the agent is asked for nothing when Swarm does it all', () => {
  assert.equal(taskLimitsOf({ ...safeDefaults.resources, cpusMax: 2 }), undefined);
});

test('a limit of swap takes that of memory with it, as the engine wants both', () => {
  const limits = taskLimitsOf({ ...safeDefaults.resources, memorySwapBytesMax: -1, cpuset: '0-1' });
  assert.deepEqual(limits, { cpuset: '0-1', memoryBytesMax: 512 * MiB, memorySwapBytesMax: -1 });
  assert.deepEqual(parseTaskLimits(printTaskLimits(limits ?? {})), limits);
});

test('only limits the engine takes are read from a label', () => {
  for (const text of [undefined, '', 'many', '{}', '[]', 'null', '3072', '{"CpuShares":5}'])
    assert.equal(parseTaskLimits(text), undefined, String(text));
  for (const cpuWeight of [1, 1.5, 300_000, '512'])
    assert.equal(parseTaskLimits(JSON.stringify({ cpuWeight })), undefined);
  assert.deepEqual(parseTaskLimits('{"cpuset":"0;1","blockIoWeight":500,"privileged":true}'), {
    blockIoWeight: 500,
  });
});

test('swap stays what it was when memory is another', () => {
  assert.equal(memorySwapFor({}, 64), 128);
  assert.equal(memorySwapFor({ memoryBytesMax: 32 }, 64), 128);
  assert.equal(memorySwapFor({ memoryBytesMax: 32, memorySwapBytesMax: 32 }, 64), 64);
  assert.equal(memorySwapFor({ memoryBytesMax: 32, memorySwapBytesMax: 48 }, 64), 80);
  assert.equal(memorySwapFor({ memoryBytesMax: 32, memorySwapBytesMax: -1 }, 64), -1);
});
