import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sayLogLine } from './ready.ts';

test('a line of a process that ended is told in its words', () => {
  const held = 'berth.db is held by another process';
  const fatal = { level: 60, msg: held, err: { message: `${held}: database is locked`, stack: 'at …' } };
  assert.equal(sayLogLine(JSON.stringify(fatal)), fatal.err.message);
  const failed = { level: 50, msg: 'cannot start', err: { message: 'no such file' } };
  assert.equal(sayLogLine(JSON.stringify(failed)), 'cannot start: no such file');
  assert.equal(sayLogLine('Segmentation fault'), 'Segmentation fault');
});
