import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logFilesOf, parseLogFiles, printLogFiles } from './log-file.ts';

test('files on a volume are of earlier tasks, too; the label carries it', () => {
  const files = logFilesOf(
    ['/var/log/app/*.log', '/data/audit.log'],
    [{ kind: 'volume', source: 'data', target: '/data', readOnly: false }],
  );
  assert.deepEqual(files, [
    { pattern: '/var/log/app/*.log', isKept: false },
    { pattern: '/data/audit.log', isKept: true },
  ]);
  assert.deepEqual(parseLogFiles(printLogFiles(files)), files);
});

test('a label that anybody wrote gives no more than patterns', () => {
  assert.deepEqual(parseLogFiles(undefined), []);
  assert.deepEqual(parseLogFiles('{'), []);
  assert.deepEqual(parseLogFiles('{"pattern":"/x"}'), []);
  assert.deepEqual(
    parseLogFiles('[null,{"pattern":"/x;id"},{"pattern":"relative"},{"pattern":"/ok"},{"pattern":"/a b"}]'),
    [{ pattern: '/ok', isKept: false }],
  );
});
