import { label } from '@berth/domain/label';
import type { AppNetwork, ReleaseFile, ReleaseService } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import { type HostPort, type Mount, type ServiceSpec, safeDefaults } from '@berth/domain/service';
import type { ContainerCreate, ServiceSpec as SwarmServiceSpec } from '@berth/engine/types';
import type { DeliveredFile } from '../files/delivered.ts';
import { attachmentsOf } from '../networks/names.ts';

/** Nanoseconds, as all durations of the Engine API. */
const nanoseconds = (ms: number): number => ms * 1_000_000;

const weightLabel = (spec: ServiceSpec): Record<string, string> =>
  spec.resources.cpuWeight === safeDefaults.resources.cpuWeight
    ? {}
    : { [label.cpuWeight]: String(spec.resources.cpuWeight) };

/** Name of an app's volume: owned by the app, never by a release. */
export const volumeName = (app: string, source: string): string => `${app}_${source}`;

const labelsOf = (
  platform: string,
  run: Pick<Run, 'app' | 'service' | 'release' | 'generation'>,
): Record<string, string> => ({
  [label.platform]: platform,
  [label.app]: run.app,
  [label.service]: run.service,
  [label.release]: String(run.release),
  [label.generation]: String(run.generation),
});

/** The Swarm service of a run. Pure. */
export function renderSwarmService(input: {
  platform: string;
  run: Pick<Run, 'app' | 'service' | 'release' | 'generation' | 'name' | 'replicas'>;
  service: ReleaseService;
  variables: Readonly<Record<string, string>>;
  /** Of the release. */
  networks: readonly AppNetwork[];
  files: readonly DeliveredFile[];
}): SwarmServiceSpec {
  const { run, service } = input;
  const spec = service.spec;
  const labels = { ...spec.labels, ...labelsOf(input.platform, run), ...weightLabel(spec) };
  return {
    Name: run.name,
    Labels: labels,
    TaskTemplate: {
      ContainerSpec: {
        Image: service.image,
        Labels: labels,
        ...processOf(spec, input),
        ...grantsOf(spec, input.files),
        Init: spec.init,
        ReadOnly: spec.readOnly,
        ...(spec.stop.signal === undefined ? {} : { StopSignal: spec.stop.signal }),
        StopGracePeriod: nanoseconds(spec.stop.graceMs),
        Mounts: spec.mounts.map((mount) => mountOf(run.app, input.platform, mount)),
        ...(spec.healthcheck === undefined ? {} : { HealthCheck: healthcheckOf(spec.healthcheck) }),
        // Swarm wants `IP host`, Compose writes `host:IP`.
        Hosts: spec.extraHosts.map(hostsLine),
        DNSConfig: { Nameservers: spec.dns.servers, Search: spec.dns.search, Options: spec.dns.options },
        CapabilityAdd: spec.capAdd,
        CapabilityDrop: spec.capDrop,
        Ulimits: spec.ulimits.map((limit) => ({ Name: limit.name, Soft: limit.soft, Hard: limit.hard })),
      },
      Resources: {
        Limits: {
          MemoryBytes: spec.resources.memoryBytesMax,
          Pids: spec.resources.pidsMax,
          ...(spec.resources.cpusMax === undefined
            ? {}
            : { NanoCPUs: Math.round(spec.resources.cpusMax * 1e9) }),
        },
        Reservations: {
          ...(spec.resources.memoryBytesReserved === undefined
            ? {}
            : { MemoryBytes: spec.resources.memoryBytesReserved }),
          ...(spec.resources.cpusReserved === undefined
            ? {}
            : { NanoCPUs: Math.round(spec.resources.cpusReserved * 1e9) }),
        },
      },
      RestartPolicy: {
        Condition: spec.restart.condition,
        Delay: nanoseconds(spec.restart.delayMs),
        ...(spec.restart.attemptsMax === undefined ? {} : { MaxAttempts: spec.restart.attemptsMax }),
        ...(spec.restart.windowMs === undefined ? {} : { Window: nanoseconds(spec.restart.windowMs) }),
      },
      Networks: attachmentsOf({ ...input, app: run.app, spec }).map(({ target, aliases }) => ({
        Target: target,
        Aliases: aliases,
      })),
      LogDriver: { Name: spec.logging.driver, Options: { ...spec.logging.options } },
    },
    Mode: { Replicated: { Replicas: run.replicas } },
    // The virtual address keeps sending to tasks that stop, and needs IPVS: DNS round robin instead.
    EndpointSpec: {
      Mode: 'dnsrr',
      ...(spec.ports.length === 0 ? {} : { Ports: spec.ports.map(publishedPort) }),
    },
  };
}

