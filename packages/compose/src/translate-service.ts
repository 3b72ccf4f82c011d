import { relative } from 'node:path';
import { findNameFault, serviceNameLengthMax } from '@berth/domain/name';
import type { ImageSource } from '@berth/domain/release';
import {
  type EngineHealthcheck,
  type Resources,
  type Restart,
  type ServiceSpec,
  safeDefaults,
} from '@berth/domain/service';
import type { ComposeBuild, ComposeHealthcheck, ComposeModel, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { treatmentOf } from './keys.ts';
import { isRemoteContext } from './paths.ts';
import { planMounts } from './translate-mounts.ts';
import { dependenciesOf } from './translate-order.ts';
import { durationMs } from './units.ts';
import type { ProbeExtension, ServiceExtension } from './x-berth.ts';

export interface TranslatedService {
  /** Without port and probe, which depend on the routes of the whole app. */
  readonly spec: Omit<ServiceSpec, 'probe'>;
  readonly image: ImageSource;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

export interface ServiceContext {
  readonly model: ComposeModel;
  readonly name: string;
  readonly extension: ServiceExtension;
  /** The directory build contexts are inside of; contexts become relative to it. */
  readonly directory: string | undefined;
}

/** Keys of the printed model that ask for nothing: what they say is the default. */
const harmless: Readonly<Record<string, (service: ComposeService) => boolean>> = {
  privileged: (service) => service.privileged !== true,
  pull_policy: () => true,
  attach: () => true,
  restart: () => true,
  deploy: () => true,
};

export function translateService(context: ServiceContext): TranslatedService {
  const { model, name, extension } = context;
  const service = model.services[name]!;
  const faults: Fault[] = [...nameFaults(name), ...refusedKeys(service, name)];
  const mounts = planMounts(model, name, context.directory);
  const notes = [...mounts.notes];
  faults.push(...mounts.faults);
  const resources = resourcesOf(service, name, faults);
  const replicas = service.scale ?? service.deploy?.replicas ?? extension.replicas ?? 1;
  const spec: Omit<ServiceSpec, 'probe'> = {
    ...safeDefaults,
    name,
    ...(service.command === undefined ? {} : { command: service.command }),
    ...(service.entrypoint === undefined ? {} : { entrypoint: service.entrypoint }),
    environment: environmentOf(service),
    ...(service.user ? { user: service.user } : {}),
    ...(service.working_dir ? { workingDir: service.working_dir } : {}),
    ...(service.hostname ? { hostname: service.hostname } : {}),
    replicas,
    dependsOn: dependenciesOf(service),
    resources,
    stop: {
      ...(service.stop_signal ? { signal: service.stop_signal } : {}),
      graceMs:
        service.stop_grace_period === undefined
          ? safeDefaults.stop.graceMs
          : (durationMs(service.stop_grace_period) ?? safeDefaults.stop.graceMs),
    },
    init: service.init ?? safeDefaults.init,
    readOnly: service.read_only === true,
    capAdd: service.cap_add ?? [],
    capDrop: service.cap_drop ?? [],
    restart: restartOf(service, name, faults),
    logging: {
      driver: service.logging?.driver ?? safeDefaults.logging.driver,
      options: loggingOptions(service),
    },
    ulimits: Object.entries(service.ulimits ?? {}).map(([key, limit]) =>
      typeof limit === 'number' ? { name: key, soft: limit, hard: limit } : { name: key, ...limit },
    ),
    dns: { servers: service.dns ?? [], search: service.dns_search ?? [], options: service.dns_opt ?? [] },
    extraHosts: service.extra_hosts ?? [],
    mounts: mounts.mounts,
    ...healthcheckOf(service.healthcheck),
    labels: { ...service.deploy?.labels, ...service.labels },
  };
  const missing = Object.entries(service.environment ?? {}).filter(([, value]) => value === null);
  for (const [variable] of missing) notes.push(`services.${name}: the variable ${variable} has no value`);
  return { spec, image: imageOf(context, faults), faults, notes };
}

function nameFaults(name: string): Fault[] {
  const fault = findNameFault(name, serviceNameLengthMax);
  if (fault === undefined) return [];
  const path = ['services', name];
  if (fault.kind === 'too-long') {
    return [{ path, message: `the name is longer than ${fault.max} characters`, suggestion: 'shorten it' }];
  }
  return [
    {
      path,
      message: `"${name}" is not a DNS label`,
      suggestion: fault.kind === 'not-a-label' ? `name it \`${fault.suggestion}\`` : 'give it a name',
    },
  ];
}

/** Every key the table refuses, by name. */
function refusedKeys(service: ComposeService, name: string): Fault[] {
  const faults: Fault[] = [];
  const check = (value: object, prefix: readonly string[]) => {
    for (const key of Object.keys(value)) {
      const how = treatmentOf([...prefix, key].join('.'));
      if (how?.kind !== 'refused' || (prefix.length === 0 && harmless[key]?.(service) === true)) continue;
      faults.push({
        path: ['services', name, ...prefix, key],
        message: `\`${[...prefix, key].join('.')}\` is not supported: ${how.why}`,
        suggestion: how.instead,
      });
    }
  };
  check(service, []);
  if (service.build !== undefined) check(service.build, ['build']);
  if (service.deploy !== undefined) {
    check(service.deploy, ['deploy']);
    check(service.deploy.resources?.reservations ?? {}, ['deploy', 'resources', 'reservations']);
    const mode = service.deploy.mode ?? 'replicated';
    if (mode !== 'replicated') {
      faults.push({
        path: ['services', name, 'deploy', 'mode'],
        message: `\`deploy.mode: ${mode}\` is not supported yet`,
        suggestion: 'use `replicated`',
      });
    }
  }
  return faults;
}

function environmentOf(service: ComposeService): Record<string, string> {
  const values = Object.entries(service.environment ?? {});
  return Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== null));
}

