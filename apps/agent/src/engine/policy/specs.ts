import { memoryDir } from '@berth/contract/agent-paths';
import { label } from '@berth/domain/label';
import {
  any,
  empty,
  type Fields,
  findFault,
  findVolumeFault,
  list,
  namespacedSysctls,
  notBelowZero,
  privateNetwork,
  privileges,
  record,
  type Settings,
  safeCapabilities,
  safeMounts,
  securityOptions,
  unlessAllowed,
} from './fields.ts';
import { isEmpty } from './keys.ts';
import type { Decision, ObjectRef } from './request.ts';

/**
 * Bodies of create and update requests. Each object is judged by the keys it may have: a key that is not
 * listed is denied by name, so a field the engine learns later is closed until somebody opens it here.
 */

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
  SecurityOpt: securityOptions,
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
  HostConfig: (value, given) => findFault(record(value), hostConfig, 'HostConfig', given),
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
  Privileges: (value, given) => findFault(record(value), privileges, 'Privileges', given),
};

const taskTemplate: Fields = {
  ContainerSpec: (value, given) => findFault(record(value), taskContainer, 'ContainerSpec', given),
  Resources: (value) =>
    isEmpty(record(record(value).Reservations).GenericResources) ? undefined : 'devices',
  RestartPolicy: any,
  Placement: any,
  Networks: (value, given) => {
    const targets = list(value).map((network) => record(network).Target);
    if (targets.includes('none')) return 'the network none';
    return targets.includes('host') ? unlessAllowed(given, 'network:host') : undefined;
  },
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
  TaskTemplate: (value, given) => findFault(record(value), taskTemplate, 'TaskTemplate', given),
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
export function judgeContainer(body: unknown, settings: Settings, name = ''): Decision {
  const { platform, volumesDir } = settings;
  const spec = /^[a-z0-9][a-z0-9-]*$/.test(name)
    ? withoutOwnFiles(record(body), `${memoryDir.host(platform)}/${name}/`)
    : record(body);
  const reason =
    findFault(spec, containerKeys, 'container', settings) ??
    findVolumeFault(record(spec.HostConfig).Mounts, volumesDir) ??
    findLabelsFault(spec.Labels, platform);
  if (reason !== undefined) return { kind: 'deny', reason };
  const networks = [
    ...Object.keys(record(record(spec.NetworkingConfig).EndpointsConfig)),
    // The network of the host was judged with the other fields.
    String(record(spec.HostConfig).NetworkMode ?? '').replace(/^host$/, ''),
  ].filter((name) => !['', 'default', 'bridge', 'none'].includes(name));
  return {
    kind: 'allow',
    objects: [...networks.map(appNetwork), ...mountedVolumes(record(spec.HostConfig).Mounts)],
  };
}

export function judgeService(body: unknown, settings: Settings): Decision {
  const { platform, volumesDir } = settings;
  const spec = record(body);
  const task = record(spec.TaskTemplate);
  const reason =
    findFault(spec, serviceKeys, 'service', settings) ??
    findVolumeFault(record(task.ContainerSpec).Mounts, volumesDir) ??
    findLabelsFault(spec.Labels, platform) ??
    findLabelsFault(record(task.ContainerSpec).Labels, platform);
  if (reason !== undefined) return { kind: 'deny', reason };
  return {
    kind: 'allow',
    objects: [
      ...list(task.Networks)
        .map((network) => String(record(network).Target))
        .filter((target) => target !== 'host')
        // The engine gives a service back with the id of the network.
        .map(
          (id): ObjectRef => ({
            ...appNetwork(id),
            ...(isHostAllowed(settings) ? { orEngines: 'host' } : {}),
          }),
        ),
      ...grantedFiles(record(task.ContainerSpec)),
      ...mountedVolumes(record(task.ContainerSpec).Mounts),
    ],
  };
}

const isHostAllowed = (settings: Settings): boolean => unlessAllowed(settings, 'network:host') === undefined;

export function judgeNetwork(body: unknown, settings: Settings): Decision {
  const spec = record(body);
  const reason =
    findFault(spec, networkKeys, 'network', settings) ?? findLabelsFault(spec.Labels, settings.platform);
  return reason === undefined ? { kind: 'allow', objects: [] } : { kind: 'deny', reason };
}

export function judgeVolume(body: unknown, settings: Settings): Decision {
  const spec = record(body);
  const keys: Fields = {
    Name: any,
    Labels: any,
    Driver: (value) => (['', 'local'].includes(String(value ?? '')) ? undefined : 'must be local'),
    DriverOpts: (value) => (isEmpty(value) ? undefined : 'could make any directory of the host a volume'),
  };
  const reason = findFault(spec, keys, 'volume', settings) ?? findLabelsFault(spec.Labels, settings.platform);
  return reason === undefined ? { kind: 'allow', objects: [] } : { kind: 'deny', reason };
}

/** A secret or config; the swarm's own templates and drivers stay closed. */
export function judgeFile(body: unknown, kind: 'secret' | 'config', settings: Settings): Decision {
  const spec = record(body);
  const keys: Fields = { Name: any, Labels: any, Data: any };
  const reason = findFault(spec, keys, kind, settings) ?? findLabelsFault(spec.Labels, settings.platform);
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

/** Volumes a task would have: data of others on this machine is no task's. */
const mountedVolumes = (mounts: unknown): ObjectRef[] =>
  list(mounts)
    .map(record)
    .filter(({ Type }) => Type === 'volume')
    .map(({ Source }) => ({ kind: 'volume', id: String(Source) }));

const appNetwork = (id: string): ObjectRef => ({ kind: 'network', id });

function findLabelsFault(labels: unknown, platform: string): string | undefined {
  const given = record(labels);
  if (given[label.platform] !== platform) return `the label ${label.platform}=${platform} is missing`;
  if (given[label.role] !== undefined) return `the label ${label.role} is for Berth's own containers`;
  return undefined;
}
