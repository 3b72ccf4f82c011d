import { fileFor } from '@berth/domain/file';
import type { ReleaseFile, Variables } from '@berth/domain/release';
import type { Placement, ServiceMode, ServiceSpec } from '@berth/domain/service';
import type { ServiceSpec as SwarmServiceSpec } from '@berth/engine/types';

/** Nanoseconds, as all durations of the Engine API. */
export const nanoseconds = (ms: number): number => ms * 1_000_000;

/** What runs in a task, as Swarm names it. */
export function processOf(spec: ServiceSpec, values: Values) {
  return {
    ...programOf(spec),
    Env: environmentOf(spec, values).map(literal),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.workingDir === undefined ? {} : { Dir: spec.workingDir }),
    ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
    ...(spec.groups.length === 0 ? {} : { Groups: spec.groups }),
    ...(spec.tty ? { TTY: true } : {}),
    ...(spec.stdinOpen ? { OpenStdin: true } : {}),
  };
}

/** To Swarm an empty entrypoint is the image's own: what is to run without one is all entrypoint. */
function programOf({ entrypoint, command }: ServiceSpec) {
  if (entrypoint?.length === 0) return { Command: command ?? [] };
  return {
    ...(entrypoint === undefined ? {} : { Command: entrypoint }),
    ...(command === undefined ? {} : { Args: command }),
  };
}

interface Values {
  readonly variables: Variables;
  readonly files: readonly ReleaseFile[];
}

/** By name: who says a variable first is no difference between tasks. */
export const environmentOf = (spec: ServiceSpec, { variables, files }: Values): string[] =>
  Object.entries({ ...spec.environment, ...variables, ...secretVariables(spec, files) })
    .sort(([one], [other]) => (one < other ? -1 : 1))
    // A name alone takes out what the image sets: so the engine has it, for containers and Swarm services.
    .map(([name, value]) => (value === null ? name : `${name}=${value}`));

/** Secrets asked for as variables; the newline a file ends with is not part of a password. */
export function secretVariables(spec: ServiceSpec, files: readonly ReleaseFile[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(spec.secretVariables).map(([variable, secret]) => {
      const file = fileFor(files, spec.name, { kind: 'secret', name: secret });
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

/** Swarm takes `{{` in a variable for the start of a template; Compose has none, so it stays what it is. */
const literal = (text: string): string => text.replaceAll('{{', '{{"{{"}}');

/** What surrounds a task's processes: kernel settings, powers, name resolution. */
export function surroundingsOf(spec: ServiceSpec) {
  return {
    Init: spec.init,
    ReadOnly: spec.readOnly,
    ...(spec.stop.signal === undefined ? {} : { StopSignal: spec.stop.signal }),
    StopGracePeriod: nanoseconds(spec.stop.graceMs),
    ...(spec.healthcheck === undefined ? {} : { Healthcheck: healthcheckOf(spec.healthcheck) }),
    // Swarm wants `IP host`, Compose writes `host:IP`.
    Hosts: spec.extraHosts.map((entry) => hostAndAddress(entry).reverse().join(' ')),
    DNSConfig: { Nameservers: spec.dns.servers, Search: spec.dns.search, Options: spec.dns.options },
    CapabilityAdd: spec.capAdd,
    CapabilityDrop: spec.capDrop,
    Ulimits: spec.ulimits.map((limit) => ({ Name: limit.name, Soft: limit.soft, Hard: limit.hard })),
    ...(Object.keys(spec.sysctls).length === 0 ? {} : { Sysctls: spec.sysctls }),
    ...(spec.oomScoreAdj === undefined ? {} : { OomScoreAdj: spec.oomScoreAdj }),
    ...privilegesOf(spec),
  };
}

function privilegesOf({ noNewPrivileges, seccomp, appArmor, seLinux }: ServiceSpec) {
  const privileges = {
    ...(noNewPrivileges ? { NoNewPrivileges: true } : {}),
    ...(seccomp === undefined
      ? {}
      : {
          Seccomp:
            seccomp.kind === 'unconfined'
              ? { Mode: 'unconfined' }
              : { Mode: 'custom', Profile: Buffer.from(seccomp.profile).toString('base64') },
        }),
    ...(appArmor === undefined ? {} : { AppArmor: { Mode: 'disabled' } }),
    ...(seLinux === undefined
      ? {}
      : {
          SELinuxContext: Object.fromEntries(
            Object.entries(seLinux).map(([key, value]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, value]),
          ),
        }),
  };
  return Object.keys(privileges).length === 0 ? {} : { Privileges: privileges };
}

/** The same for a container. */
export function securityOptionsOf(spec: ServiceSpec): { SecurityOpt?: string[] } {
  const { disabled, ...labels } = spec.seLinux ?? {};
  const options = [
    ...(spec.noNewPrivileges ? ['no-new-privileges'] : []),
    ...(spec.seccomp === undefined
      ? []
      : [`seccomp=${spec.seccomp.kind === 'unconfined' ? 'unconfined' : spec.seccomp.profile}`]),
    ...(spec.appArmor === undefined ? [] : ['apparmor=unconfined']),
    ...(disabled === true ? ['label=disable'] : []),
    ...Object.entries(labels).map(([part, text]) => `label=${part}:${text}`),
  ];
  return options.length === 0 ? {} : { SecurityOpt: options };
}

function healthcheckOf(check: NonNullable<ServiceSpec['healthcheck']>) {
  if ('disabled' in check) return { Test: ['NONE'] };
  return {
    Test: check.test,
    ...(check.intervalMs === undefined ? {} : { Interval: nanoseconds(check.intervalMs) }),
    ...(check.timeoutMs === undefined ? {} : { Timeout: nanoseconds(check.timeoutMs) }),
    ...(check.retries === undefined ? {} : { Retries: check.retries }),
    ...(check.startPeriodMs === undefined ? {} : { StartPeriod: nanoseconds(check.startPeriodMs) }),
    ...(check.startIntervalMs === undefined ? {} : { StartInterval: nanoseconds(check.startIntervalMs) }),
  };
}

/** `host:IP` or `host=IP` of a manifest; the address may be one of IPv6, and in brackets. */
export function hostAndAddress(entry: string): [host: string, address: string] {
  const at = entry.search(/[:=]/);
  return [entry.slice(0, at), entry.slice(at + 1).replace(/^\[(.*)\]$/, '$1')];
}

export function placementOf(placement: Placement) {
  const { constraints, spread, replicasPerNodeMax } = placement;
  if (constraints.length === 0 && spread.length === 0 && replicasPerNodeMax === undefined) return undefined;
  return {
    ...(constraints.length === 0 ? {} : { Constraints: constraints }),
    ...(spread.length === 0
      ? {}
      : { Preferences: spread.map((label) => ({ Spread: { SpreadDescriptor: label } })) }),
    ...(replicasPerNodeMax === undefined ? {} : { MaxReplicas: replicasPerNodeMax }),
  };
}

export function modeOf(mode: ServiceMode, replicas: number): SwarmServiceSpec['Mode'] {
  switch (mode) {
    case 'replicated':
      return { Replicated: { Replicas: replicas } };
    case 'global':
      return { Global: {} };
    case 'job':
      return { ReplicatedJob: { MaxConcurrent: replicas, TotalCompletions: replicas } };
    case 'global-job':
      return { GlobalJob: {} };
  }
}