/**
 * What the tasks of a service are, as text: everything of its Swarm service but names, labels of the release
 * and the number of replicas. Two runs with the same text need not be told apart.
 */
export function taskText(input: {
  platform: string;
  app: string;
  service: ReleaseService;
  variables: Readonly<Record<string, string>>;
  networks: readonly AppNetwork[];
  files: readonly DeliveredFile[];
}): string {
  const nobody = {
    app: input.app,
    service: input.service.spec.name,
    release: 0,
    generation: 0,
    name: '',
    replicas: 0,
  };
  const { port, probe } = input.service.spec;
  return JSON.stringify([renderSwarmService({ ...input, run: nobody }), port, probe]);
}

/**
 * A container that runs one command in a release's image with the service's environment, limits, network and
 * volumes: hooks and one-offs. Nothing restarts it.
 */
export function renderOneOff(input: {
  platform: string;
  purpose: 'hook' | 'one-off';
  run: Pick<Run, 'app' | 'service' | 'release' | 'generation'>;
  service: ReleaseService;
  variables: Readonly<Record<string, string>>;
  networks: readonly AppNetwork[];
  files: readonly ReleaseFile[];
  command: readonly string[];
  deployment?: string;
}): ContainerCreate {
  const { spec } = input.service;
  return {
    Image: input.service.image,
    Cmd: input.command,
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: spec.entrypoint }),
    Env: environmentOf(spec, input),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.workingDir === undefined ? {} : { WorkingDir: spec.workingDir }),
    Labels: {
      ...labelsOf(input.platform, input.run),
      [label.purpose]: input.purpose,
      ...(input.deployment === undefined ? {} : { [label.deployment]: input.deployment }),
    },
    HostConfig: {
      Init: spec.init,
      ReadonlyRootfs: spec.readOnly,
      Memory: spec.resources.memoryBytesMax,
      PidsLimit: spec.resources.pidsMax,
      CpuShares: spec.resources.cpuWeight,
      ...(spec.resources.cpusMax === undefined ? {} : { NanoCpus: Math.round(spec.resources.cpusMax * 1e9) }),
      CapAdd: spec.capAdd,
      CapDrop: spec.capDrop,
      Mounts: spec.mounts.map((mount) => mountOf(input.run.app, input.platform, mount)),
      LogConfig: { Type: spec.logging.driver, Config: { ...spec.logging.options } },
      ExtraHosts: spec.extraHosts,
      // The engine takes one network at the making; the others are joined before the start.
      NetworkMode: oneOffNetworks(input)[0] ?? 'none',
      RestartPolicy: { Name: 'no' },
    },
  };
}

/** Networks a one-off of the service joins, under no name. */
export const oneOffNetworks = (input: {
  platform: string;
  run: Pick<Run, 'app'>;
  service: ReleaseService;
  networks: readonly AppNetwork[];
}): string[] =>
  attachmentsOf({ ...input, app: input.run.app, spec: input.service.spec }).map(({ target }) => target);

