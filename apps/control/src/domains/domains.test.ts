import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AppError, refuse } from '@berth/contract/errors';
import { createAuthority, createSelfSigned, issueCertificate } from '@berth/pki/authority';
import { createAppStore } from '../apps/store.ts';
import { createEventLog } from '../events/log.ts';
import { httpRig } from '../http/fixtures/rig.ts';
import type { StoredRelease } from '../releases/store.ts';
import { readBundle } from './certificate.ts';
import { domainHandlers } from './handlers.ts';
import { createHosts } from './hosts.ts';
import { createResolutions } from './resolution.ts';
import { createCertificateStore, createDomainStore } from './store.ts';

const now = Date.UTC(2026, 10, 21);
const day = 86_400_000;

async function domainRig(t: TestContext) {
  const rig = await httpRig(t);
  const apps = createAppStore(rig.db, [8100, 8110]);
  await apps.ensure('shop', 'test', 1);
  await apps.ensure('blog', 'test', 1);
  const domains = createDomainStore(rig.db);
  const certificates = createCertificateStore(rig.db, rig.vault);
  const state = { refusal: undefined as AppError | undefined, pushes: 0 };
  Object.assign(
    rig.handlers,
    domainHandlers({
      domain: '10-0-0-1.sslip.io',
      publicAddress: '10.0.0.1',
      httpPort: 80,
      httpsPort: 8443,
      domains,
      certificates,
      resolutions: createResolutions({
        clock: rig.clock,
        resolve: async (host) => {
          if (host.startsWith('here') || host.endsWith('sslip.io')) return ['10.0.0.1'];
          if (host.startsWith('away')) return ['192.0.2.1'];
          throw Object.assign(new Error(host), { code: host.startsWith('slow') ? 'ETIMEOUT' : 'ENOTFOUND' });
        },
        ownAddresses: () => ['10.0.0.1'],
      }),
      events: createEventLog(rig.db, rig.clock),
      clock: rig.clock,
      log: rig.log,
      getApp: apps.get,
      routesOf: async (app) =>
        app === 'blog' ? [{ service: 'web', host: 'blog.example.com', path: '/', stripPrefix: false }] : [],
      hosts: createHosts({
        domain: '10-0-0-1.sslip.io',
        domains,
        apps: { list: async () => [{ name: 'blog', liveRelease: 1 }] },
        releases: {
          find: async () =>
            ({
              summary: {
                routes: [{ service: 'web', host: 'blog.example.com', path: '/', stripPrefix: false }],
                redirects: [],
              },
            }) as unknown as StoredRelease,
        },
      }),
      servicesOf: async (app) => (app === 'shop' ? ['web', 'api'] : []),
      routingChanged: async () => {
        state.pushes += 1;
        if (state.refusal !== undefined) {
          const refusal = state.refusal;
          if (refusal.code === 'edge_refused') state.refusal = undefined;
          throw refusal;
        }
      },
    }),
  );
  const headers = rig.bearer('deploy');
  const add = (payload: object, app = 'shop') =>
    rig.app.inject({ method: 'POST', url: `/v1/apps/${app}/domains`, headers, payload });
  const list = async (app = 'shop') =>
    (await rig.app.inject({ url: `/v1/apps/${app}/domains?limit=50`, headers })).json().items as Record<
      string,
      unknown
    >[];
  const remove = (domain: string, path = '', app = 'shop') =>
    rig.app.inject({ method: 'DELETE', url: `/v1/apps/${app}/domains/${domain}${path}`, headers });
  return { ...rig, domains, certificates, state, add, list, remove };
}

