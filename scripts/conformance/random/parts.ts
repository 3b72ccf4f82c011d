// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables, not JavaScript's.
import { type Fields, Raw, type Value } from './value.ts';
import { files, networks, services, Values, volumes } from './values.ts';

/** What a service is made of. */
export class Parts extends Values {
  command(): Value {
    const c = this.chance;
    return c.pick<Value>([
      'npm start',
      'sh -c "echo $$HOME && ls"',
      'a \'b c\' "d e" f\\ g',
      ['node', 'server.js', '--port', '${NUM}'],
      [],
      '',
      null,
      'echo a; rm b',
      'run --x=${SET} > out',
      ['sh', '-c', 'multi\nline'],
      c.is(0.1) ? 'unterminated "quote' : 'plain',
      c.is(0.1) ? '$(date)' : 'plain',
      'a | b',
    ]);
  }
  port(): Value {
    const c = this.chance;
    const n = () => 1000 + c.below(9000);
    const a = n();
    return c.pick<Value>([
      n(),
      `${n()}`,
      `${n()}:${n()}`,
      `127.0.0.1:${n()}:${n()}`,
      `127.0.0.1::${n()}`,
      `[::1]:${n()}:${n()}`,
      `${a}-${a + 2}:${a}-${a + 2}`,
      `${a}-${a + 2}`,
      `${a}-${a + 5}:80`,
      `${n()}:${n()}/udp`,
      `${n()}/UDP`,
      `${n()}/sctp`,
      `[::]:${n()}-${a + 1}:80`,
      `127.0.0.1:${a}-${a + 1}:${a}-${a + 1}/udp`,
      new Raw(`${n()}:${n()}`),
      new Raw('22:22'),
      `:${n()}`,
      '${NUM}:80',
      { target: n(), published: `${n()}` },
      {
        target: '80',
        published: n(),
        protocol: 'udp',
        mode: 'host',
        host_ip: '0.0.0.0',
        name: 'p',
        app_protocol: 'http',
      },
      { target: n() },
      c.is(0.02) ? 'bad:port' : '80',
      c.is(0.02) ? '1-3:1-2' : '81',
      { target: n(), 'x-extra': 1 },
    ]);
  }
  mount(): Value {
    const c = this.chance;
    const target = `/${c.pick(['data', 'var/lib/x', 'etc/app/', 'a/../b', 'x'])}${c.below(4)}`;
    return c.pick<Value>([
      `${c.pick(volumes)}:${target}`,
      `${c.pick(volumes)}:${target}:ro`,
      `./src:${target}`,
      `../up:${target}:rw,z`,
      `/abs/dir:${target}:ro,rshared`,
      `~/home:${target}`,
      `~:${target}`,
      `.:${target}:cached`,
      `.hidden:${target}:delegated,ro`,
      `C:/win:${target}:ro`,
      `${c.pick(volumes)}:${target}/:rw,nocopy`,
      '/d',
      target,
      `${c.pick(volumes)}:${target}:nocopy`,
      '${PATHY}:/p',
      {
        type: 'volume',
        source: c.pick(volumes),
        target,
        read_only: this.flag(),
        volume: { nocopy: this.flag() },
      },
      { type: 'volume', target },
      { type: 'bind', source: './rel', target, bind: { propagation: 'rprivate', create_host_path: true } },
      { type: 'bind', source: '/abs', target, bind: { selinux: 'z' }, 'x-own': { b: 1, a: [1] } },
      { type: 'tmpfs', target, tmpfs: { size: c.pick<Value>([1000, '64m']), mode: new Raw('0700') } },
      { type: 'volume', source: c.pick(volumes), target, volume: { subpath: 'sub' }, consistency: 'cached' },
      c.is(0.02) ? 'a:b:c:d' : `C:\\dir:${target}`,
      c.is(0.02) ? '::' : target,
    ]);
  }
  reference(known: readonly string[]): Value {
    const c = this.chance;
    const source = c.pick(known);
    return c.pick<Value>([
      source,
      { source, target: '/t', uid: '103', gid: '104', mode: new Raw('0440') },
      { source },
      { source, mode: '0444' },
      { source, target: 'rel', 'x-a': 'b' },
    ]);
  }
  build(): Value {
    const c = this.chance;
    if (c.is(0.4))
      return c.pick([
        '.',
        './app',
        'https://github.com/a/b.git#main',
        'git@github.com:a/b',
        '${PATHY}',
        '/abs',
      ]);
    const build: Fields = {};
    const options: Record<string, () => Value> = {
      context: () => c.pick(['.', '../x', './dir/', 'https://x/y.git', 'github.com/a/b', 'ssh://git@h/x']),
      dockerfile: () => c.pick(['Dockerfile.prod', '../D', '/abs/D']),
      dockerfile_inline: () => 'FROM a\nRUN b\n',
      args: () => this.pairs(),
      labels: () => this.pairs(),
      target: () => this.string(),
      cache_from: () => c.list(() => c.pick(['type=local,src=x', 'img:a'])),
      no_cache: () => this.flag(),
      pull: () => this.flag(),
      network: () => 'host',
      shm_size: () => this.bytes(),
      extra_hosts: () => this.hosts(),
      secrets: () => [this.reference(files)],
      ssh: () => c.pick<Value>([['default'], { default: null }]),
      tags: () => ['a:1', 'b:2'],
      platforms: () => ['linux/amd64'],
      ulimits: () => this.ulimits(),
      additional_contexts: () =>
        c.pick<Value>([['a=./p', 'b=docker-image://x'], { a: '../q', b: 'https://z' }]),
      privileged: () => this.flag(),
      entitlements: () => ['network.host'],
      isolation: () => 'default',
      'x-b': () => ({ z: 1, a: null }),
    };
    for (const key of c.some(Object.keys(options), 6)) build[key] = this.maybeWrong(options[key]!());
    if ('dockerfile_inline' in build && c.is(0.9)) delete build.dockerfile;
    return build;
  }
  hosts(): Value {
    return this.chance.pick<Value>([
      ['a:1.2.3.4', 'b=5.6.7.8'],
      { a: '1.2.3.4', b: ['::1', '2.2.2.2'] },
      ['v6:[::1]', 'a=1.1.1.1', 'a=2.2.2.2'],
      ['h=host-gateway', 'm=1.1.1.1,2.2.2.2'],
      this.chance.is(0.02) ? ['noaddress'] : ['z:9.9.9.9'],
    ]);
  }
  ulimits(): Value {
    const c = this.chance;
    return c.pick<Value>([
      { nofile: { soft: 1024, hard: c.below(99) } },
      { nproc: c.below(99), nofile: 0 },
      { core: 10, memlock: { soft: -1, hard: -1 } },
    ]);
  }
  deploy(): Value {
    const c = this.chance;
    const update = (): Value => ({
      parallelism: this.integer(),
      delay: this.duration(),
      failure_action: 'rollback',
      monitor: this.duration(),
      max_failure_ratio: this.float(),
      order: c.pick(['start-first', 'stop-first', 'stop-first']),
    });
    const options: Record<string, () => Value> = {
      mode: () => c.pick(['replicated', 'global']),
      replicas: () => this.integer(4),
      labels: () => this.pairs(),
      update_config: update,
      rollback_config: update,
      endpoint_mode: () => c.pick(['vip', 'dnsrr']),
      placement: () =>
        c.pick<Value>([
          { constraints: ['node.role==manager'], preferences: [{ spread: 'node.labels.zone' }] },
          { max_replicas_per_node: this.integer(), 'x-p': 1 },
          {},
        ]),
      resources: () =>
        c.pick<Value>([
          { limits: { cpus: this.float(), memory: this.bytes(), pids: this.integer() } },
          { reservations: { cpus: this.float(), memory: '1g' }, limits: {} },
          {
            reservations: {
              devices: [{ capabilities: ['gpu'], driver: 'nvidia', count: c.pick<Value>([1, 'all', '2']) }],
            },
          },
          { reservations: { devices: [{ capabilities: ['gpu'], device_ids: ['0'], options: { a: 'b' } }] } },
          { reservations: { generic_resources: [{ discrete_resource_spec: { kind: 'ssd', value: 1 } }] } },
          {},
        ]),
      restart_policy: () => ({
        condition: c.pick(['on-failure', 'none', 'any']),
        delay: this.duration(),
        max_attempts: this.integer(),
        window: this.duration(),
      }),
      'x-d': () => true,
    };
    const deploy: Fields = {};
    for (const key of c.some(Object.keys(options), 5)) deploy[key] = this.maybeWrong(options[key]!());
    return deploy;
  }
  healthcheck(): Value {
    const c = this.chance;
    const options: Record<string, () => Value> = {
      test: () =>
        c.pick<Value>([
          'curl -f http://localhost || exit 1',
          ['CMD', 'true'],
          ['CMD-SHELL', 'x $$Y'],
          ['NONE'],
          c.is(0.02) ? ['bad'] : ['CMD'],
        ]),
      interval: () => this.duration(),
      timeout: () => this.duration(),
      start_period: () => this.duration(),
      start_interval: () => this.duration(),
      retries: () => this.integer(9),
      disable: () => this.flag(),
      'x-h': () => 'y',
    };
    const check: Fields = {};
    for (const key of c.some(Object.keys(options), 5)) check[key] = this.maybeWrong(options[key]!());
    return check;
  }
  serviceNetworks(): Value {
    const c = this.chance;
    if (c.is(0.5)) return c.some(networks);
    const map: Fields = {};
    for (const name of c.some(networks)) {
      map[name] = c.pick<Value>([
        null,
        {},
        { aliases: ['a1', 'a2'] },
        { ipv4_address: '172.16.238.10', ipv6_address: '2001::1', priority: this.chance.below(99) },
        { mac_address: '02:42:ac:11:65:43', link_local_ips: ['57.123.22.11'], 'x-n': 1 },
        { driver_opts: { a: 1, b: 'x' } },
      ]);
    }
    return map;
  }
  hook(): Value {
    return this.chance.pick<Value>([
      { command: 'echo hi', user: 'root', privileged: this.flag() },
      { command: ['a', 'b'], working_dir: '/w', environment: this.pairs() },
    ]);
  }
  dependsOn(self: string): Value {
    const c = this.chance;
    const others = services.filter((name) => services.indexOf(name) > services.indexOf(self));
    if (c.is(0.5)) return c.some(others);
    const map: Fields = {};
    for (const name of c.some(others)) {
      map[name] = c.pick<Value>([
        { condition: 'service_started' },
        { condition: 'service_healthy', restart: this.flag() },
        { condition: 'service_completed_successfully', required: false },
        { condition: 'service_started', 'x-w': 1 },
      ]);
    }
    return map;
  }
}
