import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHosts } from './hosts.ts';

test('of two apps that take a name at once one gets it, however long the taking takes', async () => {
  const given: { domain: string; app: string }[] = [];
  const hosts = createHosts({
    domain: 'example.test',
    domains: { listAll: async () => [...given] },
    apps: { list: async () => [] },
    releases: { find: async () => undefined },
  });
  const take = (app: string) =>
    hosts.take(app, ['new.example.com'], async () => {
      for (let i = 0; i < 10; i++) await nextTurn();
      given.push({ domain: 'new.example.com', app });
    });
  const [first, second] = await Promise.allSettled([take('shop'), take('blog')]);
  assert.equal(first.status, 'fulfilled');
  assert.equal(second.status, 'rejected');
  assert.match(String(second.reason), /new\.example\.com belongs to the app shop\./);
  assert.deepEqual(given, [{ domain: 'new.example.com', app: 'shop' }]);
});