test('an app has its automatic name and its port; added names say where DNS leads', async (t) => {
  const rig = await domainRig(t);
  assert.equal((await rig.add({ domain: 'Here.Example.com.' })).statusCode, 201);
  await rig.add({ domain: 'away.example.com', path: '/api', service: 'api', stripPrefix: true });
  await rig.add({ domain: 'gone.example.com', httpsOnly: true });
  await rig.add({ domain: 'slow.example.com' });
  const items = await rig.list();
  assert.deepEqual(
    items.map(({ domain, resolves, automatic, url }) => [domain, resolves, automatic, url]),
    [
      ['shop.10-0-0-1.sslip.io', 'here', true, 'http://shop.10-0-0-1.sslip.io'],
      ['10.0.0.1:8100', 'here', true, 'http://10.0.0.1:8100'],
      ['away.example.com', 'elsewhere', false, 'http://away.example.com/api'],
      ['gone.example.com', 'nowhere', false, 'https://gone.example.com:8443'],
      ['here.example.com', 'here', false, 'http://here.example.com'],
      ['slow.example.com', 'unknown', false, 'http://slow.example.com'],
    ],
  );
  assert.equal(items[2]?.service, 'api');
  assert.equal(rig.state.pushes, 4);
  const page = await rig.app.inject({ url: '/v1/apps/shop/domains?limit=2', headers: rig.bearer('read') });
  const rest = await rig.app.inject({
    url: `/v1/apps/shop/domains?limit=10&cursor=${encodeURIComponent(page.json().next)}`,
    headers: rig.bearer('read'),
  });
  assert.equal(rest.json().items[0].domain, 'away.example.com');
});

test('a name belongs to one app, and the platform keeps its own', async (t) => {
  const rig = await domainRig(t);
  await rig.add({ domain: 'example.com' });
  const code = async (payload: object, app = 'blog') => (await rig.add(payload, app)).json().code;
  assert.equal(await code({ domain: 'example.com' }), 'domain_taken');
  assert.equal(await code({ domain: 'example.com', path: '/blog' }), 'domain_taken');
  assert.equal(await code({ domain: 'berth.10-0-0-1.sslip.io' }), 'domain_taken');
  assert.equal(await code({ domain: 'shop.10-0-0-1.sslip.io' }), 'domain_taken');
  assert.equal(await code({ domain: 'blog.10-0-0-1.sslip.io' }), 'conflict');
  assert.equal(await code({ domain: '*.example.net' }), 'unsupported');
  assert.equal(await code({ domain: 'a b' }), 'invalid');
  assert.equal(await code({ domain: 'a.example.net', service: 'nope' }, 'shop'), 'invalid');
  assert.equal(await code({ domain: 'a.example.net', redirectTo: 'a.example.net' }), 'invalid');
  assert.equal(await code({ domain: 'a.example.net' }, 'nobody'), 'app_not_found');
  await rig.add({ domain: 'www.example.com', redirectTo: 'example.com' });
  assert.equal(await code({ domain: 'old.example.com', redirectTo: 'www.example.com' }, 'shop'), 'invalid');
  assert.equal(await code({ domain: 'www.example.org', redirectTo: 'example.org', path: '/x' }), 'invalid');
  assert.equal((await rig.remove('example.com', '', 'blog')).json().code, 'not_found');
  assert.equal((await rig.remove('example.com')).statusCode, 204);
  assert.equal((await rig.add({ domain: 'example.com' }, 'blog')).statusCode, 201);
});

test('what an edge refuses is taken back; an edge that is away gets it later', async (t) => {
  const rig = await domainRig(t);
  await rig.add({ domain: 'example.com', service: 'web' });
  rig.state.refusal = refuse('edge_refused', 'haproxy said no');
  assert.equal((await rig.add({ domain: 'example.com', service: 'api' })).json().code, 'edge_refused');
  assert.equal((await rig.domains.listOf('example.com'))[0]?.service, 'web');
  rig.state.refusal = refuse('edge_refused', 'haproxy said no');
  assert.equal((await rig.remove('example.com')).json().code, 'edge_refused');
  assert.equal((await rig.domains.listOf('example.com')).length, 1);
  rig.state.refusal = refuse('agent_unreachable', 'gone');
  assert.equal((await rig.add({ domain: 'later.example.com' })).statusCode, 201);
});

