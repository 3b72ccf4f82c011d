import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { shopModel } from '@berth/testkit/edge-sandbox';
import { checkEdgeModel } from './check-model.ts';
import { observeLane, serverState } from './lanes.ts';
import { renderMaps, routeKey } from './maps.ts';
import { planEdgeChange } from './plan.ts';
import { type EdgeOptions, renderEdge } from './render.ts';
import { keepServersState } from './server-state.ts';

export const testOptions: EdgeOptions = {
  ports: { http: 8080, https: 8443, apps: [8100, 8119] },
  httpsPortPublic: 443,
  api: { hostName: 'berth.example.test', upstreamHost: 'berth-control', upstreamPort: 7700 },
  connectionsMax: 10_000,
  hardStopSeconds: 300,
  threads: 2,
};
const shop = shopModel(
  7,
  ['shop'],
  { a: { fqdn: 'tasks.shop-web-r1', weight: 95 }, b: { fqdn: 'tasks.shop-web-r2', weight: 5 } },
  {
    slots: 2,
    certificates: [{ name: 'shop', fingerprint: 'f'.repeat(64) }],
  },
);

test('the configuration of one service is the golden file (UPDATE_GOLDEN=1 writes it)', () => {
  const text = [...renderEdge(shop, testOptions)].map(([name, body]) => `##### ${name}\n${body}`).join('\n');
  const golden = new URL('./fixtures/shop.golden', import.meta.url);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, 'utf8'));
});

test('the order of services and routes in the model does not matter', () => {
  const two = shopModel(1, ['n'], {}, { services: [{ ...shop.services[0]!, id: 'a.web' }] });
  const turned = { ...two, services: [...two.services].reverse(), routes: [...two.routes].reverse() };
  assert.deepEqual(renderEdge(two, testOptions), renderEdge(turned, testOptions));
});

test('a lane that lets in some denies all others, in lines HAProxy can read, and is another configuration', () => {
  const allowFrom = Array.from({ length: 41 }, (_, i) => `10.0.${i}.0/24`);
  const [service] = shop.services;
  const a = { ...service!.lanes.a, allowFrom };
  const some = { ...shop, services: [{ ...service!, lanes: { ...service!.lanes, a } }] };
  const [, text = ''] =
    [...renderEdge(checkEdgeModel(some), testOptions)].find(([name]) => name.endsWith('.cfg')) ?? [];
  const lines = text.split('\n').filter((line) => line.includes('let_in'));
  assert.deepEqual(
    lines.map((line) => line.trim().split(' ').length),
    [5, 43, 4, 6],
  );
  assert.equal(lines[3], '  http-request deny deny_status 403 unless let_in');
  assert.equal(planEdgeChange(shop, some).kind, 'reload');
  const wrong = {
    ...shop,
    services: [{ ...service!, lanes: { ...service!.lanes, a: { ...a, allowFrom: ['1 }\nx'] } } }],
  };
  assert.throws(() => checkEdgeModel(wrong), /allowFrom/);
});

test('routes match whole segments: the key ends with a slash', () => {
  const host = { kind: 'host', host: 'a.test' } as const;
  assert.equal(routeKey({ match: host, path: '/' }), 'a.test/');
  assert.equal(routeKey({ match: host, path: '/api' }), 'a.test/api/');
  assert.equal(routeKey({ match: host, path: '/api/' }), 'a.test/api/');
  assert.equal(routeKey({ match: { kind: 'port', port: 8100 }, path: '/' }), ':8100/');
});

test('weights are a backend, or letters, one per percent; a stopped service has none', () => {
  assert.equal(renderMaps(shop).weights.get('shop.web'), `%${'a'.repeat(95)}${'b'.repeat(5)}`);
  assert.equal(renderMaps(shopModel(1, [], {})).weights.get('shop.web'), '0');
});

test('only a host that is all one service’s, with one lane that has all traffic, has its backend at hand', () => {
  const hosts = (weight: number, more: Parameters<typeof shopModel>[3] = {}) => {
    const lanes = { a: { fqdn: 'r1', weight }, b: { fqdn: 'r2', weight: 100 - weight } };
    const maps = renderMaps(shopModel(1, [], lanes, more));
    return { hosts: [...maps.hosts], tlsHosts: [...maps.tlsHosts] };
  };
  const whole = ['shop.test', 'be_shop.web_a'];
  const [route] = shop.routes as [(typeof shop.routes)[number]];
  assert.deepEqual(hosts(100), { hosts: [whole], tlsHosts: [whole] });
  assert.deepEqual(hosts(100, { httpsOnlyHosts: ['shop.test'] }), { hosts: [], tlsHosts: [whole] });
  const none = { hosts: [], tlsHosts: [] };
  assert.deepEqual(hosts(95), none);
  assert.deepEqual(hosts(100, { routes: [route, { ...route, path: '/api' }] }), none);
  assert.deepEqual(hosts(100, { routes: [{ ...route, path: '/api', stripPrefix: true }] }), none);
  assert.deepEqual(hosts(100, { redirects: [{ host: 'shop.test', to: 'x.test', status: 301 }] }), none);
});

