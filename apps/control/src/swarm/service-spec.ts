import { printBoundPorts } from '@berth/domain/bound-port';
import { label } from '@berth/domain/label';
import { logFilesOf, printLogFiles } from '@berth/domain/log-file';
import { hasNoNetwork } from '@berth/domain/no-network';
import type { AppNetwork, ReleaseFile, ReleaseService, Variables } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import { type HostPort, isJob, type Resources, type ServiceSpec, safeDefaults } from '@berth/domain/service';
import { printTaskLimits, taskLimitsOf } from '@berth/domain/task-limits';
import type { ContainerCreate, ServiceSpec as SwarmServiceSpec } from '@berth/engine/types';
import type { DeliveredFile } from '../files/delivered.ts';
import { attachmentsOf } from '../networks/names.ts';
import { grantsOf } from './grants.ts';
import { mountOf, type PlacedVolumes, pendingVolumes, volumeConstraints } from './mounts.ts';
import {
  environmentOf,
  hostAndAddress,
  modeOf,
  nanoseconds,
  placementOf,
  processOf,
  securityOptionsOf,
  surroundingsOf,
} from './process-spec.ts';

/** What the agent sets on the containers when they start: Swarm has no fields for it. */
function limitsLabel(resources: Resources): Record<string, string> {
  const limits = taskLimitsOf(resources);
  return limits === undefined ? {} : { [label.taskLimits]: printTaskLimits(limits) };
}

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

const logFilesLabel = (spec: ServiceSpec): Record<string, string> =>
  spec.logFiles.length === 0
    ? {}
    : { [label.logFiles]: printLogFiles(logFilesOf(spec.logFiles, spec.mounts)) };