function loggingOptions(service: ComposeService): Readonly<Record<string, string>> {
  const driver = service.logging?.driver ?? safeDefaults.logging.driver;
  // Rotation stays unless the file sets another size: a full disk stops every app of the node.
  const standard =
    driver === safeDefaults.logging.driver || driver === 'local' ? safeDefaults.logging.options : {};
  return { ...standard, ...service.logging?.options };
}

function resourcesOf(service: ComposeService, name: string, faults: Fault[]): Resources {
  const limits = service.deploy?.resources?.limits;
  const reservations = service.deploy?.resources?.reservations;
  const memory = limits?.memory ?? service.mem_limit;
  const reserved = reservations?.memory ?? service.mem_reservation;
  const cpus = limits?.cpus ?? service.cpus;
  const pids = limits?.pids ?? service.pids_limit;
  if (pids !== undefined && pids < 0) {
    faults.push({
      path: ['services', name, limits?.pids === undefined ? 'pids_limit' : 'deploy'],
      message: 'a task cannot have any number of processes',
      suggestion: 'name a limit; the default is 512',
    });
  }
  const memoryBytesMax = memory === undefined ? safeDefaults.resources.memoryBytesMax : Number(memory);
  const memoryBytesReserved = reserved === undefined ? undefined : Number(reserved);
  if (memoryBytesReserved !== undefined && memoryBytesReserved > memoryBytesMax) {
    faults.push({
      path: ['services', name, reservations?.memory === undefined ? 'mem_reservation' : 'deploy'],
      message: `reserves more memory than its limit of ${memoryBytesMax} bytes`,
      suggestion: 'raise `deploy.resources.limits.memory`',
    });
  }
  return {
    memoryBytesMax,
    ...(memoryBytesReserved === undefined ? {} : { memoryBytesReserved }),
    ...(cpus === undefined ? {} : { cpusMax: cpus }),
    ...(reservations?.cpus === undefined ? {} : { cpusReserved: reservations.cpus }),
    cpuWeight:
      service.cpu_shares === undefined || service.cpu_shares === 0
        ? safeDefaults.resources.cpuWeight
        : service.cpu_shares,
    pidsMax: pids === undefined ? safeDefaults.resources.pidsMax : Number(pids),
  };
}

