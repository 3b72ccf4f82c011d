import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createAuthority, issueCertificate } from '@berth/pki/authority';
import { Secret } from '@berth/runtime/secret';
import { createControlSandbox } from '@berth/testkit/control-sandbox';
import { openDatabase } from '../db/database.ts';
import { observedHealth } from '../deployments/observed.ts';
import type { Handlers } from '../http/handler.ts';
import type { CheckDependencies } from './gather.ts';
import { checkHandlers } from './handlers.ts';

const context = {} as Parameters<Handlers['listChecks']>[0];

async function rig(t: TestContext) {
  const sandbox = await createControlSandbox(t);
  const dataDir = await mkdtemp(join(tmpdir(), 'berth-checks-'));
  const db = await openDatabase(join(dataDir, 'berth.db'));
  const nowMs = Date.now();
  const ca = await createAuthority({ commonName: 'test', nowMs });
  const pair = await issueCertificate(ca, { commonName: 'control', usage: 'server', names: ['x'], nowMs });
  const files = { caFile: join(dataDir, 'ca.pem'), certFile: join(dataDir, 'cert.pem'), keyFile: 'unused' };
  await writeFile(files.caFile, ca.certificatePem);
  await writeFile(files.certFile, pair.certificatePem);
  let password = '';
  const registry = createServer((request, response) => {
    const given = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
    response.writeHead(given === `berth:${password}` ? 200 : 401).end();
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const { port } = registry.address() as AddressInfo;
  t.after(async () => {
    registry.closeAllConnections();
    registry.close();
    await db.destroy();
    await rm(dataDir, { recursive: true, force: true });
  });
  password = 'right';
  const deps: CheckDependencies = {
    config: {
      platform: sandbox.deps.platform,
      version: '0.1.0',
      dataDir,
      publicAddress: '192.0.2.1',
      link: { host: 'x', port: 1, ...files },
      registry: {
        address: 'x',
        url: `http://127.0.0.1:${port}`,
        username: 'berth',
        passwordFile: 'unused',
      },
    },
    registryPassword: new Secret('right'),
    db,
    nodes: sandbox.nodes,
    networks: sandbox.deps.networks,
    apps: sandbox.deps.apps,
    grants: sandbox.deps.grants,
    runs: sandbox.deps.runs,
    releases: sandbox.deps.releases,
    deployments: sandbox.deps.store,
    volumes: { list: async () => [] },
    domains: { listAll: async () => [] },
    resolutions: { of: async () => 'here' },
    clock: { now: () => nowMs },
    observedHealth: (app) => observedHealth({ nodes: sandbox.nodes, runs: sandbox.deps.runs }, app),
  };
  const check = async (over: Partial<CheckDependencies> = {}) => {
    const { items } = await checkHandlers({ ...deps, ...over }).listChecks(context);
    return {
      items,
      bad: items.filter((item) => item.status !== 'ok').map((item) => `${item.status} ${item.id}`),
    };
  };
  return {
    sandbox,
    deps,
    check,
    breakRegistry: () => {
      password = 'other';
    },
  };
}

test('a platform in order: everything is looked at and holds', async (t) => {
  const { sandbox, check } = await rig(t);
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  const { items, bad } = await check();
  assert.deepEqual(bad, []);
  const areas = new Set(items.map((item) => item.area));
  assert.deepEqual([...areas].sort(), ['certificates', 'edge', 'engine', 'platform', 'registry']);
  assert.equal(new Set(items.map((item) => item.id)).size, items.length, 'ids are unique');
});

test('what is broken is named, each by itself', async (t) => {
  const { sandbox, check, breakRegistry } = await rig(t);
  await sandbox.deploy();
  const [web] = sandbox.fake.swarm.services;
  sandbox.nodes.edge.setProbe(web?.Spec.Name ?? '', { status: 'L7STS', code: 500, text: 'error' });
  breakRegistry();
  const domain = {
    domain: 'shop.example.com',
    app: 'hello',
    service: undefined,
    path: '/',
    stripPrefix: false,
    httpsOnly: false,
    redirectTo: undefined,
  };
  const { bad } = await check({
    domains: { listAll: async () => [domain] },
    resolutions: { of: async () => 'nowhere' },
  });
  assert.deepEqual(bad, [
    'broken platform.app.hello.web',
    'broken registry.answers',
    'broken dns.shop.example.com',
  ]);
});

test('without an agent the rest is still answered', async (t) => {
  const { sandbox, check } = await rig(t);
  await sandbox.deploy();
  sandbox.nodes.disconnect();
  const { items, bad } = await check();
  assert.deepEqual(bad, ['broken platform.agents']);
  assert.ok(items.some((item) => item.id === 'registry.answers'));
});

test('a part that fails says so and holds up nothing else', async (t) => {
  const { sandbox, check } = await rig(t);
  await sandbox.deploy();
  sandbox.fake.injectFault({
    kind: 'refuse',
    times: 100,
    status: 500,
    message: 'deadlock',
    match: (call) => call.path === '/info' || call.path === '/services',
  });
  const { items, bad } = await check();
  assert.deepEqual(bad, ['warning platform.services', 'warning platform.subnets', 'warning engine.fake']);
  assert.match(items.find((item) => item.id === 'engine.fake')?.text ?? '', /deadlock/);
});

test('a part that never answers costs its deadline only', async (t) => {
  const { deps } = await rig(t);
  const silent = {
    area: 'dns',
    id: 'dns.silent',
    gather: () => new Promise<never>(() => undefined),
  } as const;
  const quick = {
    area: 'dns',
    id: 'dns.quick',
    gather: async () => [{ id: 'dns.quick', area: 'dns', status: 'ok', text: 'here' } as const],
  } as const;
  const { items } = await checkHandlers(deps, [silent, quick], 50).listChecks(context);
  assert.deepEqual(
    items.map((item) => [item.id, item.status]),
    [
      ['dns.silent', 'warning'],
      ['dns.quick', 'ok'],
    ],
  );
  assert.match(items[0]?.text ?? '', /no answer within 0\.05 s/);
});