/** The Swarm service of a run. Pure. */
export function renderSwarmService(input: {
  platform: string;
  run: Pick<Run, 'app' | 'service' | 'release' | 'generation' | 'name' | 'replicas'>;
  service: ReleaseService;
  variables: Variables;
  /** Of the release. */
  networks: readonly AppNetwork[];
  files: readonly DeliveredFile[];
  volumes: PlacedVolumes;
}): SwarmServiceSpec {
  const { run, service } = input;
  const spec = service.spec;
  const labels = {
    ...labelsOf(input.platform, run),
    ...limitsLabel(spec.resources),
    ...(hasNoNetwork(spec) ? { [label.noNetwork]: 'true' } : {}),
  };
  const placement = placementOf({
    ...spec.placement,
    constraints: [...spec.placement.constraints, ...volumeConstraints(spec, input.volumes)],
  });
  return {
    Name: run.name,
    Labels: { ...spec.serviceLabels, ...labels },
    TaskTemplate: {
      ContainerSpec: {
        Image: service.image,
        Labels: { ...spec.labels, ...labels, ...logFilesLabel(spec), ...boundPortsLabel(spec) },
        ...processOf(spec, input),
        ...grantsOf(spec, input.files),
        ...surroundingsOf(spec),
        Mounts: spec.mounts.map((mount) => mountOf(input.platform, mount, input.volumes)),
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
      ...(placement === undefined ? {} : { Placement: placement }),
      RestartPolicy: {
        // A job that has completed is done: Swarm takes no other policy for it.
        Condition: isJob(spec.mode) && spec.restart.condition === 'any' ? 'none' : spec.restart.condition,
        Delay: nanoseconds(spec.restart.delayMs),
        ...(spec.restart.attemptsMax === undefined ? {} : { MaxAttempts: spec.restart.attemptsMax }),
        ...(spec.restart.windowMs === undefined ? {} : { Window: nanoseconds(spec.restart.windowMs) }),
      },
      Networks:
        spec.hostNetwork === true
          ? [{ Target: 'host' }]
          : attachmentsOf({ ...input, app: run.app, spec }).map(({ target, aliases }) => ({
              Target: target,
              Aliases: aliases,
            })),
      LogDriver: { Name: spec.logging.driver, Options: { ...spec.logging.options } },
    },
    Mode: modeOf(spec.mode, run.replicas),
    // The virtual address keeps sending to tasks that stop, and needs IPVS: DNS round robin instead.
    EndpointSpec: {
      Mode: 'dnsrr',
      ...(spec.hostNetwork === true ? {} : published(spec.ports)),
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
  variables: Variables;
  networks: readonly AppNetwork[];
  files: readonly DeliveredFile[];
  volumes: PlacedVolumes;
}): string {
  const nobody = {
    app: input.app,
    service: input.service.spec.name,
    release: 0,
    generation: 0,
    name: '',
    replicas: input.service.spec.mode === 'job' ? input.service.spec.replicas : 0,
  };
  const { port, probe } = input.service.spec;
  // What is not made yet is not what tasks that run have.
  const volumes = { ...pendingVolumes(input.service.spec), ...input.volumes };
  return JSON.stringify([renderSwarmService({ ...input, volumes, run: nobody }), port, probe]);
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
  variables: Variables;
  networks: readonly AppNetwork[];
  files: readonly ReleaseFile[];
  volumes: PlacedVolumes;
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
    ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
    ...(spec.stop.signal === undefined ? {} : { StopSignal: spec.stop.signal }),
    // Nobody waits for it to be healthy: it is over when it ends.
    Healthcheck: { Test: ['NONE'] },
    Labels: {
      ...spec.labels,
      ...labelsOf(input.platform, input.run),
      [label.purpose]: input.purpose,
      ...(input.deployment === undefined ? {} : { [label.deployment]: input.deployment }),
    },
    HostConfig: {
      Init: spec.init,
      ReadonlyRootfs: spec.readOnly,
      Memory: spec.resources.memoryBytesMax,
      PidsLimit: spec.resources.pidsMax,
      ...oneOffLimits(spec.resources),
      ...(spec.oomScoreAdj === undefined ? {} : { OomScoreAdj: spec.oomScoreAdj }),
      CapAdd: spec.capAdd,
      CapDrop: spec.capDrop,
      ...securityOptionsOf(spec),
      ...(spec.groups.length === 0 ? {} : { GroupAdd: spec.groups }),
      ...(Object.keys(spec.sysctls).length === 0 ? {} : { Sysctls: spec.sysctls }),
      Ulimits: spec.ulimits.map((limit) => ({ Name: limit.name, Soft: limit.soft, Hard: limit.hard })),
      Dns: spec.dns.servers,
      DnsSearch: spec.dns.search,
      DnsOptions: spec.dns.options,
      Mounts: spec.mounts.map((mount) => mountOf(input.platform, mount, input.volumes)),
      LogConfig: { Type: spec.logging.driver, Config: { ...spec.logging.options } },
      ExtraHosts: spec.extraHosts.map((entry) => hostAndAddress(entry).join(':')),
      // The engine takes one network at the making; the others are joined before the start.
      NetworkMode: oneOffNetworks(input)[0] ?? 'none',
      RestartPolicy: { Name: 'no' },
    },
  };
}

function oneOffLimits(resources: Resources): Record<string, unknown> {
  const { cpuWeight, cpusMax, cpuset, memoryBytesReserved, memorySwapBytesMax, blockIoWeight } = resources;
  return {
    // Said aloud, the usual weight is less than nothing said: 39 and 100 of the second generation of cgroups.
    ...(cpuWeight === safeDefaults.resources.cpuWeight ? {} : { CpuShares: cpuWeight }),
    ...(memoryBytesReserved === undefined ? {} : { MemoryReservation: memoryBytesReserved }),
    ...(cpusMax === undefined ? {} : { NanoCpus: Math.round(cpusMax * 1e9) }),
    ...(cpuset === undefined ? {} : { CpusetCpus: cpuset }),
    ...(memorySwapBytesMax === undefined ? {} : { MemorySwap: memorySwapBytesMax }),
    ...(blockIoWeight === undefined ? {} : { BlkioWeight: blockIoWeight }),
  };
}

/** Networks a one-off of the service joins, under no name. */
export const oneOffNetworks = (input: {
  platform: string;
  run: Pick<Run, 'app'>;
  service: ReleaseService;
  networks: readonly AppNetwork[];
}): string[] =>
  input.service.spec.hostNetwork === true
    ? ['host']
    : hasNoNetwork(input.service.spec)
      ? []
      : attachmentsOf({ ...input, app: input.run.app, spec: input.service.spec }).map(({ target }) => target);

/** On the node of the task: the routing mesh would need IPVS, and hide who connects. */
/** Those of every address: the others are the agent's. */
function published(ports: readonly HostPort[]): { Ports?: Record<string, unknown>[] } {
  const open = ports.filter(({ address }) => address === undefined);
  if (open.length === 0) return {};
  return {
    Ports: open.map((port) => ({
      Protocol: port.protocol,
      TargetPort: port.target,
      PublishedPort: port.published,
      PublishMode: 'host',
    })),
  };
}

/** Read by the agent of the node. */
function boundPortsLabel({
  ports,
  allowFrom,
}: Pick<ServiceSpec, 'ports' | 'allowFrom'>): Record<string, string> {
  const bound = ports.flatMap(({ address, published: port, target, protocol }) =>
    address === undefined ? [] : [{ address, port, target, protocol }],
  );
  if (bound.length === 0) return {};
  return {
    [label.boundPorts]: printBoundPorts(bound),
    ...(allowFrom === undefined ? {} : { [label.allowFrom]: allowFrom.join(',') }),
  };
}