/** On the node of the task: the routing mesh would need IPVS, and hide who connects. */
const publishedPort = (port: HostPort): Record<string, unknown> => ({
  Protocol: port.protocol,
  TargetPort: port.target,
  PublishedPort: port.published,
  PublishMode: 'host',
});

function processOf(spec: ServiceSpec, values: Values) {
  return {
    ...(spec.entrypoint === undefined ? {} : { Command: spec.entrypoint }),
    ...(spec.command === undefined ? {} : { Args: spec.command }),
    Env: environmentOf(spec, values),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.workingDir === undefined ? {} : { Dir: spec.workingDir }),
    ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
  };
}

interface Values {
  readonly variables: Readonly<Record<string, string>>;
  readonly files: readonly ReleaseFile[];
}

const environmentOf = (spec: ServiceSpec, { variables, files }: Values): string[] =>
  Object.entries({ ...spec.environment, ...variables, ...secretVariables(spec, files) }).map(
    ([name, value]) => `${name}=${value}`,
  );

/** Secrets asked for as variables; the newline a file ends with is not part of a password. */
function secretVariables(spec: ServiceSpec, files: readonly ReleaseFile[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(spec.secretVariables).map(([variable, secret]) => {
      const file = files.find(({ kind, name }) => kind === 'secret' && name === secret);
      if (file === undefined) throw new Error(`the release lacks the secret ${secret} of ${spec.name}`);
      return [
        variable,
        Buffer.from(file.base64, 'base64')
          .toString('utf8')
          .replace(/\r?\n$/, ''),
      ];
    }),
  );
}

/** Files the engine mounts from memory: immutable objects, named by their content. */
function grantsOf(spec: ServiceSpec, files: readonly DeliveredFile[]) {
  const grants = (kind: DeliveredFile['kind'], idKey: string, nameKey: string) =>
    spec.files
      .filter((grant) => grant.kind === kind)
      .map((grant) => {
        const file = files.find((one) => one.kind === kind && one.name === grant.source);
        if (file === undefined)
          throw new Error(`the release lacks the ${kind} ${grant.source} of ${spec.name}`);
        const { target, uid, gid, mode } = grant;
        return {
          [idKey]: file.id,
          [nameKey]: file.object,
          File: { Name: target, UID: uid, GID: gid, Mode: mode },
        };
      });
  const secrets = grants('secret', 'SecretID', 'SecretName');
  const configs = grants('config', 'ConfigID', 'ConfigName');
  return {
    ...(secrets.length === 0 ? {} : { Secrets: secrets }),
    ...(configs.length === 0 ? {} : { Configs: configs }),
  };
}

function mountOf(app: string, platform: string, mount: Mount): Record<string, unknown> {
  if (mount.kind === 'tmpfs') {
    return {
      Type: 'tmpfs',
      Target: mount.target,
      ...(mount.sizeBytes === undefined ? {} : { TmpfsOptions: { SizeBytes: mount.sizeBytes } }),
    };
  }
  return {
    Type: 'volume',
    Source: volumeName(app, mount.source),
    Target: mount.target,
    ReadOnly: mount.readOnly,
    VolumeOptions: { Labels: { [label.platform]: platform, [label.app]: app } },
  };
}

function healthcheckOf(check: NonNullable<ServiceSpec['healthcheck']>) {
  if ('disabled' in check) return { Test: ['NONE'] };
  return {
    Test: check.test,
    ...(check.intervalMs === undefined ? {} : { Interval: nanoseconds(check.intervalMs) }),
    ...(check.timeoutMs === undefined ? {} : { Timeout: nanoseconds(check.timeoutMs) }),
    ...(check.retries === undefined ? {} : { Retries: check.retries }),
    ...(check.startPeriodMs === undefined ? {} : { StartPeriod: nanoseconds(check.startPeriodMs) }),
  };
}

function hostsLine(entry: string): string {
  const at = entry.search(/[:=]/);
  return `${entry.slice(at + 1)} ${entry.slice(0, at)}`;
}
