import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './proof.ts';

const http = { kind: 'http', path: '/', port: 8080, host: 'shop.test' } as const;
const tcp = { kind: 'tcp', port: 8080 } as const;

test('a proof is the server’s own answer, as the probe wants it; else what was wrong is told', () => {
  assert.deepEqual(judge(http, 204, '--'), { isRight: true });
  assert.deepEqual(judge(tcp, 500, '--'), { isRight: true });
  assert.equal(judge(http, 503, '--').check?.status, 'L7STS');
  assert.equal(judge(http, 503, '--').check?.code, 503);
  assert.equal(judge(http, 503, 'SC').check?.status, 'L4CON');
  assert.equal(judge(tcp, 503, 'sC').check?.status, 'L4TOUT');
  assert.deepEqual(judge(http, 500, 'IC'), { isRight: false });
});
