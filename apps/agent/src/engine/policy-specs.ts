import { memoryDir } from '@berth/contract/agent-paths';
import { findCapabilityFault } from '@berth/domain/capability';
import { label } from '@berth/domain/label';
import { isNamespacedSysctl } from '@berth/domain/sysctl';
import { isVolumeOptions } from '../volumes/options.ts';
import type { Decision, ObjectRef, PolicySettings } from './policy.ts';

/**
 * Bodies of create and update requests. Each object is judged by the keys it may have: a key that is not
 * listed is denied by name, so a field the engine learns later is closed until somebody opens it here.
 */

type Settings = Pick<PolicySettings, 'platform' | 'volumesDir'>;
type Fields = Readonly<Record<string, (value: unknown) => string | undefined>>;

const any = (): undefined => undefined;
const empty = (value: unknown): string | undefined => (isEmpty(value) ? undefined : 'must not be set');
const safeCapabilities = (value: unknown): string | undefined => {
  const bad = list(value).find((name) => findCapabilityFault(String(name)) !== undefined);
  return bad === undefined ? undefined : `capability ${String(bad)} is not one a task may add`;
};
const namespacedSysctls = (value: unknown): string | undefined => {
  const bad = Object.keys(record(value)).find((name) => !isNamespacedSysctl(name));
  return bad === undefined ? undefined : `${bad} is a setting of the whole node`;
};
const notBelowZero = (value: unknown): string | undefined =>
  Number(value) >= 0 ? undefined : 'must not be below 0';
const noNewPrivileges = (value: unknown): string | undefined => {
  const bad = list(value).find((option) => !/^no-new-privileges(:true)?$/.test(String(option)));
  return bad === undefined ? undefined : `security option ${String(bad)} is not allowed`;
};
/** A file or directory of the host is never mounted, under any of the names it can have. */
const safeMounts = (value: unknown): string | undefined => {
  for (const mount of list(value).map(record)) {
    const source = String(mount.Source ?? '');
    if (mount.Type === 'tmpfs') continue;
    if (mount.Type !== 'volume') return `a mount of type ${String(mount.Type)}: only volume and tmpfs`;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(source))
      return `${source || 'a mount'} is not the name of a volume`;
    const driver = record(record(mount.VolumeOptions).DriverConfig);
    if (!(isEmpty(driver.Name) || driver.Name === 'local')) return `volume ${source} with a driver`;
  }
  return undefined;
};
/** The agent's own volumes, by exactly the options it gave: anything else could be any directory of the host. */
const findVolumeFault = (mounts: unknown, volumesDir: string): string | undefined => {
  for (const mount of list(mounts).map(record)) {
    const { Options } = record(record(mount.VolumeOptions).DriverConfig);
    if (!isEmpty(Options) && !isVolumeOptions(record(Options), volumesDir))
      return `volume ${String(mount.Source)} with driver options could be any directory of the host`;
  }
  return undefined;
};
const privateNetwork = (value: unknown): string | undefined =>
  /^(host|container:|ns:)/.test(String(value ?? '')) ? `network mode ${String(value)}` : undefined;

const hostConfig: Fields = {
  Memory: any,
  MemorySwap: any,
  MemoryReservation: any,
  MemorySwappiness: any,
  NanoCpus: any,
  CpuShares: any,
  CpuPeriod: any,
  CpuQuota: any,
  CpusetCpus: any,
  PidsLimit: any,
  BlkioWeight: any,
  Ulimits: any,
  ShmSize: any,
  Init: any,
  AutoRemove: any,
  ReadonlyRootfs: any,
  Tmpfs: any,
  LogConfig: any,
  RestartPolicy: any,
  Dns: any,
  DnsOptions: any,
  DnsSearch: any,
  ExtraHosts: any,
  CapDrop: any,
  CapAdd: safeCapabilities,
  SecurityOpt: noNewPrivileges,
  Mounts: safeMounts,
  NetworkMode: privateNetwork,
  OomScoreAdj: notBelowZero,
  Sysctls: namespacedSysctls,
  GroupAdd: any,
  IpcMode: (value) => (['', 'private', 'none'].includes(String(value ?? '')) ? undefined : 'must be private'),
};

const containerKeys: Fields = {
  ...Object.fromEntries(
    [
      ...[
        'Image',
        'Cmd',
        'Entrypoint',
        'Env',
        'Labels',
        'User',
        'WorkingDir',
        'Hostname',
        'Tty',
        'OpenStdin',
      ],
      ...['StdinOnce', 'AttachStdin', 'AttachStdout', 'AttachStderr', 'StopSignal', 'StopTimeout'],
      ...['ExposedPorts', 'Healthcheck', 'Domainname', 'NetworkDisabled', 'NetworkingConfig'],
    ].map((key) => [key, any]),
  ),
  HostConfig: (value) => findFault(record(value), hostConfig, 'HostConfig'),
  Volumes: empty,
};

