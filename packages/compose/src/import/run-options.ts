import { type Fields, ImportFault } from './imported.ts';

/** What the options of a `docker run` line make of a service. */
export interface RunState {
  readonly service: Fields;
  readonly volumes: Record<string, null>;
  readonly networks: Record<string, Fields>;
  readonly notes: string[];
  name: string | undefined;
}

export type RunOption = (state: RunState, value: string) => void;

const set =
  (key: string): RunOption =>
  ({ service }, value) => {
    service[key] = value;
  };
const number =
  (key: string): RunOption =>
  ({ service }, value) => {
    service[key] = Number(value);
  };
const append =
  (key: string): RunOption =>
  ({ service }, value) => {
    service[key] = [...((service[key] as unknown[] | undefined) ?? []), value];
  };
const within =
  (key: string, inner: string, read: (value: string) => unknown = (value) => value): RunOption =>
  ({ service }, value) => {
    service[key] = { ...((service[key] as Fields | undefined) ?? {}), [inner]: read(value) };
  };
const pair =
  (key: string): RunOption =>
  ({ service }, value) => {
    const at = value.indexOf('=');
    const [name, content] = at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)];
    service[key] = { ...((service[key] as Fields | undefined) ?? {}), [name]: content };
  };
const ignored =
  (why: string): RunOption =>
  ({ notes }, value) => {
    notes.push(`${value} has no counterpart: ${why}`);
  };

const volume: RunOption = ({ service, volumes }, value) => {
  const source = value.split(':')[0]!;
  if (value.includes(':') && /^[A-Za-z0-9][\w.-]+$/.test(source)) volumes[source] = null;
  append('volumes')({ service } as RunState, value);
};

const mount: RunOption = ({ service, volumes }, value) => {
  const parts = new Map(
    value.split(',').map((part): [string, string | undefined] => [part.split('=')[0]!, part.split('=')[1]]),
  );
  const type = parts.get('type') ?? 'volume';
  const source = parts.get('source') ?? parts.get('src');
  const target = parts.get('target') ?? parts.get('dst') ?? parts.get('destination');
  if (target === undefined) throw new ImportFault(`--mount ${value} has no target`);
  if (type === 'volume' && source !== undefined) volumes[source] = null;
  const isReadOnly = parts.has('readonly') || parts.has('ro');
  const size = parts.get('tmpfs-size');
  const made = {
    type,
    ...(source === undefined ? {} : { source }),
    target,
    ...(isReadOnly ? { read_only: true } : {}),
    ...(size === undefined ? {} : { tmpfs: { size } }),
  };
  service.volumes = [...((service.volumes as unknown[] | undefined) ?? []), made];
};

const network: RunOption = ({ service, networks, notes }, value) => {
  if (value === 'bridge' || value === 'default') return;
  if (/^(?:host|none|container:.*)$/.test(value)) {
    service.network_mode = value;
    return;
  }
  networks[value] = {};
  service.networks = { ...((service.networks as Fields | undefined) ?? {}), [value]: {} };
  notes.push(
    `the network ${value} is made anew for this project; to join one that is there, say external: true`,
  );
};

const inNetwork =
  (key: string, isList: boolean): RunOption =>
  ({ service }, value) => {
    const known = (service.networks as Record<string, Fields> | undefined) ?? { default: {} };
    const name = Object.keys(known)[0]!;
    const before = (known[name]![key] as string[] | undefined) ?? [];
    service.networks = { ...known, [name]: { ...known[name], [key]: isList ? [...before, value] : value } };
  };

const ulimit: RunOption = ({ service }, value) => {
  const [name, range = ''] = value.split('=', 2) as [string, string?];
  const [soft, hard] = range.split(':').map(Number) as [number, number?];
  const made = hard === undefined ? soft : { soft, hard };
  service.ulimits = { ...((service.ulimits as Fields | undefined) ?? {}), [name]: made };
};

const gpus: RunOption = ({ service }, value) => {
  const count = value === 'all' ? 'all' : Number(value);
  const devices = [{ driver: 'nvidia', count: Number.isNaN(count) ? 'all' : count, capabilities: ['gpu'] }];
  service.deploy = { resources: { reservations: { devices } } };
};

const seconds: RunOption = ({ service }, value) => {
  service.stop_grace_period = `${value}s`;
};

const healthCommand: RunOption = within('healthcheck', 'test', (value) => ['CMD-SHELL', value]);