test('a model with text that is no name, or weights that do not sum to 100, is refused with the places', () => {
  assert.equal(checkEdgeModel(shop), shop);
  const faults = (model: unknown): readonly string[] => {
    try {
      checkEdgeModel(model);
      return [];
    } catch (error) {
      return (error as { issues: { at: string }[] }).issues.map(({ at }) => at);
    }
  };
  const evil = 'x\n  server evil 6.6.6.6:80';
  const service = shop.services[0]!;
  const lane = service.lanes.a;
  const withLane = (more: object) => ({
    ...shop,
    services: [{ ...service, lanes: { ...service.lanes, a: { ...lane, ...more } } }],
  });
  assert.deepEqual(faults(withLane({ fqdn: evil })), ['/services/0/lanes/a/fqdn']);
  assert.deepEqual(faults(withLane({ weight: 90 })), ['/services/0/lanes']);
  assert.deepEqual(faults(withLane({ probe: { kind: 'http', path: "/'\n", port: 1, host: 'x' } })), [
    '/services/0/lanes/a/probe/path',
  ]);
  assert.deepEqual(faults({ ...shop, services: [{ ...service, id: evil }] }).slice(0, 1), ['/services/0/id']);
  assert.deepEqual(faults({ ...shop, routes: [{ ...shop.routes[0], path: '/a b' }] }), ['/routes/0/path']);
  assert.deepEqual(faults({ ...shop, routes: [{ ...shop.routes[0], service: 'no.web' }] }), [
    '/routes/0/service',
  ]);
  assert.deepEqual(faults({ ...shop, redirects: [{ host: 'a', to: 'x y', status: 301 }] }), [
    '/redirects/0/to',
  ]);
  assert.deepEqual(faults({ ...shop, certificates: [{ name: '../x', fingerprint: 'f'.repeat(64) }] }), [
    '/certificates/0/name',
  ]);
  assert.ok(faults(undefined).length > 4);
});

test('a server is up only after a good check at the address it has now', () => {
  const row = { check_rise: '1', check_fall: '2' };
  assert.equal(serverState({ ...row, status: 'UP 1/2', check_health: '1' }), 'checking');
  assert.equal(serverState({ ...row, status: 'UP', check_health: '2' }), 'up');
  assert.equal(serverState({ ...row, status: 'DOWN', check_health: '0' }), 'down');
  assert.equal(serverState({ ...row, status: 'DRAIN', check_health: '2' }), 'drain');
  assert.equal(serverState({ ...row, status: 'no check' }), 'up');
  assert.equal(serverState({ ...row, status: 'MAINT (resolution)' }), 'maintenance');
});

test('a free lane lists nobody; requests of earlier workers count as in flight', () => {
  const head =
    '# pxname,svname,type,scur,addr,status,check_status,check_rise,check_fall,check_health,last_chk';
  const stat = (scur: number) =>
    `${head}\nbe,s1,2,${scur},10.0.0.1:80,UP,L7OK,1,2,2,"a, b"\nbe,s2,2,0,,MAINT,,1,2,0,\n`;
  const lane = observeLane({ service: 's.web', lane: 'a', fqdn: 'x' }, [stat(1), stat(3)]);
  assert.equal(lane.sessionsCurrent, 4);
  assert.deepEqual(
    lane.servers.map(({ address, state }) => [address, state]),
    [['10.0.0.1', 'up']],
  );
  assert.deepEqual(observeLane({ service: 's.web', lane: 'a' }, [stat(1)]).servers, []);
});

test('a reload takes over the addresses of servers that keep their name, and of no other', () => {
  const next = shopModel(2, [], { a: { fqdn: 'r1' }, b: { fqdn: 'r9' } });
  const header = '# be_id be_name srv_id srv_name srv_addr srv_fqdn srv_port';
  const line = (lane: string, fqdn: string) => `4 be_shop.web_${lane} 1 s1 10.0.0.1 ${fqdn} 80`;
  const text = [
    '1',
    header,
    line('a', 'r1'),
    line('b', 'r2'),
    line('c', 'parked'),
    '9 elsewhere 1 control 10.0.0.9 - 80',
    '',
  ];
  assert.equal(keepServersState(text.join('\n'), next), `1\n${header}\n${line('a', 'r1')}\n`);
});
