import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RelayListeners } from '@berth/contract/forwarder';
import type { AppNetwork, Release } from '@berth/domain/release';
import { aRelease, aReleaseService } from '@berth/testkit/builders';
import { planForwarders, type ReachableApp } from './plan.ts';
import { forwarderName, renderForwarder, renderForwarderConfig } from './render.ts';

const network = (name: string, over: Partial<AppNetwork> = {}): AppNetwork => ({
  name,
  internal: false,
  encrypted: false,
  labels: {},
  ...over,
});
const service = (name: string, ...networks: string[]) =>
  aReleaseService({ spec: { name, networks: networks.map((each) => ({ network: each, aliases: [] })) } });
const crm = aRelease({
  app: 'crm',
  services: [service('db', 'back')],
  networks: [network('back', { internal: true })],
  exposes: [{ service: 'db', ports: [5432, 9187], to: ['shop'] }],
});
const shop = (over: Partial<Release>) =>
  aRelease({ app: 'shop', services: [service('web', 'default')], ...over });
const world = {
  platform: 'berth',
  providers: new Map<string, ReachableApp>([['crm', crm]]),
  externals: new Map([
    [
      'mail',
      {
        name: 'mail',
        targets: ['10.0.0.5:2525', 'mx.example.com:25'],
        port: 25,
        protocol: 'tcp' as const,
        apps: undefined,
      },
    ],
    ['hr', { name: 'hr', targets: ['hr:80'], port: 80, protocol: 'tcp' as const, apps: ['payroll'] }],
  ]),
};
const link = { app: 'crm', service: 'db', as: 'customers' };

describe('a link', () => {
  test('opens the exposed ports of one service, under its name, in the app’s own networks', () => {
    const { forwarders, faults } = planForwarders(shop({ links: [link] }), world);
    assert.deepEqual(faults, []);
    assert.equal(forwarders.length, 1);
    const [forwarder] = forwarders;
    assert.deepEqual(forwarder?.answersIn, ['berth-app-shop']);
    assert.match(forwarder?.reachesBy[0] ?? '', /^berth-app-crm_back-/);
    assert.deepEqual(
      forwarder?.listeners.map(({ port, targets }) => [port, targets]),
      [
        [5432, ['db.crm:5432']],
        [9187, ['db.crm:9187']],
      ],
    );
  });

  test('opens one port where it says so', () => {
    const { forwarders } = planForwarders(shop({ links: [{ ...link, port: 5432 }] }), world);
    assert.deepEqual(
      forwarders[0]?.listeners.map(({ port }) => port),
      [5432],
    );
  });

  const refused: readonly (readonly [string, ReachableApp, string])[] = [
    [
      'to an app that is not there',
      shop({ links: [{ ...link, app: 'erp' }] }),
      'The link to db of erp: there is no live release of erp.',
    ],
    [
      'to a service that is not there',
      shop({ links: [{ ...link, service: 'cache' }] }),
      'The link to cache of crm: crm has no such service; it has db.',
    ],
    [
      'to a port that is not exposed',
      shop({ links: [{ ...link, port: 22 }] }),
      'The link to db of crm: crm does not expose its port 22 to shop.',
    ],
    [
      'of an app that is not let in',
      aRelease({ app: 'blog', links: [link] }),
      'The link to db of crm: crm does not expose it to blog.',
    ],
    [
      'to an external service that is not there',
      shop({ externals: ['fax'] }),
      'The app declares the external service "fax", which is not there.',
    ],
    [
      'to an external service of others',
      shop({ externals: ['hr'] }),
      'The external service "hr" is not for shop.',
    ],
  ];
  for (const [what, app, message] of refused)
    test(`${what} is refused`, () => {
      const { forwarders, faults } = planForwarders(app, world);
      assert.deepEqual([forwarders, faults.map((fault) => fault.message)], [[], [message]]);
    });
});

describe('a forwarder', () => {
  const planned = (networks: AppNetwork[]) =>
    planForwarders(
      aRelease({
        app: 'shop',
        services: [service('web', ...networks.map(({ name }) => name))],
        networks,
        externals: ['mail'],
      }),
      world,
    ).forwarders[0];

  test('does not answer in networks others share, and has a way out where the app has none', () => {
    const inner = network('inner', { internal: true });
    const both = planned([inner, network('s', { shared: 'backbone' })]);
    assert.equal(both?.answersIn.length, 1);
    assert.equal(both?.needsWayOut, true);
    assert.equal(planned([inner, network('front')])?.needsWayOut, false);
  });

  test('prefers the first target, and tries the next when it does not answer', () => {
    const forwarder = planned([network('front')]);
    assert.ok(forwarder !== undefined);
    const text = renderForwarderConfig(forwarder);
    assert.match(text, /bind :25\n {2}server t1 10\.0\.0\.5:2525 check inter 1s fall 2 rise 1\n/);
    assert.match(text, /server t2 mx\.example\.com:25 check inter 1s fall 2 rise 1 backup\n/);
  });

  test('with a port of UDP is a relay of all its ports, from the agent’s image', () => {
    const provider = { ...crm, exposes: [{ service: 'db', ports: [5432], udpPorts: [5432, 53] }] };
    const { forwarders } = planForwarders(shop({ links: [link] }), {
      ...world,
      providers: new Map<string, ReachableApp>([['crm', provider]]),
    });
    const images = { edge: 'e', agent: 'a' };
    const { ContainerSpec } = renderForwarder({
      platform: 'berth',
      images,
      forwarder: forwarders[0]!,
      outside: 'o',
    }).TaskTemplate;
    assert.equal(ContainerSpec.Image, 'a');
    const [env = ''] = ContainerSpec.Env ?? [];
    assert.deepEqual(
      RelayListeners.parse(JSON.parse(env.replace('FORWARDER=', ''))).map(
        ({ port, protocol, targets }) => `${port}/${protocol} ${targets}`,
      ),
      ['53/udp db.crm:53', '5432/tcp db.crm:5432', '5432/udp db.crm:5432'],
    );
  });

  test('is one Swarm service with a name of its own, which no app’s service has', () => {
    const forwarder = planned([network('front')]);
    assert.ok(forwarder !== undefined);
    const spec = renderForwarder({
      platform: 'berth',
      images: { edge: 'e', agent: 'a' },
      forwarder,
      outside: 'berth-outside',
    });
    assert.equal(spec.Labels['berth.app'], undefined);
    assert.deepEqual(spec.TaskTemplate.Networks, [{ Target: 'berth-app-shop_front', Aliases: ['mail'] }]);
    const long = { app: 'a'.repeat(30), alias: 'b'.repeat(63) };
    assert.ok(forwarderName('berth', long).length <= 63);
    assert.notEqual(
      forwarderName('berth', { app: 'a', alias: 'b' }),
      forwarderName('x', { app: 'a', alias: 'b' }),
    );
  });
});
