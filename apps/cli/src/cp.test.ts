import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTaskPath } from './commands/cp.ts';

test('the side of the task is told from the side of this machine', () => {
  assert.deepEqual(parseTaskPath('web.2:/tmp/x:y'), { service: 'web', slot: 2, path: '/tmp/x:y' });
  assert.deepEqual(parseTaskPath('web:/'), { service: 'web', path: '/' });
  assert.deepEqual(parseTaskPath(':/etc/app/'), { path: '/etc/app/' });
  for (const local of ['./web:/x', 'file', '/abs/file', 'web:relative', 'C:\\x'])
    assert.equal(parseTaskPath(local), undefined, local);
});
