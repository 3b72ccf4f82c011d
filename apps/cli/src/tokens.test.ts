import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBerth } from './testing/run-berth.ts';
import { at } from './testing/samples.ts';
import { startStub } from './testing/stub-control.ts';

const token = (id: string, name: string) => ({ id, name, scope: 'read' as const, createdAt: at(0) });

test('a token is revoked by its name, its id or how that begins, and never the wrong one', async (t) => {
  const stub = await startStub(t, {
    listTokens: () => ({ items: [token('01aa11', 'ci'), token('01ab22', 'ann'), token('01ab33', 'ann')] }),
    deleteToken: () => undefined as never,
  });
  for (const wanted of ['ci', '01aa11', '01aa']) {
    assert.equal((await runBerth(t, ['tokens', 'revoke', wanted], stub)).code, 0, wanted);
    assert.deepEqual(stub.requests.at(-1)?.params, { id: '01aa11' });
  }
  for (const [wanted, words] of [
    ['ann', /"ann" may be any of 01ab22, 01ab33/],
    ['bob', /there is no token "bob"/],
  ] as const) {
    const ran = await runBerth(t, ['tokens', 'rm', wanted], stub);
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, words);
  }
});
