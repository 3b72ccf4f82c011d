import { printEndpoint } from '@berth/domain/bound-port';
import type { FileGrant, HostPort, Mount, ServiceSpec } from '@berth/domain/service';

type Key = Exclude<keyof ServiceSpec, 'name' | 'environment'>;

const words: Readonly<Record<Key, string>> = {
  command: 'command',
  entrypoint: 'entrypoint',
  user: 'user',
  workingDir: 'working directory',
  hostname: 'host name',
  replicas: 'replicas',
  port: 'port',
  probe: 'probe',
  resources: '',
  stop: 'stop',
  init: 'init process',
  readOnly: 'read-only file system',
  capAdd: 'added capabilities',
  capDrop: 'dropped capabilities',
  restart: 'restart',
  logging: 'logging',
  ulimits: 'ulimits',
  oomScoreAdj: 'OOM score',
  dns: 'DNS',
  extraHosts: 'extra hosts',
  mounts: 'mounts',
  mode: 'mode',
  networks: 'networks',
  hostNetwork: 'network of the node',
  allowFrom: 'clients let in',
  ports: 'ports of the node',
  files: 'mounted files',
  secretVariables: 'secret for the variable',
  dependsOn: 'waits for',
  placement: 'placement',
  sysctls: 'kernel setting',
  groups: 'groups',
  tty: 'terminal',
  stdinOpen: 'open standard input',
  noNewPrivileges: 'no new privileges',
  seccomp: 'seccomp profile',
  appArmor: 'AppArmor profile',
  seLinux: 'SELinux label',
  healthcheck: 'health check',
  schedule: 'schedule',
  logFiles: 'log files',
  labels: 'label',
  serviceLabels: 'label of the Swarm service',
};

/** Of the fields inside an object; others are named as they are. */
const innerWords: Readonly<Record<string, string>> = {
  memoryBytesMax: 'memory limit',
  sizeBytes: 'size',
  ipRange: 'address range',
  mtu: 'MTU',
  shared: 'name',
  memoryBytesReserved: 'reserved memory',
  memorySwapBytesMax: 'limit of memory and swap',
  cpusMax: 'CPU limit',
  cpusReserved: 'reserved CPUs',
  cpuWeight: 'CPU weight',
  cpuset: 'processors',
  pidsMax: 'process limit',
  blockIoWeight: 'disk weight',
  graceMs: 'grace period',
  delayMs: 'delay',
  keepsDelay: 'delay kept as it is',
  attemptsMax: 'attempts',
  windowMs: 'window',
  intervalMs: 'interval',
  timeoutMs: 'timeout',
  startPeriodMs: 'start period',
  startIntervalMs: 'start interval',
  replicasPerNodeMax: 'replicas per node',
};

/** How the settings of a service differ, a line each; its variables and image are told elsewhere. Pure. */
export function describeSettings(was: ServiceSpec, is: ServiceSpec): string[] {
  return (Object.keys(words) as Key[]).flatMap((key) => describe(key, was[key], is[key]));
}

function describe(key: Key, was: unknown, is: unknown): string[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const word = words[key];
  if (isList(was) && isList(is) && key !== 'command' && key !== 'entrypoint')
    return [describeList(word, was, is)];
  if (isObject(was) && isObject(is)) return describeFields(word, was, is);
  return [`${word} ${show(was, key)} → ${show(is, key)}`];
}

/** How the fields of two objects differ, a line each that begins with `word`. Pure. */
export function describeFields(word: string, was: object, is: object): string[] {
  const [before, after] = [was, is] as Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((inner) => JSON.stringify(before?.[inner]) !== JSON.stringify(after?.[inner]))
    .map((inner) => {
      const [old, now] = [before?.[inner], after?.[inner]];
      const name = `${word} ${innerWords[inner] ?? inner}`.trim();
      return isList(old) && isList(now)
        ? describeList(name, old, now)
        : `${name} ${show(old, inner)} → ${show(now, inner)}`;
    });
}

function describeList(word: string, was: readonly unknown[], is: readonly unknown[]): string {
  const [before, after] = [was.map(item), is.map(item)];
  const changes = [
    ...after.filter((text) => !before.includes(text)).map((text) => `+ ${text}`),
    ...before.filter((text) => !after.includes(text)).map((text) => `− ${text}`),
  ];
  return `${word}: ${changes.length === 0 ? 'in another order' : changes.join(', ')}`;
}

/** One entry of a list, as people would write it. */
function item(value: unknown): string {
  if (!isObject(value)) return String(value);
  if ('kind' in value && 'target' in value) return mountOrFile(value as unknown as Mount | FileGrant);
  if ('published' in value) {
    const { published, target, protocol, address } = value as unknown as HostPort;
    return `${printEndpoint(published, address)}:${target}/${protocol}`;
  }
  if ('condition' in value) return `${value.service} (${value.condition})`;
  if ('network' in value) {
    const aliases = (value.aliases as readonly string[] | undefined) ?? [];
    return `${value.network}${aliases.length === 0 ? '' : ` as ${aliases.join(', ')}`}`;
  }
  if ('soft' in value) return `${value.name} ${value.soft}:${value.hard}`;
  return JSON.stringify(value);
}

function mountOrFile(value: Mount | FileGrant): string {
  const details: string[] = [];
  if ('readOnly' in value && value.readOnly) details.push('read-only');
  if ('copy' in value && value.copy === false) details.push('not filled by the image');
  if ('subpath' in value && value.subpath !== undefined) details.push(`only ${value.subpath}`);
  if ('sizeBytes' in value && value.sizeBytes !== undefined) details.push(bytes(value.sizeBytes));
  if ('mode' in value && value.mode !== undefined) details.push(value.mode.toString(8).padStart(4, '0'));
  if ('uid' in value) details.push(`${value.uid}:${value.gid}`);
  const source = 'source' in value ? ` ${value.source}` : '';
  return `${value.kind}${source} at ${value.target}${details.length === 0 ? '' : ` (${details.join('; ')})`}`;
}

/** A value of a specification in words, with the unit that its name says. */
export function show(value: unknown, key: string): string {
  if (value === undefined) return 'unset';
  if (typeof value === 'number' && key.includes('Bytes')) return value < 0 ? 'none' : bytes(value);
  if (typeof value === 'number' && key.endsWith('Ms')) return `${value / 1000} s`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const bytes = (count: number): string =>
  count % 2 ** 20 === 0 ? `${count / 2 ** 20} MiB` : `${count} bytes`;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
