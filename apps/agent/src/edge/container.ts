import { createHash } from 'node:crypto';
import type { AgentConfig } from '@berth/contract/config';
import { label } from '@berth/domain/label';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import { EngineStatusError } from '@berth/engine/transport';
import type { ContainerCreate, ContainerInspect } from '@berth/engine/types';
import { findForeignObject } from '../engine/labels.ts';
import { edgeMount, masterSocket } from './names.ts';

/** The edge has no privileges: it may write where its sockets are, and nowhere else. */
export const edgeUser = 10_002;
/** Inside the container; a process without privileges cannot have 80 and 443. */
export const edgePorts = { http: 8080, https: 8443 } as const;
/** The engine gives as many descriptors as it has itself; a connection through the edge needs two. */
const descriptorsWanted = 200_000;

export const edgeName = (platform: string): string => `${platform}-edge`;
const specLabel = 'berth.spec';

/** Pure: what the edge container is. A hash of it in a label says whether a running one still is that. */
export function edgeContainerSpec(
  config: Pick<AgentConfig, 'platform' | 'hostDataDir' | 'edge'>,
  host: { readonly descriptorsMax: number; readonly imageId: string },
): ContainerCreate {
  const { edge, platform, hostDataDir } = config;
  const ports: Record<string, { HostIp: string; HostPort: string }[]> = {
    [`${edgePorts.http}/tcp`]: [{ HostIp: '', HostPort: String(edge.httpPort) }],
    [`${edgePorts.https}/tcp`]: [{ HostIp: '', HostPort: String(edge.httpsPort) }],
  };
  // IPv4 only: each published port costs the engine a process per address family.
  for (let port = edge.appPorts[0]; port <= edge.appPorts[1]; port++)
    ports[`${port}/tcp`] = [{ HostIp: '0.0.0.0', HostPort: String(port) }];
  if (edge.statsPort !== undefined)
    ports[`${edge.statsPort}/tcp`] = [{ HostIp: '127.0.0.1', HostPort: String(edge.statsPort) }];
  const spec: ContainerCreate = {
    Image: edge.image,
    Cmd: [
      'haproxy',
      '-W',
      '-db',
      '-S',
      `${edgeMount}/run/${masterSocket},mode,600`,
      '-f',
      `${edgeMount}/current/haproxy.cfg`,
    ],
    User: `${edgeUser}:${edgeUser}`,
    Labels: { [label.platform]: platform, [label.role]: 'edge' },
    // The workers finish what they have.
    StopSignal: 'SIGUSR1',
    StopTimeout: 30,
    ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])),
    HostConfig: {
      Binds: [`${hostDataDir}/edge:${edgeMount}:ro`, `${hostDataDir}/edge/run:${edgeMount}/run:rw`],
      NetworkMode: edge.systemNetwork,
      PortBindings: ports,
      RestartPolicy: { Name: 'always' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      // So that the engine's DNS answers for a name without a dot by itself (see parkedFqdn).
      DnsOptions: ['ndots:1'],
      PidsLimit: 512,
      CpuShares: 4096,
      OomScoreAdj: 0,
      ...(host.descriptorsMax >= descriptorsWanted
        ? { Ulimits: [{ Name: 'nofile', Soft: descriptorsWanted, Hard: descriptorsWanted }] }
        : {}),
    },
  };
  const hash = createHash('sha256')
    .update(JSON.stringify([spec, host.imageId]))
    .digest('hex')
    .slice(0, 16);
  return { ...spec, Labels: { ...spec.Labels, [specLabel]: hash } };
}

/** As many connections as the descriptors allow, each having two, with some for checks and listeners. */
export function connectionsMax(descriptorsMax: number): number {
  const descriptors = Math.min(descriptorsMax, descriptorsWanted);
  return Math.min(50_000, Math.max(1_000, Math.floor((descriptors - 1_000) * 0.7)));
}

/** What is to be done so that the container is as the spec says. Pure. */
export function planContainer(
  spec: ContainerCreate,
  found: ContainerInspect | undefined,
): 'nothing' | 'create' | 'start' | 'replace' {
  if (found === undefined) return 'create';
  if (found.Config.Labels[specLabel] !== spec.Labels?.[specLabel]) return 'replace';
  return found.State.Running ? 'nothing' : 'start';
}

