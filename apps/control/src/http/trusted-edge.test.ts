import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemLookUp, trustedEdge } from './trusted-edge.ts';

test('only the edge by its name is trusted, and a new address of it is learnt', async () => {
  const clock = { time: 0, now: () => clock.time };
  let addresses = ['172.18.0.3'];
  const edge = trustedEdge('berth-edge', clock, async () => addresses);
  await edge.refresh();
  assert.equal(edge.isTrusted('172.18.0.3'), true);
  assert.equal(edge.isTrusted('172.18.0.1'), false);
  addresses = ['172.18.0.9'];
  clock.time = 20_000;
  edge.isTrusted('172.18.0.9');
  await Promise.resolve();
  assert.equal(edge.isTrusted('172.18.0.9'), true);
  assert.equal(edge.isTrusted('172.18.0.3'), false);
});

test('a name that does not resolve trusts nobody', async () => {
  assert.deepEqual(await systemLookUp('no-such-edge.invalid'), []);
});