function restartOf(service: ComposeService, name: string, faults: Fault[]): Restart {
  const policy = service.deploy?.restart_policy;
  const { delayMs } = safeDefaults.restart;
  if (policy !== undefined) {
    const conditions = { none: 'none', 'on-failure': 'on-failure', any: 'any', '': 'any' } as const;
    const condition = conditions[(policy.condition ?? '') as keyof typeof conditions];
    if (condition === undefined) {
      faults.push({
        path: ['services', name, 'deploy', 'restart_policy', 'condition'],
        message: `"${policy.condition}" is not a restart condition`,
        suggestion: 'use `none`, `on-failure` or `any`',
      });
    }
    const windowMs = policy.window === undefined ? undefined : durationMs(policy.window);
    return {
      condition: condition ?? 'any',
      delayMs: (policy.delay === undefined ? undefined : durationMs(policy.delay)) ?? delayMs,
      ...(policy.max_attempts === undefined ? {} : { attemptsMax: policy.max_attempts }),
      ...(windowMs === undefined ? {} : { windowMs }),
    };
  }
  const [word, attempts] = (service.restart ?? 'always').split(':') as [string, string?];
  const conditions = {
    no: 'none',
    always: 'any',
    'unless-stopped': 'any',
    'on-failure': 'on-failure',
  } as const;
  const condition = conditions[word as keyof typeof conditions];
  if (condition === undefined || (attempts !== undefined && !/^\d+$/.test(attempts))) {
    faults.push({
      path: ['services', name, 'restart'],
      message: `"${service.restart}" is not a restart policy`,
      suggestion: 'use `no`, `always`, `unless-stopped` or `on-failure[:N]`',
    });
  }
  return {
    condition: condition ?? 'any',
    delayMs,
    ...(attempts === undefined ? {} : { attemptsMax: Number(attempts) }),
  };
}

function healthcheckOf(
  check: ComposeHealthcheck | undefined,
): { healthcheck: EngineHealthcheck | { readonly disabled: true } } | undefined {
  if (check === undefined) return undefined;
  if (check.disable === true || check.test?.[0] === 'NONE') return { healthcheck: { disabled: true } };
  const spans = {
    intervalMs: check.interval,
    timeoutMs: check.timeout,
    startPeriodMs: check.start_period,
  };
  const times = Object.entries(spans).flatMap(([key, text]) => {
    const ms = text === undefined ? undefined : durationMs(text);
    return ms === undefined ? [] : [[key, ms] as const];
  });
  return {
    healthcheck: {
      test: check.test ?? [],
      ...Object.fromEntries(times),
      ...(check.retries === undefined ? {} : { retries: check.retries }),
    },
  };
}

function imageOf(context: ServiceContext, faults: Fault[]): ImageSource {
  const service = context.model.services[context.name]!;
  if (service.build === undefined) return { kind: 'image', reference: service.image ?? '' };
  const { build } = service;
  return {
    kind: 'build',
    context: contextOf(context, build, faults),
    // `Dockerfile` is what Compose fills in: then Berth looks for one, and generates one if there is none.
    ...(build.dockerfile === undefined || build.dockerfile === 'Dockerfile'
      ? {}
      : { dockerfile: build.dockerfile }),
    ...(build.target ? { target: build.target } : {}),
    args: Object.fromEntries(
      Object.entries(build.args ?? {}).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
  };
}

function contextOf({ name, directory }: ServiceContext, build: ComposeBuild, faults: Fault[]): string {
  const context = build.context ?? '.';
  const path = ['services', name, 'build', 'context'];
  if (isRemoteContext(context)) {
    faults.push({
      path,
      message: `the build context ${context} is not part of the source`,
      suggestion: 'clone it into the project',
    });
    return context;
  }
  if (directory === undefined || !context.startsWith('/')) return context;
  const inside = relative(directory, context);
  if (inside === '..' || inside.startsWith('../')) {
    faults.push({
      path,
      message: `the build context ${inside} is outside the source`,
      suggestion: 'move the manifest up, or the context inside',
    });
  }
  return inside === '' ? '.' : inside;
}

/** The probe of a service: what it says, else HTTP at `/` when routed, else none. */
export function probeOf(given: ProbeExtension | undefined, isRouted: boolean): ServiceSpec['probe'] {
  if (given === undefined) return isRouted ? safeDefaults.probe : { kind: 'none' };
  if (given === 'none') return { kind: 'none' };
  if ('tcp' in given) return { kind: 'tcp', ...given.tcp };
  return { kind: 'http', ...given.http, path: given.http.path ?? '/' };
}
