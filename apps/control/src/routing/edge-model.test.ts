import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '@berth/domain/run';
import fc from 'fast-check';
import { buildEdgeModel, type CustomDomain, type RoutedApp, slotsFor } from './edge-model.ts';

const aRun = (over: Partial<Run> = {}): Run => ({
  app: 'shop',
  service: 'web',
  release: 1,
  generation: 1,
  name: 'shop-web-r1',
  state: 'live',
  stateSince: 0,
  mode: 'replicated',
  dependsOn: [],
  lane: 'a',
  weight: 100,
  replicas: 2,
  fingerprint: 'f',
  routing: {
    port: 3000,
    probe: { kind: 'http', path: '/', port: 3000, host: 'shop' },
    drainMs: 1,
    warmMs: 1,
  },
  ...over,
});
const anApp = (over: Partial<RoutedApp> = {}): RoutedApp => ({
  name: 'shop',
  port: 8100,
  isStopped: false,
  routes: [],
  redirects: [],
  runs: [aRun()],
  ...over,
});
const model = (apps: readonly RoutedApp[], domains: readonly CustomDomain[] = []) =>
  buildEdgeModel(
    { platform: 'berth', domain: 'example.test', apps, domains, certificates: [] },
    (app) => `berth-app-${app}`,
  );
const custom = (over: Partial<CustomDomain>): CustomDomain => ({
  domain: 'shop.example.com',
  app: 'shop',
  service: undefined,
  path: '/',
  stripPrefix: false,
  httpsOnly: false,
  redirectTo: undefined,
  ...over,
});

test('an app answers on its own name and on its own port', () => {
  assert.deepEqual(
    model([anApp()]).routes.map((route) => [route.match, route.path, route.service]),
    [
      [{ kind: 'host', host: 'shop.example.test' }, '/', 'shop.web'],
      [{ kind: 'port', port: 8100 }, '/', 'shop.web'],
    ],
  );
});

test('a free lane has the port and probe of the service, so that the next release needs no reload', () => {
  const { lanes } = model([anApp()]).services[0]!;
  assert.equal(lanes.a.fqdn, 'tasks.shop-web-r1');
  assert.deepEqual(lanes.b, { port: 3000, probe: lanes.a.probe, weight: 0 });
});

test('a stopped app keeps its routes and carries no weight', () => {
  const stopped = model([anApp({ isStopped: true })]);
  assert.equal(stopped.services[0]?.lanes.a.weight, 0);
  assert.equal(stopped.routes.length, 2);
});

test('a domain of the whole app has all its routes; one with a path or a service only that', () => {
  const app = anApp({
    routes: [
      { service: 'web', path: '/', stripPrefix: false },
      { service: 'api', path: '/api', stripPrefix: true },
    ],
    runs: [aRun(), aRun({ service: 'api', name: 'shop-api-r1' })],
  });
  const at = (domain: CustomDomain) =>
    model([app], [domain])
      .routes.filter((route) => route.match.kind === 'host' && route.match.host === domain.domain)
      .map((route) => `${route.path} ${route.service}`);
  assert.deepEqual(at(custom({})), ['/ shop.web', '/api shop.api']);
  assert.deepEqual(at(custom({ path: '/v2', service: 'api' })), ['/v2 shop.api']);
});

test('a redirect takes the place of a route', () => {
  const built = model([anApp()], [custom({ redirectTo: 'www.example.com' })]);
  assert.deepEqual(built.redirects, [{ host: 'shop.example.com', to: 'www.example.com', status: 301 }]);
  assert.ok(
    !built.routes.some((route) => route.match.kind === 'host' && route.match.host === 'shop.example.com'),
  );
});

test('a service without a port is not routed, and its app has no route', () => {
  const worker = aRun({
    service: 'worker',
    lane: undefined,
    routing: { probe: { kind: 'none' }, drainMs: 1, warmMs: 1 },
  });
  const built = model([anApp({ runs: [worker] })]);
  assert.deepEqual(built.services, []);
  assert.deepEqual(built.routes, []);
});

test('slots are a power of two, at least twice the replicas', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), (replicas) => {
      const slots = slotsFor(replicas);
      assert.equal(Math.log2(slots) % 1, 0);
      assert.ok(slots >= replicas * 2);
    }),
  );
});

test('the model does not depend on the order in which apps are read', () => {
  const apps = ['b', 'a', 'c'].map((name) =>
    anApp({ name, runs: [aRun({ app: name, name: `${name}-web-r1` })] }),
  );
  assert.deepEqual(model(apps), model([...apps].reverse()));
});

test('agents are told whose bound ports are led to: those of runs with weight', () => {
  const bound = (over: Partial<Run>) =>
    aRun({ ...over, routing: { probe: { kind: 'none' }, drainMs: 1, warmMs: 0, hasBoundPorts: true } });
  const runs = [
    bound({ name: 'shop-db-r2' }),
    bound({ name: 'shop-db-r1', weight: 0, state: 'draining' }),
    aRun({ service: 'api', name: 'shop-api-r2' }),
  ];
  assert.deepEqual(model([anApp({ runs })]).boundRuns, ['shop-db-r2']);
  assert.equal(model([anApp({ runs, isStopped: true })]).boundRuns, undefined);
});
