import { createHash } from 'node:crypto';
import { memoryDir } from '@berth/contract/agent-paths';
import { label, type Role } from '@berth/domain/label';
import type { ContainerCreate } from '@berth/engine/types';
import { type DirectorySpec, type FileSpec, hashContent } from './files.ts';
import type { Identity } from './identity.ts';
import { type Layout, layoutOf, type Platform, systemUser } from './platform.ts';
import {
  agentConfig,
  controlConfig,
  home,
  inside,
  type ProcessOptions,
  registryConfig,
} from './process-config.ts';

/** Labels of what `up` makes, beyond those of every object. */
export const setupLabel = {
  /** Hash of everything that decides the container: its image, its specification, the files it reads. */
  spec: 'berth.spec',
  /** Where the platform's data is, so that `down` and `doctor` find it again. */
  data: 'berth.data',
} as const;

export interface DesiredContainer {
  readonly role: Role;
  readonly name: string;
  readonly specHash: string;
  readonly spec: ContainerCreate;
}

export interface Desired {
  readonly directories: readonly DirectorySpec[];
  readonly files: readonly FileSpec[];
  readonly network: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly containers: readonly DesiredContainer[];
}

export interface DesireOptions extends ProcessOptions {
  /** Socket of the engine on this machine. */
  readonly engineSocket: string;
  readonly hasCgroups: boolean;
}

const MiB = 1024 * 1024;
const configPath = '/etc/berth/config.json';

/** What this machine must look like so that the platform runs. Pure. */
export function desire(o: DesireOptions): Desired {
  const layout = layoutOf(o.platform);
  const files = desireFiles(o, layout);
  const contentOf = (...paths: string[]): string[] =>
    files.filter((file) => paths.includes(file.path)).map((file) => hashContent(file.content));
  const container = (role: Role, spec: ContainerCreate, readPaths: readonly string[]): DesiredContainer => {
    const specHash = createHash('sha256')
      .update(JSON.stringify([spec, contentOf(...readPaths)]))
      .digest('hex')
      .slice(0, 16);
    const labels = {
      [label.role]: role,
      [label.platform]: o.platform.name,
      [setupLabel.data]: o.platform.dataDir,
      [setupLabel.spec]: specHash,
    };
    return { role, name: layout.containers[role], specHash, spec: { ...spec, Labels: labels } };
  };
  const { control, agent, registry } = layout;
  return {
    directories: desireDirectories(o.platform, layout),
    files,
    network: {
      name: layout.systemNetwork,
      labels: { [label.platform]: o.platform.name, [setupLabel.data]: o.platform.dataDir },
    },
    containers: [
      container('registry', registrySpec(o, layout), [registry.config, registry.htpasswd]),
      container('control', controlSpec(o, layout), [
        control.config,
        control.caCertificate,
        control.caKey,
        control.certificate,
        control.key,
        control.registryPassword,
      ]),
      container('agent', agentSpec(o, layout), [
        agent.config,
        agent.caCertificate,
        agent.certificate,
        agent.key,
      ]),
    ],
  };
}

function desireDirectories(platform: Platform, { control, agent, registry }: Layout): DirectorySpec[] {
  const root = { uid: 0, gid: 0 };
  return [
    { path: platform.dataDir, mode: 0o755, ...root },
    { path: control.dir, mode: 0o700, ...systemUser },
    { path: control.keys, mode: 0o700, ...systemUser },
    { path: control.ca, mode: 0o700, ...systemUser },
    { path: control.sources, mode: 0o700, ...systemUser },
    { path: agent.dir, mode: 0o755, ...root },
    { path: registry.dir, mode: 0o700, ...systemUser },
    { path: registry.data, mode: 0o700, ...systemUser },
  ];
}

function desireFiles(o: DesireOptions, layout: Layout): FileSpec[] {
  const { identity, platform } = o;
  const { control, agent, registry } = layout;
  const root = { uid: 0, gid: 0 };
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return [
    { path: layout.settings, mode: 0o644, ...root, content: json(platform) },
    { path: control.caCertificate, mode: 0o644, ...systemUser, content: identity.authority.certificatePem },
    { path: control.caKey, mode: 0o600, ...systemUser, content: identity.authority.keyPem },
    { path: control.certificate, mode: 0o644, ...systemUser, content: identity.control.certificatePem },
    { path: control.key, mode: 0o600, ...systemUser, content: identity.control.keyPem },
    { path: control.registryPassword, mode: 0o600, ...systemUser, content: identity.registry.password },
    { path: control.config, mode: 0o600, ...systemUser, content: json(controlConfig(o, layout)) },
    { path: agent.caCertificate, mode: 0o644, ...root, content: identity.authority.certificatePem },
    { path: agent.certificate, mode: 0o644, ...root, content: identity.agent.certificatePem },
    { path: agent.key, mode: 0o600, ...root, content: identity.agent.keyPem },
    { path: agent.config, mode: 0o600, ...root, content: json(agentConfig(o, layout)) },
    { path: registry.htpasswd, mode: 0o600, ...systemUser, content: identity.registry.htpasswd },
    { path: registry.config, mode: 0o600, ...systemUser, content: registryConfig(o) },
  ];
}

