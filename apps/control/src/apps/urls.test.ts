import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeClock } from '@berth/testkit/fake-clock';
import { createUrls, urlOf } from './urls.ts';

const ports = { httpPort: 8080, httpsPort: 443 };

test('a name is given with its path, its scheme and a port that is not the usual one', () => {
  const address = { domain: 'example.com', path: '/shop', isHttps: false };
  assert.equal(urlOf(ports, address), 'http://example.com:8080/shop');
  assert.equal(urlOf(ports, { ...address, path: '/', isHttps: true }), 'https://example.com');
});

test('names that lead here come first, then the port, then those that do not resolve', async () => {
  const config = { ...ports, domain: 'apps.test', publicAddress: '192.0.2.1' };
  const urls = createUrls(config, fakeClock(), async (host) =>
    host === 'api.example.com' ? ['192.0.2.1'] : ['198.51.100.9'],
  );
  const custom = ['away.example.com', 'api.example.com'].map((domain) => ({
    domain,
    path: '/v1',
    isHttps: false,
  }));
  assert.deepEqual(await urls.of({ name: 'shop', port: 8100 }, custom), [
    'http://api.example.com:8080/v1',
    'http://192.0.2.1:8100',
    'http://away.example.com:8080/v1',
    'http://shop.apps.test:8080',
  ]);
});

test('a name that is mended at DNS later comes first from then on', async () => {
  const clock = fakeClock();
  let leadsTo: readonly string[] = [];
  const urls = createUrls(
    { ...ports, domain: 'apps.test', publicAddress: '192.0.2.1' },
    clock,
    async () => leadsTo,
  );
  const shop = { name: 'shop', port: 8100 };
  assert.equal((await urls.of(shop))[0], 'http://192.0.2.1:8100');
  leadsTo = ['192.0.2.1'];
  await clock.advance(61_000);
  assert.equal((await urls.of(shop))[0], 'http://shop.apps.test:8080');
});