export interface EdgeContainer {
  /** Makes it run as the configuration says; true when HAProxy was started by this. */
  ensure(signal?: AbortSignal): Promise<boolean>;
  /** Makes it anew, whatever it is; true, as HAProxy was started by this. */
  renew(signal?: AbortSignal): Promise<boolean>;
  inspect(signal?: AbortSignal): Promise<ContainerInspect | undefined>;
  /** Attached to the system network and exactly these. Resolves with those that could not be attached, and why. */
  attach(networks: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
  detachOthers(networks: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Runs HAProxy's own check in the container; the words of the refusal, or undefined. */
  findConfigFault(file: string, signal?: AbortSignal): Promise<string | undefined>;
}

const attachTriesMax = 3;

export function createEdgeContainer(options: {
  config: Pick<AgentConfig, 'platform' | 'hostDataDir' | 'edge'>;
  engine: Engine;
  descriptorsMax: number;
}): EdgeContainer {
  const { config, engine } = options;
  const name = edgeName(config.platform);

  const inspect = (signal?: AbortSignal) => orAbsent(engine.inspectContainer(name, { signal }));

  async function specify(signal?: AbortSignal): Promise<ContainerCreate> {
    const image = await engine.inspectImage(config.edge.image, { signal });
    return edgeContainerSpec(config, { descriptorsMax: options.descriptorsMax, imageId: image.Id });
  }

  async function ensure(signal?: AbortSignal): Promise<boolean> {
    const spec = await specify(signal);
    const found = await inspect(signal);
    switch (planContainer(spec, found)) {
      case 'nothing':
        return false;
      case 'start':
        try {
          await engine.startContainer(name, { signal });
          return true;
        } catch (error) {
          // A network it was attached to may be gone: then only a new container can start.
          if (!(error instanceof EngineStatusError)) throw error;
        }
        break;
      case 'replace':
      case 'create':
        break;
    }
    return replace(spec, signal);
  }

  async function replace(spec: ContainerCreate, signal?: AbortSignal): Promise<true> {
    await orAbsent(engine.stopContainer(name, { graceSeconds: 10, signal }));
    // 409: somebody removes it already.
    await orConflict(orAbsent(engine.removeContainer(name, { force: true, signal })));
    await orConflict(engine.createContainer(name, spec, { signal }));
    await engine.startContainer(name, { signal });
    return true;
  }

  /**
   * Swarm sometimes does not place an attachment in its time: asked again it does. Resolves with the last refusal.
   * Networks of others stay closed, whoever names them: the edge is a way in.
   */
  async function connect(network: string, signal?: AbortSignal): Promise<string | undefined> {
    const foreign = await findForeignObject(
      engine,
      [{ kind: 'network', id: network }],
      config.platform,
      signal,
    );
    if (foreign !== undefined) return foreign;
    for (let tries = 1; ; tries++) {
      try {
        await engine.connectNetwork(network, name, { signal });
        return undefined;
      } catch (error) {
        if (!(error instanceof EngineStatusError)) throw error;
        if (/already (exists|attached)/.test(error.engineMessage)) return undefined;
        if (isAbsent(error) || tries === attachTriesMax) return error.engineMessage;
      }
    }
  }

  async function attach(networks: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
    const found = await inspect(signal);
    if (found === undefined) return networks;
    const failed: string[] = [];
    for (const network of networks) {
      if (isAttached(found, network)) continue;
      const fault = await connect(network, signal);
      if (fault !== undefined) failed.push(`${network} (${fault})`);
    }
    return failed;
  }

  async function detachOthers(networks: readonly string[], signal?: AbortSignal): Promise<void> {
    const found = await inspect(signal);
    for (const [network, { NetworkID }] of Object.entries(found?.NetworkSettings.Networks ?? {})) {
      if (network === config.edge.systemNetwork || networks.includes(network) || networks.includes(NetworkID))
        continue;
      await orAbsent(engine.disconnectNetwork(network, name, { signal }));
    }
  }

  async function findConfigFault(file: string, signal?: AbortSignal): Promise<string | undefined> {
    const exec = await engine.createExec(
      name,
      { Cmd: ['haproxy', '-c', '-f', file], AttachStdout: true, AttachStderr: true, Tty: true },
      { signal },
    );
    const stream = await engine.startExec(exec.Id, { tty: true, signal });
    let output = '';
    stream.setEncoding('utf8');
    for await (const chunk of stream) output += chunk;
    const { ExitCode } = await engine.inspectExec(exec.Id, { signal });
    return ExitCode === 0 ? undefined : output.trim();
  }

  const renew = async (signal?: AbortSignal) => replace(await specify(signal), signal);
  return { ensure, renew, inspect, attach, detachOthers, findConfigFault };
}

function isAttached(found: ContainerInspect, network: string): boolean {
  return Object.entries(found.NetworkSettings.Networks).some(
    ([name, { NetworkID }]) => name === network || NetworkID === network,
  );
}

async function orAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    // 304: it is already stopped.
    if (isAbsent(error) || (error instanceof EngineStatusError && error.status === 304)) return undefined;
    throw error;
  }
}

async function orConflict<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}
