import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@berth/runtime/secret';
import { createLog } from './log.ts';

test('lines are as pino’s: level, time, fields, message; errors in words; secrets stay secret', () => {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    base: { part: 'agent' },
    write: (line) => lines.push(line),
    now: () => 5,
  });
  log.debug('not at this level');
  log.info('hello');
  log.warn({ err: new Error('no', { cause: new Error('why') }), key: new Secret('s3cret') }, 'went wrong');
  const [hello, wrong] = lines.map((line) => JSON.parse(line));
  assert.deepEqual(hello, { level: 30, time: '1970-01-01T00:00:00.005Z', part: 'agent', msg: 'hello' });
  assert.equal(wrong.err.message, 'no');
  assert.equal(wrong.err.cause.message, 'why');
  assert.equal(wrong.key, '[secret]');
  assert.equal(lines.length, 2);
});