test('a given certificate is checked, kept sealed, handed to the edges, replaced and removed', async (t) => {
  const rig = await domainRig(t);
  const own = await createSelfSigned({ commonName: 'x', names: ['shop.example.com'], nowMs: now });
  const certificatePem = own.keyPem + own.certificatePem;
  const added = await rig.add({ domain: 'shop.example.com', certificatePem });
  assert.equal(added.statusCode, 201, added.body);
  assert.equal(added.json().url, 'https://shop.example.com:8443');
  assert.ok(!added.body.includes('PRIVATE'));
  const [held] = await rig.certificates.list();
  assert.equal(held?.name, 'shop.example.com');
  assert.match(
    held?.pem ?? '',
    /^-----BEGIN CERTIFICATE-----[\s\S]*-----BEGIN PRIVATE KEY-----[\s\S]*-----END PRIVATE KEY-----\n$/,
  );
  const row = await rig.db.selectFrom('certificates').selectAll().executeTakeFirstOrThrow();
  assert.ok(
    !row.sealed.includes('PRIVATE') && !Buffer.from(row.sealed.slice(3), 'base64url').includes('PRIVATE'),
  );
  const wrong = await rig.add({ domain: 'other.example.com', certificatePem });
  assert.match(wrong.json().detail, /is for shop\.example\.com, not for other\.example\.com/);
  assert.equal((await rig.domains.listOf('other.example.com')).length, 0);
  await rig.add({ domain: 'shop.example.com', path: '/api' });
  await rig.remove('shop.example.com');
  assert.equal((await rig.certificates.list()).length, 1);
  await rig.remove('shop.example.com', '?path=/api');
  assert.equal((await rig.certificates.list()).length, 0);
});

test('bundles: order does not matter, faults are said in words and never quote the key', async () => {
  const authority = await createAuthority({ commonName: 'Test CA', nowMs: now });
  const pair = await issueCertificate(authority, {
    commonName: 'x',
    usage: 'server',
    names: ['a.example.com'],
    nowMs: now,
    days: 10,
  });
  const other = await createSelfSigned({ commonName: 'x', names: ['a.example.com'], nowMs: now });
  const whole = authority.certificatePem + pair.keyPem + pair.certificatePem;
  const good = readBundle(whole, 'a.example.com', now);
  assert.equal(good.kind, 'usable');
  if (good.kind === 'usable') {
    assert.ok(good.bundle.pem.startsWith(pair.certificatePem.trim().slice(0, 200)));
    assert.equal(good.bundle.pem.split('BEGIN CERTIFICATE').length - 1, 1);
  }
  const because = (text: string, at = now) => {
    const verdict = readBundle(text, 'a.example.com', at);
    assert.equal(verdict.kind, 'unusable');
    return verdict.kind === 'unusable' ? verdict.because : '';
  };
  assert.match(because(pair.certificatePem), /0 private keys/);
  assert.match(because(pair.keyPem + other.keyPem + pair.certificatePem), /2 private keys/);
  assert.match(because(pair.keyPem), /no certificate/);
  assert.match(because(other.keyPem + pair.certificatePem), /belongs to none/);
  assert.match(because(whole, now + 11 * day), /expired at 2026-12-01/);
  assert.match(because(whole, now - 2 * day), /not valid before/);
  assert.match(because(pair.certificatePem + pair.keyPem.replace(/[A-Z]/g, 'x')), /private key/);
  assert.match(because('hello'), /0 private keys/);
});

test('a removed app’s names are free again, and its keys are gone', async (t) => {
  const rig = await domainRig(t);
  const pair = async (name: string) => {
    const own = await createSelfSigned({ commonName: name, names: [name], nowMs: now });
    return own.keyPem + own.certificatePem;
  };
  await rig.add({ domain: 'example.com', certificatePem: await pair('example.com') });
  await rig.add({ domain: 'example.org', certificatePem: await pair('example.org') }, 'blog');
  await createAppStore(rig.db, [8100, 8110]).remove('shop', 2);
  await rig.certificates.removeUnused();
  assert.deepEqual(
    (await rig.certificates.listFacts()).map((fact) => fact.domain),
    ['example.org'],
  );
  assert.equal((await rig.add({ domain: 'example.com' }, 'blog')).statusCode, 201);
});

test('a name in the manifest of another app is taken, and listed for that app', async (t) => {
  const { add, list } = await domainRig(t);
  const refused = await add({ domain: 'blog.example.com' });
  assert.equal(refused.statusCode, 409);
  assert.match(refused.body, /blog\.example\.com belongs to the app blog\./);
  const named = (await list('blog')).find((entry) => entry.domain === 'blog.example.com');
  assert.equal(named?.inManifest, true);
  assert.equal(named?.automatic, false);
});
