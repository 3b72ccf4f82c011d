import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { loadCompose } from './load.ts';
import { toAppSpec } from './translate.ts';

function translate(text: string) {
  const loaded = loadCompose({ port: memoryFiles({ '/p/compose.yaml': text }), cwd: '/p' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  return toAppSpec(loaded, { app: 'shop', contextRoot: '/p' });
}
function spec(text: string) {
  const result = translate(text);
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return result.spec;
}
const joined = (text: string) =>
  Object.fromEntries(spec(text).services.map((service) => [service.spec.name, service.spec.networks]));
function refusals(text: string): string[] {
  const result = translate(text);
  return result.kind === 'refused' ? result.issues.map(printIssue) : [];
}

describe('networks of a manifest', () => {
  it('are joined exactly, and made with what they say', () => {
    const text = `
services:
  web: {image: x, networks: [front, back]}
  db: {image: y, container_name: pg, networks: {back: {aliases: [database]}}}
networks:
  front:
    driver_opts: {com.docker.network.driver.mtu: "1400", com.docker.network.bridge.name: br7}
  back:
    internal: true
    labels: {tier: data}
    ipam: {config: [{subnet: 10.77.1.0/24, gateway: 10.77.1.1, ip_range: 10.77.1.128/25}]}
  unused: {}
`;
    assert.deepEqual(spec(text).networks, [
      {
        name: 'back',
        internal: true,
        encrypted: false,
        subnet: '10.77.1.0/24',
        gateway: '10.77.1.1',
        ipRange: '10.77.1.128/25',
        labels: { tier: 'data' },
      },
      { name: 'front', internal: false, encrypted: false, mtu: 1400, labels: {} },
    ]);
    assert.deepEqual(joined(text), {
      web: [
        { network: 'back', aliases: [] },
        { network: 'front', aliases: [] },
      ],
      db: [{ network: 'back', aliases: ['database', 'pg'] }],
    });
  });

  it('are `default` alone where nothing is said, and one without anybody for `none`', () => {
    assert.deepEqual(joined('services:\n  a: {image: x}\n  b: {image: y, network_mode: none}\n'), {
      a: [{ network: 'default', aliases: [] }],
      b: [{ network: 'none.b', aliases: [] }],
    });
    const { networks } = spec('services:\n  b: {image: y, network_mode: none}\n');
    assert.deepEqual(networks, [{ name: 'none.b', internal: true, encrypted: false, labels: {} }]);
  });
  it('of none: nobody is led there', () => {
    const none = 'network_mode: none';
    const routes = (text: string) => spec(`services:\n${text}`).routes.map(({ service }) => service);
    assert.deepEqual(routes(`  a: {image: x, ports: ["8080"]}\n  b: {image: y, ${none}, expose: ["80"]}\n`), [
      'a',
    ]);
    assert.deepEqual(refusals(`services:\n  b: {image: y, ${none}, ports: ["5432:5432"]}\n`), [
      '/p/compose.yaml:2:37: services.b.ports: publishes a port, but has no network (remove `ports`, or `network_mode: none`)',
    ]);
    assert.deepEqual(refusals(`services:\n  b: {image: y, ${none}, x-berth: {port: 80}}\n`), [
      '/p/compose.yaml:2:17: services.b.network_mode: has no network, and has a route: nobody reaches it (remove one of them)',
    ]);
  });

  it('are known by the host name alone, which Docker resolves, where there is a domain as well', () => {
    const names = (keys: string) => joined(`services:\n  a: {image: x, ${keys}}\n  b: {image: y}\n`).a;
    assert.deepEqual(names('hostname: shop, domainname: example.org'), [
      { network: 'default', aliases: ['shop'] },
    ]);
    assert.deepEqual(names('hostname: b, domainname: example.org'), [{ network: 'default', aliases: [] }]);
    assert.deepEqual(names('hostname: shop'), [{ network: 'default', aliases: [] }]);
  });

  it('are shared when they are external', () => {
    const { networks } = spec(
      'services:\n  a: {image: x, networks: [s]}\nnetworks:\n  s: {external: true, name: backbone}\n',
    );
    assert.deepEqual(networks, [
      { name: 's', shared: 'backbone', internal: false, encrypted: false, labels: {} },
    ]);
  });

  it('have the aliases of links', () => {
    const text = 'services:\n  web: {image: x, links: ["db:database", "db"]}\n  db: {image: y}\n';
    assert.deepEqual(joined(text).db, [{ network: 'default', aliases: ['database'] }]);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    [
      'a fixed address',
      'services:\n  a:\n    image: x\n    networks:\n      n:\n        ipv4_address: 10.1.0.5\nnetworks: {n: {}}\n',
      '/p/compose.yaml:6:9: services.a.networks.n.ipv4_address: `ipv4_address` is not supported: Swarm chooses the addresses of tasks (use the name of the service, which follows them)',
    ],
    [
      'a network of another container',
      'services:\n  a:\n    image: x\n    network_mode: service:b\n  b: {image: y}\n',
      '/p/compose.yaml:4:5: services.a.network_mode: `network_mode: service:b` is not supported: tasks of two services may run on different nodes (remove it: `b` is reached by that name)',
    ],
    [
      'IPv6',
      'services:\n  a: {image: x, networks: [n]}\nnetworks:\n  n:\n    enable_ipv6: true\n',
      '/p/compose.yaml:5:5: networks.n.enable_ipv6: `enable_ipv6` is not supported: the engine’s overlay networks are IPv4 (remove it: the edge takes IPv6 requests all the same)',
    ],
    [
      'no IPv4',
      'services:\n  a: {image: x, networks: [n]}\nnetworks:\n  n:\n    enable_ipv4: false\n',
      '/p/compose.yaml:5:5: networks.n.enable_ipv4: `enable_ipv4: false` is not supported: the engine’s overlay networks are IPv4 (remove it)',
    ],
    [
      'a hardware address',
      'services:\n  a:\n    image: x\n    networks:\n      n:\n        mac_address: 02:42:ac:11:65:43\nnetworks: {n: {}}\n',
      '/p/compose.yaml:6:9: services.a.networks.n.mac_address: `mac_address` is not supported: Swarm has no field for it (remove it)',
    ],
    [
      'another driver',
      'services:\n  a: {image: x, networks: [n]}\nnetworks:\n  n:\n    driver: macvlan\n',
      '/p/compose.yaml:5:5: networks.n.driver: the network driver `macvlan` is not supported: networks of apps span nodes (remove it)',
    ],
    [
      'a gateway outside the subnet',
      'services:\n  a: {image: x, networks: [n]}\nnetworks:\n  n:\n    ipam:\n      config:\n        - subnet: 10.1.0.0/24\n          gateway: 10.1.1.1\n',
      '/p/compose.yaml:8:11: networks.n.ipam.config[0].gateway: the gateway `10.1.1.1` is not inside the subnet 10.1.0.0/24 (choose one that is)',
    ],
    [
      'a link between services without a common network',
      'services:\n  a:\n    image: x\n    networks: [n]\n    links:\n      - b\n  b: {image: y, networks: [m]}\nnetworks: {n: {}, m: {}}\n',
      '/p/compose.yaml:6:9: services.a.links[0]: links to `b`, but they have no network in common (let both join one under `networks`)',
    ],
    [
      'an alias that is another service',
      'services:\n  a:\n    image: x\n    networks:\n      default: {aliases: [b]}\n  b: {image: y}\n',
      '/p/compose.yaml:4:5: services.a.networks: the alias `b` of a is the name of another service of the network default (choose another alias)',
    ],
    [
      'a port of a service that nothing outside reaches',
      'services:\n  a:\n    image: x\n    networks: [n]\n    ports:\n      - "5432:5432"\nnetworks: {n: {internal: true}}\n',
      '/p/compose.yaml:5:5: services.a.ports: publishes a port, but joins only internal networks, which nothing outside reaches (let it join another network too)',
    ],
    [
      'a link under the name of a service',
      'x-berth:\n  links:\n    - {app: crm, service: db}\nservices:\n  db: {image: x}\n',
      '/p/compose.yaml:3:7: x-berth.links[0]: the name `db` of the link to db of crm is already that of the service db (choose another name with `as`)',
    ],
  ];
  for (const [what, text, expected] of refused)
    it(`refuses ${what}`, () => assert.deepEqual(refusals(text), [expected]));
});

describe('the network of the node', () => {
  const text =
    'services:\n  a:\n    image: x\n    network_mode: host\n    ports: ["80:8080", "1900/udp"]\n    expose: [8080, 9]\n  b: {image: y, ports: ["3000:3000"]}\n';
  it('takes a grant, keeps the ports it names, and has no route', () => {
    const { services, routes } = spec(text);
    const a = services.find((one) => one.spec.name === 'a')!.spec;
    assert.deepEqual([a.hostNetwork, a.networks], [true, []]);
    assert.deepEqual(a.ports, [
      { target: 8080, published: 8080, protocol: 'tcp' },
      { target: 1900, published: 1900, protocol: 'udp' },
      { target: 9, published: 9, protocol: 'tcp' },
    ]);
    assert.deepEqual(
      routes.map(({ service }) => service),
      ['b'],
    );
  });
});

describe('ports of a manifest', () => {
  const ports = (text: string, name: string) =>
    spec(text).services.find((service) => service.spec.name === name)?.spec.ports;

  it('beyond HTTP are those of the node, in every form', () => {
    const text = `
services:
  web: {image: x, ports: ["80:8080", "8443:443", "9000:9000"]}
  db: {image: y, ports: ["5432:5432", "0.0.0.0:6432:6432", "7000"]}
  dns: {image: z, ports: ["53:53/udp", "8100-8101:53/udp", {target: 54, published: "6000-6001", protocol: udp}]}
`;
    assert.deepEqual(ports(text, 'web'), [
      { target: 443, protocol: 'tcp', published: 8443 },
      { target: 9000, protocol: 'tcp', published: 9000 },
    ]);
    assert.deepEqual(ports(text, 'db'), [
      { target: 5432, protocol: 'tcp', published: 5432 },
      { target: 6432, protocol: 'tcp', published: 6432 },
      { target: 7000, protocol: 'tcp', published: 0 },
    ]);
    assert.deepEqual(ports(text, 'dns'), [
      { target: 53, protocol: 'udp', published: 53 },
      { target: 53, protocol: 'udp', published: 0, range: [8100, 8101] },
      { target: 54, protocol: 'udp', published: 0, range: [6000, 6001] },
    ]);
  });

  it('of a database alone are not taken for HTTP', () => {
    const app = spec('services:\n  db: {image: y, ports: ["5432:5432"]}\n');
    assert.deepEqual(app.routes, []);
    assert.deepEqual(app.services[0]?.spec.ports, [{ target: 5432, protocol: 'tcp', published: 5432 }]);
  });
});

describe('reach', () => {
  it('is links, exposed services and external services', () => {
    const { links, exposes, externals } = spec(`
x-berth:
  links: [{app: crm, service: db, as: customers, port: 5432}, {app: crm, service: mail}]
  expose: [{service: web, ports: [80, 53/udp, 81/tcp], to: [crm]}]
  externals: [payments]
services:
  web: {image: x}
`);
    assert.deepEqual(links, [
      { app: 'crm', service: 'db', as: 'customers', port: 5432 },
      { app: 'crm', service: 'mail', as: 'mail' },
    ]);
    assert.deepEqual(exposes, [{ service: 'web', ports: [80, 81], udpPorts: [53], to: ['crm'] }]);
    assert.deepEqual(externals, ['payments']);
  });
});
