import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDotenv } from '../dotenv.ts';
import { printEnvFile } from './env-file.ts';

test('any value is the same when it is read again', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('\\', '"', "'", '$', '{', '}', '\n', '\r', ' ', '#', '=', 'a', 'n'),
  });
  const value = fc.oneof(nasty, fc.string({ unit: 'grapheme' })).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(value, value, (one, two) => {
      const read = parseDotenv(printEnvFile({ ONE: one, TWO: two }), { lookup: () => 'looked up' });
      assert.deepEqual([read.get('ONE'), read.get('TWO')], [one, two]);
    }),
    { numRuns: 1_000 },
  );
});
