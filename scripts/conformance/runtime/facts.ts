/** What a container finds, by name: two that find the same have the same facts. */
export type Facts = ReadonlyMap<string, string>;

/** What is read of the engine's answer about a container. */
export interface Inspected {
  readonly Path: string;
  readonly Args: readonly string[];
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** Facts between a record and a unit separator: a name, a tab, and what it is. */
export function parseProbe(text: string): Map<string, string> {
  const facts = new Map<string, string>();
  for (const record of text.split('\x1f')) {
    const [before = '', fact] = record.split('\x1e');
    if (before.trim() !== '') throw new Error(`the probe said: ${before.trim()}`);
    if (fact === undefined) continue;
    const at = fact.indexOf('\t');
    facts.set(fact.slice(0, at), fact.slice(at + 1));
  }
  return facts;
}

/** Rows of /proc/PID/status that say what a process may. */
const statusRows = [
  ...['Uid', 'Gid', 'Groups', 'Umask', 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'],
  ...['NoNewPrivs', 'Seccomp', 'Cpus_allowed_list'],
];

/** Facts of what the probe said; pure. `own` are addresses of the container. */
export function factsOfProbe(said: ReadonlyMap<string, string>, own: readonly string[]): Map<string, string> {
  const facts = new Map<string, string>();
  for (const [name, value] of said) {
    if (name === 'process/cmdline') facts.set('argv', JSON.stringify(value.split('\0').slice(0, -1)));
    else if (name === 'process/environ') addEnvironment(value, facts);
    else if (name === 'process/status') {
      for (const row of statusRows)
        facts.set(
          `status ${row}`,
          (new RegExp(`^${row}:\\s*(.*?)\\s*$`, 'm').exec(value)?.[1] ?? '').replace(/\s+/g, ' '),
        );
    } else if (name === 'process/limits') {
      for (const line of value.trim().split('\n').slice(1)) {
        const [limit = '', soft, hard] = line.split(/\s{2,}/);
        facts.set(`limit ${limit}`, `${soft} ${hard}`);
      }
    } else if (name === 'etc/hosts') addHosts(value, own, facts);
    else if (name === 'process/mountinfo') addMounts(value, facts);
    else if (/^fd\//.test(name)) facts.set(name, value.trim().replace(/\[\d+\]|\d+$/, ''));
    else facts.set(name.replace(/^process\//, ''), value.trimEnd());
  }
  return facts;
}

function addEnvironment(environ: string, facts: Map<string, string>): void {
  for (const entry of environ.split('\0').slice(0, -1)) {
    const at = entry.indexOf('=');
    facts.set(`env ${entry.slice(0, at)}`, JSON.stringify(entry.slice(at + 1)));
  }
}

/** By name: which address has it. Its own are all one. */
function addHosts(text: string, own: readonly string[], facts: Map<string, string>): void {
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    for (const name of names) {
      const key = `hosts ${name}`;
      const at = own.includes(address) ? 'its own' : address;
      if (!(facts.get(key) ?? '').split(' ').includes(at))
        facts.set(key, [...(facts.get(key)?.split(' ') ?? []), at].join(' '));
    }
  }
}

/** Of each mount its kind, its options and who else sees what is mounted below it. */
function addMounts(text: string, facts: Map<string, string>): void {
  for (const line of text.trim().split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , , target = '', options = '', ...shared] = left.split(' ');
    const [type = '', , superOptions = ''] = right.split(' ');
    const propagation = shared.map((tag) => tag.replace(/:\d+$/, '')).join(',') || 'private';
    // Options of the file system behind a bind mount are those of the disk, and no matter of the container.
    const own = ['tmpfs', 'mqueue', 'devpts'].includes(type)
      ? ` ${superOptions.replace(/,?inode64/, '')}`
      : '';
    const key = `mount ${target}`;
    const before = facts.get(key);
    const said = `${type} ${options} ${propagation}${own}`;
    facts.set(key, before === undefined ? said : `${before} under ${said}`);
  }
}

/** Fields of `Config` and `HostConfig` that are no form of another fact. */
const configFields = [
  ...['User', 'Tty', 'OpenStdin', 'StdinOnce', 'WorkingDir', 'StopSignal', 'ExposedPorts'],
  ...['Healthcheck', 'Shell', 'Volumes'],
];
const hostFields = [
  ...['LogConfig', 'OomScoreAdj', 'OomKillDisable', 'Privileged', 'ReadonlyRootfs', 'SecurityOpt', 'Runtime'],
  ...[
    'Isolation',
    'MaskedPaths',
    'ReadonlyPaths',
    'UsernsMode',
    'PidMode',
    'IpcMode',
    'UTSMode',
    'CgroupnsMode',
  ],
  ...[
    'Devices',
    'DeviceCgroupRules',
    'DeviceRequests',
    'StorageOpt',
    'CgroupParent',
    'AutoRemove',
    'VolumeDriver',
  ],
  ...[
    'Memory',
    'MemoryReservation',
    'MemorySwap',
    'MemorySwappiness',
    'CpuShares',
    'CpusetCpus',
    'PidsLimit',
  ],
  ...[
    'BlkioWeight',
    'CpuQuota',
    'CpuPeriod',
    'CpuRealtimePeriod',
    'CpuRealtimeRuntime',
    'CpusetMems',
    'Sysctls',
  ],
  ...[
    'Ulimits',
    'CapAdd',
    'CapDrop',
    'GroupAdd',
    'Init',
    'Dns',
    'DnsOptions',
    'DnsSearch',
    'ExtraHosts',
    'Links',
  ],
];

/** Facts of what the engine says; labels of Compose and of Berth are none. */
export function factsOfInspect(inspected: Inspected): Map<string, string> {
  const { Path, Args, Config, HostConfig } = inspected;
  const facts = new Map([['executed', JSON.stringify([Path, ...Args])]]);
  for (const field of configFields) facts.set(`Config.${field}`, printed(Config[field]));
  for (const field of hostFields)
    facts.set(`HostConfig.${field}`, printed(inOrder(field, HostConfig[field])));
  for (const [name, value] of Object.entries((Config.Labels ?? {}) as Record<string, string>))
    if (!/^(com\.docker\.(compose|swarm)|berth)\./.test(name))
      facts.set(`label ${name}`, JSON.stringify(value));
  return facts;
}

/** Limits are each by their name. */
const inOrder = (field: string, value: unknown): unknown =>
  field === 'ExtraHosts' && Array.isArray(value)
    ? value.toSorted()
    : field === 'Ulimits' && Array.isArray(value)
      ? value.toSorted((one: { Name: string }, other: { Name: string }) => (one.Name < other.Name ? -1 : 1))
      : value;

/** A container is called by its id where nothing else is said. */
export const withoutId = (facts: Facts, id: string): Map<string, string> => {
  const short = id.slice(0, 12);
  return new Map(
    [...facts].map(([fact, value]) => [fact.replaceAll(short, '<id>'), value.replaceAll(short, '<id>')]),
  );
};

/** Nothing is nothing, in whatever form; the order of keys says nothing. */
function printed(value: unknown): string {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : `[${value.map(printedItem).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.length === 0
    ? ''
    : `{${entries.map(([key, item]) => `${key}: ${printedItem(item)}`).join(', ')}}`;
}

const printedItem = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : printed(value) || '-';

export interface Difference {
  /** `case/service`. */
  readonly where: string;
  readonly fact: string;
  readonly reference: string;
  readonly berth: string;
}

/** What one has and the other has not, or has otherwise. Absent is empty. */
export function findDifferences(where: string, reference: Facts, berth: Facts): Difference[] {
  return [...new Set([...reference.keys(), ...berth.keys()])].sort().flatMap((fact) => {
    const one = reference.get(fact);
    const other = berth.get(fact);
    if (one === other) return [];
    return [{ where, fact, reference: one ?? '(not there)', berth: other ?? '(not there)' }];
  });
}

export const printDifference = ({ where, fact, reference, berth }: Difference): string =>
  `${where}  ${fact}  ${clip(reference)} | ${clip(berth)}`;

const clip = (text: string): string => JSON.stringify(text.slice(0, 200));
