import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { safeDefaults } from '@berth/domain/service';
import { memoryFiles } from './files.ts';
import { printIssue } from './issue.ts';
import { renderComposeKeys, rowOf, treatment } from './keys.ts';
import { loadCompose } from './load.ts';
import { keysOfSpecification } from './spec-keys.ts';
import { toAppSpec } from './translate.ts';
import { extensionKeys } from './x-berth-keys.ts';

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
function refusals(text: string): string[] {
  const result = translate(text);
  return result.kind === 'refused' ? result.issues.map(printIssue) : [];
}

describe('toAppSpec', () => {
  it('routes the one service that publishes a port', () => {
    const app = spec(
      'services:\n  web: {build: ./app, ports: ["80:3000"]}\n  db: {image: db, volumes: ["data:/d"]}\nvolumes: {data: }\n',
    );
    assert.deepEqual(app.routes, [{ service: 'web', path: '/', stripPrefix: false }]);
    const [db, web] = app.services;
    assert.deepEqual(web?.image, { kind: 'build', context: 'app', args: {} });
    assert.equal(web?.spec.port, 3000);
    assert.deepEqual(web?.spec.probe, { kind: 'http', path: '/' });
    assert.deepEqual(db?.spec.probe, { kind: 'none' });
    assert.deepEqual(db?.spec.mounts, [{ kind: 'volume', source: 'data', target: '/d', readOnly: false }]);
  });

  it('gives safe defaults to a service that says nothing', () => {
    const { spec: web } = spec('services:\n  web: {image: x}\n').services[0]!;
    assert.equal(web.resources.memoryBytesMax, safeDefaults.resources.memoryBytesMax);
    assert.equal(web.resources.pidsMax, 512);
    assert.equal(web.init, true);
    assert.equal(web.stop.graceMs, 30_000);
    assert.deepEqual(web.logging.options, { 'max-size': '10m', 'max-file': '3' });
  });

  it('takes over what a service says', () => {
    const { spec: web } = spec(`
services:
  web:
    image: x
    command: npm start
    entrypoint: [/e]
    environment: {A: 1}
    user: node
    working_dir: /w
    hostname: h
    init: false
    read_only: true
    stop_signal: SIGINT
    stop_grace_period: 1m
    cap_add: [NET_RAW]
    cap_drop: [ALL]
    restart: on-failure:3
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 10
    ulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}
    dns: 1.1.1.1
    extra_hosts: ["a:1.2.3.4"]
    tmpfs: /run:size=1m
    shm_size: 2m
    healthcheck: {test: x, interval: 2s, retries: 4}
    labels: {l: m}
    deploy: {replicas: 3}
    x-berth: {port: 9000, probe: {tcp: {}}}
`).services[0]!;
    assert.deepEqual(web.command, ['npm', 'start']);
    assert.deepEqual(web.environment, { A: '1' });
    assert.deepEqual(web.restart, { condition: 'on-failure', delayMs: 2_000, attemptsMax: 3 });
    assert.equal(web.resources.memoryBytesMax, 64 * 1024 * 1024);
    assert.equal(web.resources.cpusMax, 0.5);
    assert.equal(web.resources.pidsMax, 10);
    assert.deepEqual(web.ulimits, [
      { name: 'nofile', soft: 5, hard: 5 },
      { name: 'nproc', soft: 1, hard: 2 },
    ]);
    assert.deepEqual(web.mounts, [
      { kind: 'tmpfs', target: '/run', sizeBytes: 1024 * 1024 },
      { kind: 'tmpfs', target: '/dev/shm', sizeBytes: 2 * 1024 * 1024 },
    ]);
    assert.deepEqual(web.healthcheck, { test: ['CMD-SHELL', 'x'], intervalMs: 2_000, retries: 4 });
    assert.deepEqual(web.extraHosts, ['a=1.2.3.4']);
    assert.equal(web.replicas, 3);
    assert.equal(web.port, 9000);
    assert.deepEqual(web.probe, { kind: 'tcp' });
  });

  it('knows what a service waits for', () => {
    const app = spec(
      'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: {c: {condition: service_healthy, restart: true}, d: {condition: service_completed_successfully}}}\n  c: {image: x}\n  d: {image: x, restart: "no"}\n',
    );
    const of = (name: string) => app.services.find((each) => each.spec.name === name)?.spec.dependsOn;
    assert.deepEqual(of('a'), [{ service: 'b', condition: 'started', required: true, restart: false }]);
    assert.deepEqual(of('b'), [
      { service: 'c', condition: 'healthy', required: true, restart: true },
      { service: 'd', condition: 'completed', required: true, restart: false },
    ]);
    assert.deepEqual(of('c'), []);
  });

  it('reads x-berth of the app', () => {
    const app = spec(`
x-berth:
  routes: [{service: web, host: Shop.example.com, path: /a, stripPrefix: true}, {service: api, path: /api}]
  redirects: [{host: www.example.com, to: shop.example.com}]
  strategy: {drain: 5s, warm: 1m, deadline: 10m, probation: 0s}
  hooks: {release: {service: web, command: npm run migrate}}
services:
  web: {image: x, ports: ["80:80"]}
  api: {image: y, expose: [4000]}
`);
    assert.deepEqual(app.routes, [
      { service: 'web', host: 'shop.example.com', path: '/a', stripPrefix: true },
      { service: 'api', path: '/api', stripPrefix: false },
    ]);
    assert.deepEqual(app.redirects, [{ host: 'www.example.com', to: 'shop.example.com', status: 301 }]);
    assert.deepEqual(app.hooks, { release: { service: 'web', command: ['npm', 'run', 'migrate'] } });
    assert.equal(app.drainMs, 5_000);
    assert.equal(app.probationMs, 0);
    assert.match(
      refusals('x-berth: {strategy: {probation: 2h}}\nservices:\n  a: {image: x}\n').join(),
      /compose.yaml:1:\d+: x-berth.strategy.probation: must be a duration of at most 1h; 0s is none/,
    );
    assert.equal(app.services.find((each) => each.spec.name === 'api')?.spec.port, 4000);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    [
      'an unknown key of x-berth',
      'services:\n  a:\n    image: x\n    x-berth: {prot: 1}\n',
      '/p/compose.yaml:4:15: services.a.x-berth.prot: unknown key `prot` (did you mean `port`?)',
    ],
    [
      'privileged',
      'services:\n  a:\n    image: x\n    privileged: true\n',
      '/p/compose.yaml:4:5: services.a.privileged: `privileged` is not supported: a task never gets the host’s privileges (name what it needs with `cap_add`)',
    ],
    [
      'a directory of the host',
      'services:\n  a:\n    image: x\n    volumes:\n      - /etc:/e\n',
      '/p/compose.yaml:5:9: services.a.volumes[0]: mounts /etc of the host at /e: /etc belongs to the node itself (copy the files into the image, or use a named volume)',
    ],
    [
      'a route into the network of the node',
      'services:\n  a:\n    image: x\n    network_mode: host\n    x-berth: {port: 80}\n',
      '/p/compose.yaml:4:5: services.a.network_mode: is in the network of its node, and has a route: the edge reaches only networks of apps (make it an external service for another one, or give it a network of its own)',
    ],
    [
      'a name that is no DNS label',
      'services:\n  my_app: {image: x}\n',
      '/p/compose.yaml:2:3: services.my_app: "my_app" is not a DNS label (name it `my-app`)',
    ],
    [
      'a build context outside the source',
      'services:\n  a:\n    build: ../other\n',
      '/p/compose.yaml:3:5: services.a.build.context: the build context ../other is outside the source (move the manifest up, or the context inside)',
    ],
    [
      'a port of another protocol',
      'services:\n  a: {image: x, ports: ["80:80"]}\n  b:\n    image: y\n    ports:\n      - "127.0.0.1:5432:5432/sctp"\n',
      '/p/compose.yaml:6:9: services.b.ports[0]: ports of sctp are not supported (use tcp or udp)',
    ],
  ];
  for (const [what, text, expected] of refused)
    it(`refuses ${what}`, () => assert.deepEqual(refusals(text), [expected]));

  it('refuses every key the table refuses, by name', () => {
    const text = refusals(
      'services:\n  a: {image: x, mem_swappiness: 5, devices: ["/dev/a"], pid: host, runtime: y}\n',
    ).join('\n');
    for (const key of ['mem_swappiness', 'devices', 'pid', 'runtime'])
      assert.match(text, new RegExp(`\`${key}\` is not supported`));
  });
});

describe('the table of keys', () => {
  const keys = keysOfSpecification();

  it('has every key of the specification, down to the last', () => {
    assert.ok(keys.length > 250, String(keys.length));
    for (const key of ['services.build.args', 'services.networks.aliases', 'networks.ipam.config.subnet'])
      assert.ok(keys.includes(key), key);
    assert.deepEqual(
      keys.filter((key) => rowOf(key) === undefined),
      [],
    );
  });

  it('decides by itself on every key of a service, its build, deployment and mounts, and of networks', () => {
    const isDecided =
      /^(networks|services)\.((build|deploy|deploy\.placement|blkio_config|healthcheck|networks|volumes|volumes\.bind|volumes\.volume|ipam|ipam\.config)\.)?[a-z_0-9]+$/;
    const inherited = keys.filter((key) => isDecided.test(key) && rowOf(key) !== key);
    const whole =
      /^services\.(deploy\.placement|blkio_config\.weight|healthcheck|volumes\.volume)(\.|$)|^networks\.ipam\.config$/;
    assert.deepEqual(
      inherited.filter((key) => !whole.test(key)),
      [],
    );
  });

  it('has no key the specification lacks', () => {
    assert.deepEqual(
      Object.keys(treatment).filter((key) => !keys.includes(key)),
      [],
    );
  });

  it('is printed row by row', () => {
    const rows = renderComposeKeys()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    assert.equal(rows.length, keys.length + Object.keys(extensionKeys).length);
    assert.ok(
      rows.includes(
        '| `services.deploy.update_config.order` | honoured differently | as `services.deploy.update_config` |',
      ),
    );
  });
});