/** What every container of the platform has: rotated logs, an init, no way to more rights. */
function hardened(o: { memoryBytes: number; pids: number; mayProtect: boolean }): Record<string, unknown> {
  return {
    Init: true,
    // Not `unless-stopped`: an engine that was killed stops, at its next start, what still runs, and then takes
    // that for somebody's wish.
    RestartPolicy: { Name: 'always' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m,mode=1777' },
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges:true'],
    Memory: o.memoryBytes,
    MemorySwap: o.memoryBytes,
    PidsLimit: o.pids,
    ...(o.mayProtect ? { OomScoreAdj: -500 } : {}),
  };
}

const onLoopback = (port: number): { HostIp: string; HostPort: string }[] => [
  { HostIp: '127.0.0.1', HostPort: String(port) },
];

function registrySpec(o: DesireOptions, { registry, systemNetwork }: Layout): ContainerCreate {
  return {
    Image: o.images.registry,
    User: `${systemUser.uid}:${systemUser.gid}`,
    ExposedPorts: { [`${inside.registry}/tcp`]: {} },
    StopTimeout: 20,
    HostConfig: {
      ...hardened({ memoryBytes: 512 * MiB, pids: 256, mayProtect: o.machine.mayProtect }),
      NetworkMode: systemNetwork,
      PortBindings: { [`${inside.registry}/tcp`]: onLoopback(o.platform.registryPort) },
      Binds: [
        `${registry.config}:/etc/berth/registry.yml:ro`,
        `${registry.htpasswd}:/etc/berth/htpasswd:ro`,
        `${registry.data}:/var/lib/registry`,
      ],
    },
  };
}

/** Unprivileged: no socket, no capabilities, a read-only root, and nothing of the host but its own directory. */
function controlSpec(o: DesireOptions, { control, systemNetwork }: Layout): ContainerCreate {
  return {
    Image: o.images.system,
    Cmd: nodeCommand('control/main.js'),
    User: `${systemUser.uid}:${systemUser.gid}`,
    Env: [`BERTH_CONFIG=${configPath}`],
    ExposedPorts: { [`${inside.api}/tcp`]: {}, [`${inside.link}/tcp`]: {} },
    StopTimeout: 20,
    HostConfig: {
      ...hardened({ memoryBytes: 768 * MiB, pids: 256, mayProtect: o.machine.mayProtect }),
      NetworkMode: systemNetwork,
      PortBindings: {
        [`${inside.api}/tcp`]: onLoopback(o.platform.apiPort),
        [`${inside.link}/tcp`]: onLoopback(o.platform.linkPort),
      },
      Binds: [`${control.dir}:${home}`, `${control.config}:${configPath}:ro`],
    },
  };
}

/**
 * Beside the socket, so root in effect; still without devices and with four capabilities. It is on the host's network to
 * reach control on loopback and to see the node's addresses, and has the host's cgroups to cap builds.
 */
function agentSpec(o: DesireOptions, { agent }: Layout): ContainerCreate {
  return {
    Image: o.images.system,
    Cmd: nodeCommand('agent/main.js'),
    User: '0:0',
    Env: [`BERTH_CONFIG=${configPath}`],
    StopTimeout: 20,
    HostConfig: {
      ...hardened({ memoryBytes: 512 * MiB, pids: 256, mayProtect: o.machine.mayProtect }),
      // What it gives to the edge belongs to the edge's user, in directories nobody else may enter: making
      // it so needs CHOWN and FOWNER, and reaching it afterwards DAC_OVERRIDE. A port bound to an address of the
      // node may be below 1024.
      CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE'],
      NetworkMode: 'host',
      Binds: [
        `${o.engineSocket}:/var/run/docker.sock`,
        `${agent.dir}:${home}`,
        `${agent.config}:${configPath}:ro`,
        `${memoryDir.host(o.platform.name)}:${memoryDir.agent}`,
        ...(o.hasCgroups ? ['/sys/fs/cgroup:/sys/fs/cgroup:rw'] : []),
      ],
    },
  };
}

const nodeCommand = (main: string): string[] => ['node', '--disable-warning=ExperimentalWarning', main];