/** Options that take a value, by their long name. */
export const valueOptions: Readonly<Record<string, RunOption>> = {
  'add-host': append('extra_hosts'),
  annotation: pair('annotations'),
  attach: ignored('the service runs detached'),
  'blkio-weight': within('blkio_config', 'weight', Number),
  'cap-add': append('cap_add'),
  'cap-drop': append('cap_drop'),
  'cgroup-parent': set('cgroup_parent'),
  cgroupns: set('cgroup'),
  cidfile: ignored('the platform knows its containers'),
  'cpu-period': number('cpu_period'),
  'cpu-quota': number('cpu_quota'),
  'cpu-shares': number('cpu_shares'),
  cpus: number('cpus'),
  'cpuset-cpus': set('cpuset'),
  'detach-keys': ignored('the service runs detached'),
  device: append('devices'),
  'device-cgroup-rule': append('device_cgroup_rules'),
  dns: append('dns'),
  'dns-opt': append('dns_opt'),
  'dns-option': append('dns_opt'),
  'dns-search': append('dns_search'),
  domainname: set('domainname'),
  entrypoint: ({ service }, value) => {
    service.entrypoint = [value];
  },
  env: append('environment'),
  'env-file': append('env_file'),
  expose: append('expose'),
  gpus,
  'group-add': append('group_add'),
  'health-cmd': healthCommand,
  'health-interval': within('healthcheck', 'interval'),
  'health-retries': within('healthcheck', 'retries', Number),
  'health-start-interval': within('healthcheck', 'start_interval'),
  'health-start-period': within('healthcheck', 'start_period'),
  'health-timeout': within('healthcheck', 'timeout'),
  hostname: set('hostname'),
  ip: inNetwork('ipv4_address', false),
  ip6: inNetwork('ipv6_address', false),
  ipc: set('ipc'),
  isolation: set('isolation'),
  label: append('labels'),
  'label-file': append('label_file'),
  link: ({ notes, service }, value) => {
    const [target, alias = target] = value.split(':');
    service.external_links = [...((service.external_links as string[] | undefined) ?? []), value];
    notes.push(
      `${target} is reached as ${alias} by a link; import its own line too and name it in \`links\``,
    );
  },
  'log-driver': within('logging', 'driver'),
  'log-opt': ({ service }, value) => {
    const logging = (service.logging as Fields | undefined) ?? {};
    const at = value.indexOf('=');
    const options = {
      ...((logging.options as Fields | undefined) ?? {}),
      [value.slice(0, at)]: value.slice(at + 1),
    };
    service.logging = { ...logging, options };
  },
  'mac-address': set('mac_address'),
  memory: set('mem_limit'),
  'memory-reservation': set('mem_reservation'),
  'memory-swap': set('memswap_limit'),
  'memory-swappiness': number('mem_swappiness'),
  mount,
  name: (state, value) => {
    state.name = value;
  },
  net: network,
  network,
  'network-alias': inNetwork('aliases', true),
  'oom-score-adj': number('oom_score_adj'),
  pid: set('pid'),
  'pids-limit': number('pids_limit'),
  platform: set('platform'),
  publish: append('ports'),
  pull: set('pull_policy'),
  restart: set('restart'),
  runtime: set('runtime'),
  'security-opt': append('security_opt'),
  'shm-size': set('shm_size'),
  'stop-signal': set('stop_signal'),
  'stop-timeout': seconds,
  'storage-opt': pair('storage_opt'),
  sysctl: pair('sysctls'),
  tmpfs: append('tmpfs'),
  ulimit,
  user: set('user'),
  userns: set('userns_mode'),
  uts: set('uts'),
  volume,
  'volume-driver': ignored('name the driver under the top-level `volumes`'),
  'volumes-from': append('volumes_from'),
  workdir: set('working_dir'),
};

const on =
  (key: string): RunOption =>
  ({ service }) => {
    service[key] = true;
  };
const nothing: RunOption = () => {};

/** Options without a value, by their long name. */
export const switchOptions: Readonly<Record<string, RunOption>> = {
  detach: nothing,
  'disable-content-trust': nothing,
  init: on('init'),
  interactive: on('stdin_open'),
  'no-healthcheck': within('healthcheck', 'disable', () => true),
  'oom-kill-disable': on('oom_kill_disable'),
  privileged: on('privileged'),
  'publish-all': ({ notes }) => {
    notes.push('-P published every port of the image: name those you want under `ports`');
  },
  quiet: nothing,
  'read-only': on('read_only'),
  rm: ({ notes }) => {
    notes.push('--rm: a service is replaced, never left; use `berth run` for a task that ends');
  },
  'sig-proxy': nothing,
  tty: on('tty'),
};

export const shortOptions: Readonly<Record<string, string>> = {
  a: 'attach',
  c: 'cpu-shares',
  d: 'detach',
  e: 'env',
  h: 'hostname',
  i: 'interactive',
  l: 'label',
  m: 'memory',
  p: 'publish',
  P: 'publish-all',
  q: 'quiet',
  t: 'tty',
  u: 'user',
  v: 'volume',
  w: 'workdir',
};
