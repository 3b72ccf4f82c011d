import type { ServiceSpec } from '@berth/domain/service';

/** What services of Swarm learned after the oldest engine Berth runs on. */
const learned: readonly {
  readonly key: string;
  /** Version of the engine's API. */
  readonly since: string;
  /** False: the service would be another one without it. */
  readonly isOptional: boolean;
  readonly isAsked: (spec: ServiceSpec) => boolean;
}[] = [
  {
    key: 'healthcheck.start_interval',
    since: '1.44',
    isOptional: true,
    isAsked: ({ healthcheck }) =>
      healthcheck !== undefined &&
      'startIntervalMs' in healthcheck &&
      healthcheck.startIntervalMs !== undefined,
  },
  {
    key: 'security_opt: no-new-privileges',
    since: '1.44',
    isOptional: true,
    isAsked: (spec) => spec.noNewPrivileges,
  },
  {
    key: 'security_opt: seccomp',
    since: '1.44',
    isOptional: false,
    isAsked: (spec) => spec.seccomp !== undefined,
  },
  {
    key: 'security_opt: apparmor',
    since: '1.44',
    isOptional: false,
    isAsked: (spec) => spec.appArmor !== undefined,
  },
  {
    key: 'volumes.volume.subpath',
    since: '1.45',
    isOptional: false,
    isAsked: (spec) => spec.mounts.some((mount) => mount.kind === 'volume' && mount.subpath !== undefined),
  },
  {
    key: 'oom_score_adj',
    since: '1.46',
    isOptional: true,
    isAsked: (spec) => spec.oomScoreAdj !== undefined,
  },
];

export interface EngineGaps {
  /** Left out, and the service is still what it is. */
  readonly notes: readonly string[];
  /** Why the services cannot run on this engine. */
  readonly faults: readonly string[];
}

/** What services ask of an engine that is too old for it. Pure. */
export function findEngineGaps(services: readonly ServiceSpec[], apiVersion: string): EngineGaps {
  const gaps = services.flatMap((spec) =>
    learned
      .filter(({ since, isAsked }) => isOlder(apiVersion, since) && isAsked(spec))
      .map(({ key, since, isOptional }) => ({
        isOptional,
        text: `services.${spec.name}: \`${key}\` is not done by this engine: its API is ${apiVersion}, and it came with ${since}`,
      })),
  );
  return {
    notes: gaps.filter(({ isOptional }) => isOptional).map(({ text }) => text),
    faults: gaps.filter(({ isOptional }) => !isOptional).map(({ text }) => text),
  };
}

/** Of versions of the engine’s API. */
export function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major === thanMajor ? minor < thanMinor : major < thanMajor;
}
