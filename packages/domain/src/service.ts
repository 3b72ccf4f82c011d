import { withheldCapabilities } from './capability.ts';
import type { Schedule } from './schedule.ts';

/**
 * What one service of a release runs: the model every source of an app (Compose file, Procfile, plain
 * source) is turned into, and the only thing the planners and the engine adapter read.
 */
export interface ServiceSpec {
  readonly name: string;
  /** Undefined: the image's own. */
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  /** Null: taken out of what the image sets. */
  readonly environment: Readonly<Record<string, string | null>>;
  readonly user?: string;
  readonly workingDir?: string;
  readonly hostname?: string;
  readonly replicas: number;
  /** Port the tasks listen on. Undefined: not routed. */
  readonly port?: number;
  readonly probe: Probe;
  readonly resources: Resources;
  readonly stop: { readonly signal?: string; readonly graceMs: number };
  readonly init: boolean;
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly restart: Restart;
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** Which tasks the kernel ends first when memory is short: higher, sooner. Where the engine has it (API 1.46). */
  readonly oomScoreAdj?: number;
  readonly dns: {
    readonly servers: readonly string[];
    readonly search: readonly string[];
    readonly options: readonly string[];
  };
  readonly extraHosts: readonly string[];
  readonly mounts: readonly Mount[];
  /** How many tasks: `replicas` of them or one on every node; those of a job run to completion. */
  readonly mode: ServiceMode;
  /** Networks of the app it joins, by their name in the manifest. */
  readonly networks: readonly NetworkMembership[];
  /** Addresses and CIDRs that may reach what it publishes, through the edge and on the node. Undefined: any. */
  readonly allowFrom?: readonly string[];
  /** Has no network but that of its node: only by a grant. */
  readonly hostNetwork?: boolean;
  /** Ports of the node itself, beside those the edge serves. */
  readonly ports: readonly HostPort[];
  /** Configs and secrets mounted as files. */
  readonly files: readonly FileGrant[];
  /** Variables whose values are secrets: name of the variable to name of the secret in the manifest. */
  readonly secretVariables: Readonly<Record<string, string>>;
  /** Services of the app that have to be there first. */
  readonly dependsOn: readonly Dependency[];
  readonly placement: Placement;
  /** Patterns of files whose lines belong to its log. */
  readonly logFiles: readonly string[];
  /** Given: it has no tasks of its own, and runs to its end at these times. */
  readonly schedule?: Schedule;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Supplementary groups of its processes: names or numbers. */
  readonly groups: readonly string[];
  readonly tty: boolean;
  readonly stdinOpen: boolean;
  /** Where the engine has it for services (API 1.44). */
  readonly noNewPrivileges: boolean;
  /** Undefined: the engine's own profile. Where the engine has it for services (API 1.44). */
  readonly seccomp?: { readonly kind: 'unconfined' } | { readonly kind: 'custom'; readonly profile: string };
  /** Undefined: the engine's own profile. Where the engine has it for services (API 1.44). */
  readonly appArmor?: 'unconfined';
  /** Where the node has SELinux: parts of the label of its processes. */
  readonly seLinux?: {
    readonly disabled?: boolean;
    readonly user?: string;
    readonly role?: string;
    readonly type?: string;
    readonly level?: string;
  };
  /** The image's own or the manifest's health check, run by the engine. Undefined: the image's own. */
  readonly healthcheck?: EngineHealthcheck | { readonly disabled: true };
  /** On its containers. */
  readonly labels: Readonly<Record<string, string>>;
  /** On the Swarm service alone. */
  readonly serviceLabels: Readonly<Record<string, string>>;
}

export type ServiceMode = 'replicated' | 'global' | 'job' | 'global-job';

/** Its tasks run to their end, once. */
export const isJob = (mode: ServiceMode): boolean => mode === 'job' || mode === 'global-job';

/** Swarm decides on how many nodes it has a task. */
export const isPerNode = (mode: ServiceMode): boolean => mode === 'global' || mode === 'global-job';

export interface NetworkMembership {
  readonly network: string;
  /** Names beside the service's own. */
  readonly aliases: readonly string[];
}

