import type { Difference } from './facts.ts';

/** A difference that Berth means, and says in its documentation. */
export interface Expected {
  /** The key of docs/compose-keys.md, or what a service gets that says nothing. */
  readonly key: string;
  readonly why: string;
  matches(difference: Difference): boolean;
}

/** Berth's one value where docker-compose has its own one. */
const values =
  (rows: Readonly<Record<string, readonly [reference: string, berth: string]>>) =>
  ({ fact, reference, berth }: Difference): boolean =>
    rows[fact]?.[0] === reference && rows[fact]?.[1] === berth;

const absent = '(not there)';
const unlimited = '9223372036854771712';

/** Bits of AUDIT_WRITE, MKNOD and NET_RAW. */
const withheld = (1n << 29n) | (1n << 27n) | (1n << 13n);

export const expected: readonly Expected[] = [
  {
    key: 'services.init',
    why: 'on unless `init: false` is written',
    matches: values({
      'HostConfig.Init': ['', 'true'],
      init: ['no', 'yes'],
      'mount /usr/sbin/docker-init': [absent, 'ext4 ro,relatime private'],
    }),
  },
  {
    key: 'services.mem_limit',
    why: 'a service that names no limit has 512 MiB, and as much of swap',
    matches: values({
      'HostConfig.Memory': ['', '536870912'],
      'HostConfig.MemorySwap': ['', '1073741824'],
      'cgroup/memory/memory.limit_in_bytes': [unlimited, '536870912'],
      'cgroup/memory/memory.memsw.limit_in_bytes': [unlimited, '1073741824'],
    }),
  },
  {
    key: 'services.pids_limit',
    why: 'a service that names no limit has 512 processes',
    matches: values({ 'HostConfig.PidsLimit': ['', '512'], 'cgroup/pids/pids.max': ['max', '512'] }),
  },
  {
    key: 'services.cap_drop',
    why: 'AUDIT_WRITE, MKNOD and NET_RAW are dropped as well, unless `cap_add` has them',
    matches: ({ fact, reference, berth }) =>
      fact === 'HostConfig.CapDrop' ||
      (/^status Cap(Prm|Eff|Bnd)$/.test(fact) &&
        (BigInt(`0x${reference}`) & ~withheld) === BigInt(`0x${berth}`)),
  },
  {
    key: 'services.cpu_quota',
    why: 'quota and period become a number of CPUs',
    matches: values({
      'HostConfig.CpuPeriod': ['200000', ''],
      'HostConfig.CpuQuota': ['50000', ''],
      'HostConfig.NanoCpus': ['', '250000000'],
      'cgroup/cpu/cpu.cfs_period_us': ['200000', '100000'],
      'cgroup/cpu/cpu.cfs_quota_us': ['50000', '25000'],
    }),
  },
  {
    key: 'services.memswap_limit',
    why: 'the engine notes no limit of a container that runs and does not set it: Berth sets one nothing reaches',
    matches: values({
      'HostConfig.MemorySwap': ['-1', '9007199254740991'],
      'cgroup/memory/memory.memsw.limit_in_bytes': [unlimited, '9007199254736896'],
    }),
  },
  {
    key: 'services.volumes',
    why: 'files of the source are copies that travel with the release, read by everybody and written by nobody',
    matches: ({ where, fact, reference, berth }) =>
      where.replace(/ run$/, '') === 'mounts/binds' &&
      (fact.startsWith('mount ')
        ? /^ext4 r[ow],relatime private$|^\(not there\)$/.test(reference) && /^tmpfs r[ow],/.test(berth)
        : reference.replace(/^f 644/, 'f 444').replace(/^f 755/, 'f 555') === berth),
  },
  {
    key: 'services.secrets, services.configs',
    why: 'docker-compose mounts the file as it is on its disk, and says that it ignores `uid`, `gid` and `mode`',
    matches: ({ where, fact, reference, berth }) =>
      where.startsWith('mounts/files') &&
      (fact.startsWith('mount ')
        ? /^ext4 r[ow],relatime private$|^\(not there\)$/.test(reference) &&
          /^tmpfs ro,relatime (master|private) /.test(berth)
        : /^f /.test(reference)),
  },
  {
    key: 'services.volumes',
    why: 'a path of the source that has nothing in it is a volume, and is mounted as one',
    matches: ({ where, fact, reference, berth }) =>
      where.startsWith('fresh/') &&
      fact.startsWith('mount ') &&
      reference === 'ext4 rw,relatime private' &&
      berth === 'ext4 rw,relatime master',
  },
  {
    key: 'services.volumes_from',
    why: 'docker-compose forgets the `ro`; the specification has it',
    matches: ({ where, fact, reference, berth }) =>
      where === 'fresh/other' &&
      fact.startsWith('mount ') &&
      /^ext4 rw,relatime (private|master)$/.test(reference) &&
      berth === 'ext4 ro,relatime master',
  },
  {
    key: 'services.domainname',
    why: 'the end of `hostname`, which is the service’s name if it has none; Swarm has one field',
    matches: ({ where, fact, reference, berth }) =>
      (where === 'names/web' || where === 'names/kept') &&
      (values({ 'sysctl/kernel/domainname': ['example.org', '(none)'] })({ where, fact, reference, berth }) ||
        /^(env HOSTNAME|etc\/hostname|hostname|hosts (<id>|kept)(\.example\.org)?)$/.test(fact)),
  },
  {
    key: 'services.domainname',
    why: 'the whole host name leads to it as well',
    matches: ({ fact, reference, berth }) =>
      fact === 'name shop.example.org' && reference === '' && berth === 'web',
  },
  {
    key: 'services.network_mode',
    why: '`none` is an internal network the service has alone',
    matches: ({ where, fact }) =>
      where === 'names/alone' && /^(etc\/resolv\.conf|hosts <id>|name (alone|localhost))$/.test(fact),
  },
  {
    key: 'services.links',
    why: 'the alias of a link is a name for all services of the network, and leads to all tasks of the service',
    matches: ({ fact, reference, berth }) =>
      (fact === 'name database' && reference === '' && berth === 'db') ||
      (fact === 'name cache' && reference === 'cache' && berth === 'cache cache'),
  },
  {
    key: 'services.extra_hosts',
    why: 'several addresses of one name are sorted',
    matches: values({ 'hosts printer': ['192.0.2.9 192.0.2.10', '192.0.2.10 192.0.2.9'] }),
  },
  {
    key: 'services.expose',
    why: 'what is exposed is told to the edge, not to the engine, for which it changes nothing',
    matches: ({ fact, where }) => where === 'names/standard' && fact === 'Config.ExposedPorts',
  },
  {
    key: 'networks.internal',
    why: 'the engine gives a container of an internal bridge a route whose packets its firewall drops',
    matches: ({ where, ...rest }) =>
      where === 'names/kept' && values({ 'way out': ['yes', absent] })({ where, ...rest }),
  },
  {
    key: 'services.healthcheck',
    why: 'nobody waits for a one-off to be healthy: it has no health check',
    matches: ({ where, fact, berth }) =>
      where.endsWith(' run') && fact === 'Config.Healthcheck' && berth === '{Test: ["NONE"]}',
  },
  {
    key: 'services.isolation',
    why: 'Swarm writes the default where the other leaves it out',
    matches: values({ 'HostConfig.Isolation': ['', 'default'] }),
  },
  {
    key: 'services.stop_grace_period',
    why: 'a service that names none has 30 seconds, as releases drain; docker-compose has 10',
    matches: values({ 'stop after': ['10000', '30000'] }),
  },
  {
    key: 'services.stop_grace_period',
    why: 'docker-compose cuts it to whole seconds',
    matches: values({ 'stop after': ['1000', '1500'] }),
  },
];
