import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { runLanes } from './run-lanes.ts';
import { noTests } from './run-tests.ts';

test('a lane takes the next file when its last one has ended, and no other is in it meanwhile', async () => {
  const taken: string[] = [];
  const busy = new Set<string>();
  const turns: Readonly<Record<string, number>> = { long: 10, a: 1, b: 1, c: 1 };
  const outcome = await runLanes(Object.keys(turns), ['left', 'right'], async (file, lane) => {
    assert.ok(!busy.has(lane), `two files in ${lane}`);
    busy.add(lane);
    taken.push(`${lane} ${file}`);
    for (let n = 0; n < turns[file]!; n += 1) await turn();
    busy.delete(lane);
    return { ...noTests, passed: 1, failed: file === 'b' ? 1 : 0, failures: file === 'b' ? ['b'] : [] };
  });
  assert.deepEqual(taken, ['left long', 'right a', 'right b', 'right c']);
  assert.deepEqual([outcome.passed, outcome.failed, outcome.failures], [4, 1, ['b']]);
});