/** A port of the node that leads to the task there. */
export interface HostPort {
  readonly target: number;
  /** 0 while none is chosen: a release has all of them. */
  readonly published: number;
  readonly protocol: 'tcp' | 'udp';
  /** The one address of the node where it is open; undefined: every one. */
  readonly address?: string;
  /** What one may be chosen from, first and last; undefined: the platform's range. */
  readonly range?: readonly [number, number];
}

export interface FileGrant {
  readonly kind: 'config' | 'secret';
  /** Name of the config or secret in the manifest. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly uid: string;
  readonly gid: string;
  /** Permission bits. */
  readonly mode: number;
}

export interface Dependency {
  readonly service: string;
  readonly condition: 'started' | 'healthy' | 'completed';
  /** False: only waited for when the release has it. */
  readonly required: boolean;
  /** Replaced as well when the other one is. */
  readonly restart: boolean;
}

export interface Placement {
  readonly constraints: readonly string[];
  /** Node labels whose values tasks are spread over. */
  readonly spread: readonly string[];
  readonly replicasPerNodeMax?: number;
}

export type Mount =
  | {
      readonly kind: 'volume';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** False: an empty volume is not filled with what the image has at `target`. */
      readonly copy?: boolean;
      readonly subpath?: string;
    }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly sizeBytes?: number;
      /** Permission bits. */
      readonly mode?: number;
      readonly readOnly?: boolean;
    }
  /** A directory or file of the node: only by a grant. */
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
    };

/** How the edge proves a task ready, and keeps proving it. */
export type Probe =
  | { readonly kind: 'http'; readonly path: string; readonly port?: number; readonly host?: string }
  | { readonly kind: 'tcp'; readonly port?: number }
  | { readonly kind: 'none' };

export interface Resources {
  readonly memoryBytesMax: number;
  readonly memoryBytesReserved?: number;
  /** Cores; undefined: no limit, only the weight. */
  readonly cpusMax?: number;
  readonly cpusReserved?: number;
  /** Share of busy processors against other tasks of the node: twice the weight, twice the time. */
  readonly cpuWeight: number;
  readonly pidsMax: number;
  /** Processors its tasks may run on, like `0-1,3`. Undefined: all. */
  readonly cpuset?: string;
  /** Memory and swap together; -1: no limit. Undefined: the engine's own choice, twice the memory. */
  readonly memorySwapBytesMax?: number;
  /** Share of a busy disk against other tasks of the node, from 10 to 1000. */
  readonly blockIoWeight?: number;
}

/** Swarm's restart policy; `window` undefined: forever. */
export interface Restart {
  readonly condition: 'none' | 'on-failure' | 'any';
  readonly delayMs: number;
  /** The manifest names the delay: it does not grow while tasks keep failing (`back-off.ts`). */
  readonly keepsDelay?: true;
  readonly attemptsMax?: number;
  readonly windowMs?: number;
}

export interface EngineHealthcheck {
  /** As in the Engine API: `['CMD', …]` or `['CMD-SHELL', line]`. */
  readonly test: readonly string[];
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly startPeriodMs?: number;
  /** Between checks during the start period, where the engine has it (API 1.44). */
  readonly startIntervalMs?: number;
}

const MiB = 1024 * 1024;

/** Defaults every task has unless the manifest says otherwise (shown by `berth config`). */
export const safeDefaults = {
  replicas: 1,
  probe: { kind: 'http', path: '/' },
  resources: { memoryBytesMax: 512 * MiB, pidsMax: 512, cpuWeight: 1024 },
  stop: { graceMs: 30_000 },
  init: true,
  readOnly: false,
  capAdd: [],
  capDrop: withheldCapabilities,
  restart: { condition: 'any', delayMs: 2_000 },
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  ulimits: [],
  dns: { servers: [], search: [], options: [] },
  extraHosts: [],
  mounts: [],
  mode: 'replicated',
  networks: [{ network: 'default', aliases: [] }],
  ports: [],
  files: [],
  secretVariables: {},
  logFiles: [],
  dependsOn: [],
  placement: { constraints: [], spread: [] },
  sysctls: {},
  groups: [],
  tty: false,
  stdinOpen: false,
  noNewPrivileges: false,
  environment: {},
  labels: {},
  serviceLabels: {},
} as const satisfies Omit<ServiceSpec, 'name'>;
