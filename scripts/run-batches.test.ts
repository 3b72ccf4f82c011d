import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBatches } from './run-batches.ts';

/** Files that share a process fail by all that files in processes of their own fail by. */
const cases = [
  ['a test that fails', 'fails', 1, /one that fails/],
  ['an error that comes after its test', 'late', 2, /too late/],
  ['something that is left open', 'open', 0, /left something open/],
  ['a process that a test ends', 'dies', 0, /ended with code 0/],
] as const;

for (const [what, file, passed, says] of cases)
  test(`the outcome has ${what}`, { timeout: 60_000 }, async (t) => {
    t.mock.method(console, 'log', () => undefined);
    const outcome = await runBatches([`scripts/fixtures/tests/${file}.ts`], 5_000);
    assert.deepEqual([outcome.passed, outcome.failed], [passed, 1]);
    assert.match(outcome.failures.join('\n'), says);
  });
