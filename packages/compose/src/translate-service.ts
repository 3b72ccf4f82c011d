import { posix } from 'node:path';
import { findNameFault, serviceNameLengthMax } from '@berth/domain/name';
import type { FileSource, ImageSource } from '@berth/domain/release';
import { type ServiceSpec, safeDefaults } from '@berth/domain/service';
import type { ComposeModel, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import type { SourceFile } from './translate-files.ts';
import { imageOf } from './translate-image.ts';
import { kernelOf } from './translate-kernel.ts';
import { labelFaults } from './translate-labels.ts';
import { planMounts } from './translate-mounts.ts';
import { dependenciesOf } from './translate-order.ts';
import { modeOf, placementOf, replicasOf } from './translate-placement.ts';
import { refusedKeys } from './translate-refusals.ts';
import { resourcesOf } from './translate-resources.ts';
import { healthcheckOf, restartOf } from './translate-restart.ts';
import { durationMs } from './units.ts';
import type { ProbeExtension, ServiceExtension } from './x-berth.ts';

export interface TranslatedService {
  /** Without port and probe, which depend on the routes of the whole app. */
  readonly spec: Omit<ServiceSpec, 'probe'>;
  readonly image: ImageSource;
  /** Content of the source its mounts ask for. */
  readonly sources: readonly FileSource[];
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

export interface ServiceContext {
  readonly model: ComposeModel;
  readonly name: string;
  readonly extension: ServiceExtension;
  /** The directory build contexts are inside of; contexts become relative to it. */
  readonly directory: string | undefined;
  readonly readSource: ((path: string) => SourceFile) | undefined;
}

export function translateService(context: ServiceContext): TranslatedService {
  const { model, name, extension } = context;
  const service = model.services[name]!;
  const faults: Fault[] = [...nameFaults(name), ...refusedKeys(service, name)];
  const mounts = planMounts(context);
  const notes = [...mounts.notes];
  faults.push(...mounts.faults);
  const mode = modeOf(model, name, faults);
  const spec: Omit<ServiceSpec, 'probe'> = {
    ...safeDefaults,
    name,
    ...(service.command === undefined ? {} : { command: service.command }),
    ...(service.entrypoint === undefined ? {} : { entrypoint: service.entrypoint }),
    environment: { ...service.environment },
    ...(service.user ? { user: service.user } : {}),
    ...(service.working_dir ? { workingDir: service.working_dir } : {}),
    ...hostnameOf(service, name),
    replicas: mode === 'global' || mode === 'global-job' ? 1 : replicasOf(service, extension),
    mode,
    dependsOn: dependenciesOf(service),
    placement: placementOf(service, name, faults),
    resources: resourcesOf(service, name, faults),
    stop: {
      ...(service.stop_signal ? { signal: service.stop_signal } : {}),
      graceMs:
        service.stop_grace_period === undefined
          ? safeDefaults.stop.graceMs
          : (durationMs(service.stop_grace_period) ?? safeDefaults.stop.graceMs),
    },
    init: service.init ?? safeDefaults.init,
    readOnly: service.read_only === true,
    tty: service.tty === true,
    stdinOpen: service.stdin_open === true,
    ...kernelOf(service, name, faults, sourceIn(context)),
    restart: restartOf(service, mode, name, faults),
    logging: {
      driver: service.logging?.driver ?? safeDefaults.logging.driver,
      options: loggingOptions(service),
    },
    dns: { servers: service.dns ?? [], search: service.dns_search ?? [], options: service.dns_opt ?? [] },
    extraHosts: service.extra_hosts ?? [],
    mounts: mounts.mounts,
    files: mounts.grants,
    ...healthcheckOf(service.healthcheck),
    labels: { ...service.labels },
    serviceLabels: { ...service.deploy?.labels },
  };
  const path = ['services', name];
  if (spec.entrypoint?.length === 0 && (spec.command ?? []).length === 0)
    faults.push({
      path: [...path, 'entrypoint'],
      message:
        'an empty `entrypoint` without a `command` is not supported: Swarm then runs the image’s entrypoint',
      suggestion: 'write the command as well: that of the image, if it is to run',
    });
  faults.push(...labelFaults(service.labels, [...path, 'labels']));
  faults.push(...labelFaults(service.deploy?.labels, [...path, 'deploy', 'labels']));
  if ((service.build?.platforms ?? []).length > 0)
    notes.push(`services.${name}: the image is built for the platform of its node alone`);
  const missing = Object.entries(service.environment ?? {}).filter(([, value]) => value === null);
  for (const [variable] of missing)
    notes.push(
      `services.${name}: the variable ${variable} has no value, so the tasks do not have it, whatever the image sets`,
    );
  for (const [variable, value] of Object.entries(service.environment ?? {})) {
    if (value === null || value.isWellFormed()) continue;
    const suggestion = 'save the env file as UTF-8';
    faults.push({ path: [...path, 'environment', variable], message: 'the value is not UTF-8', suggestion });
  }
  return { spec, image: imageOf(context, faults), sources: mounts.sources, faults, notes };
}

/** Paths as Compose reads them: from the directory of the project. */
const sourceIn = ({ directory, readSource }: ServiceContext) =>
  directory === undefined || readSource === undefined
    ? undefined
    : (path: string) => readSource(posix.resolve(directory, path));

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

/** Swarm has one field: a domain is the rest of the name. */
function hostnameOf(service: ComposeService, name: string): { hostname?: string } {
  const domain = service.domainname as string | undefined;
  if (domain) return { hostname: `${service.hostname || name}.${domain}` };
  return service.hostname ? { hostname: service.hostname } : {};
}

function loggingOptions(service: ComposeService): Readonly<Record<string, string>> {
  const driver = service.logging?.driver ?? safeDefaults.logging.driver;
  // Rotation stays unless the file sets another size: a full disk stops every app of the node. `local` rotates by itself.
  const standard = driver === safeDefaults.logging.driver ? safeDefaults.logging.options : {};
  return { ...standard, ...service.logging?.options };
}

/** The probe of a service: what it says, else HTTP at `/` when routed, else none. */
export function probeOf(given: ProbeExtension | undefined, isRouted: boolean): ServiceSpec['probe'] {
  if (given === undefined) return isRouted ? safeDefaults.probe : { kind: 'none' };
  if (given === 'none') return { kind: 'none' };
  if ('tcp' in given) return { kind: 'tcp', ...given.tcp };
  return { kind: 'http', ...given.http, path: given.http.path ?? '/' };
}