const taskContainer: Fields = {
  ...Object.fromEntries(
    [
      ...[
        'Image',
        'Labels',
        'Command',
        'Args',
        'Hostname',
        'Env',
        'Dir',
        'User',
        'Groups',
        'TTY',
        'OpenStdin',
      ],
      ...[
        'ReadOnly',
        'StopSignal',
        'StopGracePeriod',
        'Init',
        'HealthCheck',
        // As the engine itself spells it when it tells a service: an update sends that back.
        'Healthcheck',
        'Hosts',
        'DNSConfig',
        'Ulimits',
      ],
      ...['CapabilityDrop', 'Secrets', 'Configs'],
    ].map((key) => [key, any]),
  ),
  Mounts: safeMounts,
  CapabilityAdd: safeCapabilities,
  Isolation: (value) => (['', 'default'].includes(String(value ?? '')) ? undefined : 'must be default'),
  Sysctls: namespacedSysctls,
  OomScoreAdj: notBelowZero,
  Privileges: (value) => findFault(record(value), { NoNewPrivileges: any }, 'Privileges'),
};

const taskTemplate: Fields = {
  ContainerSpec: (value) => findFault(record(value), taskContainer, 'ContainerSpec'),
  Resources: (value) =>
    isEmpty(record(record(value).Reservations).GenericResources) ? undefined : 'devices',
  RestartPolicy: any,
  Placement: any,
  Networks: (value) =>
    list(value).some((network) => ['host', 'none'].includes(String(record(network).Target)))
      ? 'the host network'
      : undefined,
  LogDriver: any,
  ForceUpdate: any,
  Runtime: (value) => (['', 'container'].includes(String(value ?? '')) ? undefined : 'must be container'),
};

const serviceKeys: Fields = {
  Name: any,
  Labels: any,
  Mode: any,
  UpdateConfig: any,
  RollbackConfig: any,
  EndpointSpec: (value) => hostPortsFault(record(value)),
  TaskTemplate: (value) => findFault(record(value), taskTemplate, 'TaskTemplate'),
};

/** Ports of the node of the task only: the routing mesh would open them on every node. Control keeps who has which. */
function hostPortsFault(endpoint: Readonly<Record<string, unknown>>): string | undefined {
  for (const port of list(endpoint.Ports).map(record)) {
    if (port.PublishMode !== 'host') return 'a published port must be in host mode: the edge is the way in';
    if (!['tcp', 'udp'].includes(String(port.Protocol ?? 'tcp'))) return 'a published port is TCP or UDP';
    for (const key of ['TargetPort', 'PublishedPort'])
      if (!Number.isInteger(port[key]) || Number(port[key]) < 1 || Number(port[key]) > 65_535)
        return `${key} ${String(port[key])} is not a port`;
  }
  return undefined;
}

const networkKeys: Fields = {
  Name: any,
  Labels: any,
  CheckDuplicate: any,
  Attachable: any,
  Internal: any,
  EnableIPv6: any,
  Options: (value) =>
    Object.keys(record(value)).some((key) => !/^(encrypted|com\.docker\.network\.driver\.mtu)$/.test(key))
      ? 'only encrypted and the MTU'
      : undefined,
  IPAM: any,
  Ingress: (value) => (value === true ? 'must not be set' : undefined),
  Scope: any,
  Driver: (value) =>
    ['overlay', 'bridge'].includes(String(value))
      ? undefined
      : `driver ${String(value)}: only overlay and bridge`,
};

/** Without the mounts that are files the agent itself has put into memory: the others are judged as always. */
function withoutOwnFiles(
  spec: Readonly<Record<string, unknown>>,
  directory: string,
): Readonly<Record<string, unknown>> {
  const host = record(spec.HostConfig);
  const isOwnFile = (mount: Readonly<Record<string, unknown>>): boolean => {
    const source = String(mount.Source ?? '');
    return (
      mount.Type === 'bind' &&
      mount.ReadOnly === true &&
      source.startsWith(directory) &&
      /^\d{1,4}$/.test(source.slice(directory.length)) &&
      Object.keys(mount).every((key) => ['Type', 'Source', 'Target', 'ReadOnly'].includes(key))
    );
  };
  const others = list(host.Mounts).filter((mount) => !isOwnFile(record(mount)));
  return host.Mounts === undefined ? spec : { ...spec, HostConfig: { ...host, Mounts: others } };
}

