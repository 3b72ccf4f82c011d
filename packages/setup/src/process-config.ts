import type { AgentConfig, ControlConfig } from '@berth/contract/config';
import type { Identity } from './identity.ts';
import type { Layout, Platform } from './platform.ts';

/** What the processes are told. */
export interface ProcessOptions {
  readonly platform: Platform;
  readonly identity: Identity;
  readonly version: string;
  /** Reference of each image, by recipe. */
  readonly images: {
    readonly system: string;
    readonly edge: string;
    readonly registry: string;
    readonly volume: string;
  };
  readonly machine: {
    readonly cpus: number;
    readonly memoryBytes: number;
    /** Has CAP_SYS_RESOURCE: an engine without it cannot start a container that is killed last. */
    readonly mayProtect: boolean;
  };
}

const MiB = 1024 * 1024;
/** Ports inside the containers. */
export const inside = { api: 7700, link: 7701, registry: 5000 } as const;
/** Where control and agent find their directory. */
export const home = '/var/lib/berth';

/** Half of the machine for builds, so that what runs stays fast; within sensible bounds. */
export function buildCaps(machine: { cpus: number; memoryBytes: number }): {
  memoryBytesMax: number;
  cpusMax: number;
} {
  return {
    memoryBytesMax:
      Math.floor(Math.min(Math.max(machine.memoryBytes / 2, 512 * MiB), 8192 * MiB) / MiB) * MiB,
    cpusMax: Math.max(1, Math.round(machine.cpus * 5) / 10),
  };
}

export function controlConfig(o: ProcessOptions, layout: Layout): ControlConfig {
  const { platform, identity } = o;
  return {
    platform: platform.name,
    version: o.version,
    dataDir: home,
    api: { host: '0.0.0.0', port: inside.api },
    link: {
      host: '0.0.0.0',
      port: inside.link,
      caFile: `${home}/ca/ca.crt`,
      certFile: `${home}/ca/control.crt`,
      keyFile: `${home}/ca/control.key`,
    },
    domain: platform.domain,
    publicAddress: platform.publicAddress,
    edge: edgePorts(platform),
    hostPorts: [platform.hostPorts[0], platform.hostPorts[1]],
    ...(platform.networkPool === undefined ? {} : { networkPool: platform.networkPool }),
    registry: {
      address: `127.0.0.1:${platform.registryPort}`,
      url: `http://${layout.containers.registry}:${inside.registry}`,
      username: identity.registry.username,
      passwordFile: `${home}/keys/registry-password`,
    },
    adminToken: identity.adminToken,
    build: { ...buildCaps(o.machine), contextBytesMax: 512 * MiB, concurrency: 1 },
    logLevel: 'info',
  };
}

export function agentConfig(o: ProcessOptions, layout: Layout): AgentConfig {
  const { platform } = o;
  return {
    platform: platform.name,
    version: o.version,
    dataDir: home,
    hostDataDir: layout.agent.dir,
    engineSocket: '/var/run/docker.sock',
    control: {
      host: '127.0.0.1',
      port: platform.linkPort,
      serverName: layout.containers.control,
      caFile: `${home}/ca.crt`,
      certFile: `${home}/agent.crt`,
      keyFile: `${home}/agent.key`,
    },
    edge: {
      image: o.images.edge,
      ...edgePorts(platform),
      systemNetwork: layout.systemNetwork,
      apiHost: layout.apiHost,
      apiUpstream: { host: layout.containers.control, port: inside.api },
    },
    volumes: { image: o.images.volume },
    build: buildCaps(o.machine),
    allow: [...(platform.allow ?? [])],
    logLevel: 'info',
  };
}

function edgePorts(platform: Platform): { httpPort: number; httpsPort: number; appPorts: [number, number] } {
  return {
    httpPort: platform.httpPort,
    httpsPort: platform.httpsPort,
    appPorts: [platform.appPorts[0], platform.appPorts[1]],
  };
}

export function registryConfig(o: ProcessOptions): string {
  return `# Written by berth up. CNCF Distribution, reached by this node on loopback and by control by name.
version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: /var/lib/registry
  delete:
    enabled: true
  maintenance:
    uploadpurging:
      enabled: true
      age: 24h
      interval: 6h
      dryrun: false
auth:
  htpasswd:
    realm: berth
    path: /etc/berth/htpasswd
http:
  addr: 0.0.0.0:${inside.registry}
  secret: ${o.identity.registry.httpSecret.reveal()}
health:
  storagedriver:
    enabled: true
    interval: 30s
    threshold: 3
`;
}
