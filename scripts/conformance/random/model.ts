// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables, not JavaScript's.

import { Parts } from './parts.ts';
import { type Fields, Raw, type Value } from './value.ts';
import { files, networks, services, volumes } from './values.ts';

/** Services, resources and whole files. */
export class Model extends Parts {
  /** `below`: the service this one is laid over; its keys are likely to be written again. */
  service(self: string, isBase: boolean, below: Fields = {}): Fields {
    const c = this.chance;
    const service: Fields = {};
    const options: Record<string, () => Value> = {
      annotations: () => this.pairs(),
      attach: () => this.flag(),
      blkio_config: () => ({
        weight: 300,
        weight_device: [{ path: '/dev/sda', weight: 400 }],
        device_read_bps: [{ path: '/dev/sdb', rate: '12mb' }],
        device_write_iops: [{ path: '/dev/sdb', rate: 30 }],
      }),
      build: () => this.build(),
      cap_add: () => c.some(['ALL', 'NET_ADMIN', 'SYS_TIME']),
      cap_drop: () => c.some(['NET_ADMIN', 'SYS_ADMIN']),
      cgroup: () => c.pick(['host', 'private']),
      cgroup_parent: () => this.string(),
      command: () => this.command(),
      configs: () => c.list(() => this.reference(files), 2),
      container_name: () => this.string(),
      cpu_count: () => this.integer(),
      cpu_percent: () => this.integer(),
      cpu_period: () => this.integer(),
      cpu_quota: () => this.integer(),
      cpu_rt_period: () => this.integer(),
      cpu_rt_runtime: () => this.integer(),
      cpus: () => this.float(),
      cpuset: () => '0,1',
      cpu_shares: () => this.integer(),
      credential_spec: () => ({ file: 'my.json' }),
      depends_on: () => this.dependsOn(self),
      deploy: () => this.deploy(),
      device_cgroup_rules: () => ['c 1:3 mr'],
      devices: () =>
        c.list(
          () =>
            c.pick<Value>([
              '/dev/a:/dev/b:rwm',
              '/dev/tty',
              '/dev/x:/dev/y',
              { source: '/dev/q', target: '/dev/r', permissions: 'rw' },
            ]),
          2,
        ),
      dns: () => this.stringOrList(() => c.pick(['8.8.8.8', '1.1.1.1', '${UNSET}'])),
      dns_opt: () => c.some(['use-vc', 'no-tld-query']),
      dns_search: () => this.stringOrList(() => c.pick(['a.com', 'b.com'])),
      domainname: () => this.string(),
      entrypoint: () => this.command(),
      env_file: () =>
        c.pick<Value>([
          'a.env',
          ['a.env', 'b.env'],
          [{ path: './b.env', required: false }],
          [{ path: 'missing.env', required: false }, 'a.env'],
          c.is(0.02) ? 'missing.env' : 'b.env',
        ]),
      environment: () => this.pairs(),
      expose: () => c.pick<Value>([[80, '90'], ['3000-3005', '8080/udp'], []]),
      external_links: () => ['redis', 'db:mysql'],
      extra_hosts: () => this.hosts(),
      gpus: () =>
        c.pick<Value>([
          'all',
          [{ driver: 'nvidia', count: 2 }],
          [{ capabilities: ['gpu'], device_ids: ['a'] }],
        ]),
      group_add: () => c.pick<Value>([['mail', 1000], ['a']]),
      healthcheck: () => this.healthcheck(),
      hostname: () => this.string(),
      init: () => this.flag(),
      ipc: () => c.pick(['host', 'service:cache', 'shareable']),
      isolation: () => 'default',
      labels: () => this.pairs(),
      label_file: () => c.pick<Value>(['a.env', ['b.env']]),
      links: () => c.pick<Value>([['cache'], ['cache:c']]),
      logging: () =>
        c.pick<Value>([
          { driver: 'syslog', options: { a: 'b', n: 1, e: null } },
          { driver: 'json-file' },
          { options: { 'max-size': '1m' } },
        ]),
      mac_address: () => '02:42:ac:11:65:43',
      mem_limit: () => this.bytes(),
      mem_reservation: () => this.bytes(),
      mem_swappiness: () => this.integer(),
      memswap_limit: () => c.pick<Value>([this.bytes(), -1]),
      networks: () => this.serviceNetworks(),
      oom_kill_disable: () => this.flag(),
      oom_score_adj: () => this.integer(),
      pid: () => c.pick(['host', 'service:cache']),
      pids_limit: () => this.integer(),
      platform: () => 'linux/amd64',
      ports: () => c.list(() => this.port(), 4),
      post_start: () => [this.hook()],
      pre_stop: () => [this.hook()],
      privileged: () => this.flag(),
      profiles: () => c.some(['dev', 'prod', 'debug'], 2),
      pull_policy: () => c.pick(['always', 'never', 'if_not_present', 'missing', 'build']),
      read_only: () => this.flag(),
      restart: () => c.pick<Value>(['always', 'unless-stopped', 'on-failure:3', 'no', new Raw('no')]),
      runtime: () => 'runc',
      scale: () => this.integer(3),
      secrets: () => c.list(() => this.reference(files), 2),
      security_opt: () => c.some(['seccomp:unconfined', 'label:user:USER']),
      shm_size: () => this.bytes(),
      stdin_open: () => this.flag(),
      stop_grace_period: () => this.duration(),
      stop_signal: () => 'SIGUSR1',
      storage_opt: () => ({ size: '1G' }),
      sysctls: () =>
        c.pick<Value>([{ 'net.core.somaxconn': 1024, 'net.ipv4.x': 0 }, ['net.core.somaxconn=1024']]),
      tmpfs: () => this.stringOrList(() => c.pick(['/run', '/tmp:size=64m,mode=1777'])),
      tty: () => this.flag(),
      ulimits: () => this.ulimits(),
      user: () => c.pick(['1000', '1000:1000', 'node', '${SET}']),
      userns_mode: () => 'host',
      uts: () => 'host',
      volumes: () => c.list(() => this.mount(), 4),
      volumes_from: () => c.pick<Value>([['cache'], ['cache:ro', 'container:x:rw']]),
      working_dir: () => c.pick(['/app', './rel']),
      develop: () => ({
        watch: [
          { path: './src', action: 'sync', target: '/x', ignore: ['a/'] },
          { path: 'pkg', action: 'rebuild' },
        ],
      }),
      'x-own': () => this.scalar(),
      'x-tree': () => ({ b: [this.scalar(), { q: this.scalar(), a: [[1, 2], []] }], a: {} }),
    };
    const again = Object.keys(below).filter((key) => key in options && c.is(0.6));
    for (const key of new Set([...again, ...c.some(Object.keys(options), 9)])) {
      if (self === 'cache' && ['ipc', 'pid', 'links', 'volumes_from'].includes(key)) continue;
      service[key] = this.maybeWrong(options[key]!());
    }
    if (isBase && c.is(0.99) && !('build' in service))
      service.image = c.pick(['nginx', 'a/b:${NUM}', 'reg:5000/x@sha256:abc', '${UNSET:-img}:1']);
    if (c.is(0.003)) service.unknown_key = 1;
    if (c.is(0.04) && !('networks' in service))
      service.network_mode = c.pick(['host', 'none', 'service:cache', 'container:x']);
    return service;
  }
  resource(kind: 'networks' | 'volumes' | 'configs' | 'secrets'): Value {
    const c = this.chance;
    if (kind === 'networks') {
      return c.pick<Value>([
        null,
        {},
        { driver: 'bridge', driver_opts: { a: 1, b: 'c' } },
        { external: this.flag(), name: this.string() },
        { external: { name: 'legacy' } },
        { internal: this.flag(), attachable: this.flag(), enable_ipv6: this.flag(), labels: this.pairs() },
        {
          ipam: {
            driver: 'default',
            config: [
              {
                subnet: '172.16.238.0/24',
                gateway: '172.16.238.1',
                aux_addresses: { h: '1.1.1.1' },
                'x-i': 1,
              },
            ],
            options: { foo: 'bar' },
            'x-j': 2,
          },
        },
        { name: '${SET}-net', 'x-n': { a: 1 } },
      ]);
    }
    if (kind === 'volumes') {
      return c.pick<Value>([
        null,
        {},
        { driver: 'local', driver_opts: { type: 'none', o: 'bind', device: './d' } },
        { external: true },
        { external: true, name: '${SET}' },
        { name: 'named', labels: this.pairs() },
        { driver_opts: { size: 10 }, 'x-v': [1] },
      ]);
    }
    const config = c.pick<Value>([
      { file: './f.txt' },
      { file: '~/f.txt', name: 'n' },
      { environment: 'SET' },
      { environment: 'UNSET' },
      { external: true },
      { external: true, name: 'x' },
      { file: '/abs', labels: this.pairs(), template_driver: 'golang' },
    ]);
    return kind === 'configs' && c.is(0.3) ? { content: 'text $SET\nmore' } : config;
  }
  model(isBase: boolean, below: Fields = {}): Fields {
    const c = this.chance;
    const model: Fields = {};
    if (isBase && c.is(0.3)) model.name = c.pick(['proj', 'My_Proj', '${SET}-p', 'a.b']);
    if (c.is(0.1)) model.version = c.pick<Value>(['3.8', '2']);
    const own: Fields = {};
    const known = Object.keys(below).length === 0 || c.is(0.05) ? services : Object.keys(below);
    for (const name of isBase ? services : c.some(known, 3)) {
      if (isBase && name !== 'cache' && c.is(0.4)) continue;
      own[name] = this.service(name, isBase, below[name] as Fields | undefined);
    }
    model.services = own;
    for (const kind of ['networks', 'volumes', 'configs', 'secrets'] as const) {
      const known = kind === 'networks' ? networks : kind === 'volumes' ? volumes : files;
      const map: Fields = {};
      for (const name of isBase ? known.filter((each) => each !== 'default' || c.is(0.2)) : c.some(known, 1))
        if (isBase || c.is(0.2)) map[name] = this.resource(kind);
      if (Object.keys(map).length > 0) model[kind] = map;
    }
    if (c.is(0.2)) model['x-top'] = { z: this.scalar(), a: [this.scalar()] };
    return model;
  }
}