/** `name`: what the container will be called; only files put into memory for it may be bound into it. */
export function judgeContainer(body: unknown, { platform, volumesDir }: Settings, name = ''): Decision {
  const spec = /^[a-z0-9][a-z0-9-]*$/.test(name)
    ? withoutOwnFiles(record(body), `${memoryDir.host(platform)}/${name}/`)
    : record(body);
  const reason =
    findFault(spec, containerKeys, 'container') ??
    findVolumeFault(record(spec.HostConfig).Mounts, volumesDir) ??
    findLabelsFault(spec.Labels, platform);
  if (reason !== undefined) return { kind: 'deny', reason };
  const networks = [
    ...Object.keys(record(record(spec.NetworkingConfig).EndpointsConfig)),
    String(record(spec.HostConfig).NetworkMode ?? ''),
  ].filter((name) => !['', 'default', 'bridge', 'none'].includes(name));
  return { kind: 'allow', objects: networks.map(appNetwork) };
}

export function judgeService(body: unknown, { platform, volumesDir }: Settings): Decision {
  const spec = record(body);
  const task = record(spec.TaskTemplate);
  const reason =
    findFault(spec, serviceKeys, 'service') ??
    findVolumeFault(record(task.ContainerSpec).Mounts, volumesDir) ??
    findLabelsFault(spec.Labels, platform) ??
    findLabelsFault(record(task.ContainerSpec).Labels, platform);
  if (reason !== undefined) return { kind: 'deny', reason };
  return {
    kind: 'allow',
    objects: [
      ...list(task.Networks).map((network) => appNetwork(String(record(network).Target))),
      ...grantedFiles(record(task.ContainerSpec)),
    ],
  };
}

export function judgeNetwork(body: unknown, platform: string): Decision {
  const spec = record(body);
  const reason = findFault(spec, networkKeys, 'network') ?? findLabelsFault(spec.Labels, platform);
  return reason === undefined ? { kind: 'allow', objects: [] } : { kind: 'deny', reason };
}

export function judgeVolume(body: unknown, platform: string): Decision {
  const spec = record(body);
  const keys: Fields = {
    Name: any,
    Labels: any,
    Driver: (value) => (['', 'local'].includes(String(value ?? '')) ? undefined : 'must be local'),
    DriverOpts: (value) => (isEmpty(value) ? undefined : 'could make any directory of the host a volume'),
  };
  const reason = findFault(spec, keys, 'volume') ?? findLabelsFault(spec.Labels, platform);
  return reason === undefined ? { kind: 'allow', objects: [] } : { kind: 'deny', reason };
}

/** A secret or config; the swarm's own templates and drivers stay closed. */
export function judgeFile(body: unknown, kind: 'secret' | 'config', platform: string): Decision {
  const spec = record(body);
  const keys: Fields = { Name: any, Labels: any, Data: any };
  const reason = findFault(spec, keys, kind) ?? findLabelsFault(spec.Labels, platform);
  return reason === undefined ? { kind: 'allow', objects: [] } : { kind: 'deny', reason };
}

/** Secrets and configs a task would get, by the id the engine goes by. */
const grantedFiles = (container: Readonly<Record<string, unknown>>): ObjectRef[] => [
  ...list(container.Secrets).map((grant) => ({
    kind: 'secret' as const,
    id: String(record(grant).SecretID),
  })),
  ...list(container.Configs).map((grant) => ({
    kind: 'config' as const,
    id: String(record(grant).ConfigID),
  })),
];

const appNetwork = (id: string): ObjectRef => ({ kind: 'network', id });

function findLabelsFault(labels: unknown, platform: string): string | undefined {
  const given = record(labels);
  if (given[label.platform] !== platform) return `the label ${label.platform}=${platform} is missing`;
  if (given[label.role] !== undefined) return `the label ${label.role} is for Berth's own containers`;
  return undefined;
}

function findFault(
  object: Readonly<Record<string, unknown>>,
  fields: Fields,
  at: string,
): string | undefined {
  for (const [key, value] of Object.entries(object)) {
    // Own keys only, and exactly as written: the engine's decoder ignores case, so any other case is unknown.
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      if (isEmpty(value)) continue;
      return `${at}.${key} is not one Berth uses`;
    }
    const fault = field(value);
    if (fault !== undefined)
      return fault.startsWith(`${at}.`) || fault.includes('.') ? fault : `${at}.${key}: ${fault}`;
  }
  return undefined;
}

/** What the engine treats as not given. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value == null ? [] : [value];
const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
