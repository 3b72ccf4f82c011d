import { statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { NodeFacts } from '@berth/contract/agent';
import type { AgentConfig } from '@berth/contract/config';
import type { Engine } from '@berth/engine/engine';
import { securityOf } from '@berth/engine/security';
import { serviceApiVersion } from '@berth/engine/transport';
import { isoTime } from '@berth/runtime/clock';
import { readHostNetwork } from './host-network.ts';
import { createUsage } from './usage.ts';

/** What this node is and has, asked anew each time. */
export function createFacts(options: {
  config: AgentConfig;
  engine: Engine;
  startedAtMs: number;
  boundPorts: () => NonNullable<NodeFacts['boundPorts']>;
  isEdgeRunning: () => Promise<boolean>;
}): (signal: AbortSignal) => Promise<NodeFacts> {
  const { config, engine } = options;
  const usage = createUsage();
  return async (signal) => {
    const [info, version, edgeRunning, disk, network] = await Promise.all([
      engine.info({ signal }),
      engine.version({ signal }),
      options.isEdgeRunning(),
      statfs(config.dataDir),
      readHostNetwork(),
    ]);
    return {
      id: info.Swarm.NodeID,
      name: info.Name,
      platform: config.platform,
      agentVersion: config.version,
      startedAt: isoTime(options.startedAtMs),
      engineVersion: info.ServerVersion,
      engineApiVersion: serviceApiVersion(version.ApiVersion),
      addresses: [...addresses(info.Swarm.NodeAddr)],
      swarm: { state: info.Swarm.LocalNodeState, isManager: info.Swarm.ControlAvailable },
      os: info.OperatingSystem,
      kernel: info.KernelVersion,
      storageDriver: info.Driver,
      allow: config.allow,
      security: [...securityOf(info).modules],
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
      diskBytesFree: disk.bavail * disk.bsize,
      diskBytes: disk.blocks * disk.bsize,
      used: await usage(info.NCPU),
      ...network,
      bindAddresses: bindAddresses(),
      boundPorts: options.boundPorts(),
      edge: {
        httpPort: config.edge.httpPort,
        httpsPort: config.edge.httpsPort,
        appPorts: config.edge.appPorts,
        running: edgeRunning,
      },
    };
  };
}

/** The one Swarm announces, then this process's own; public ones before private ones, loopback last. */
function addresses(swarmAddress: string): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address),
  );
  const all = [...new Set([swarmAddress, ...own].filter((address) => address !== ''))];
  return all.sort((a, b) => remoteness(a) - remoteness(b));
}

/** Link-local addresses of IPv6 are none: they mean something only together with a device. */
const bindAddresses = (): string[] => [
  ...new Set(
    Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ scopeid }) => (scopeid ?? 0) === 0).map(({ address }) => address),
    ),
  ),
];

function remoteness(address: string): number {
  if (/^127\./.test(address)) return 2;
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(address) ? 1 : 0;
}
