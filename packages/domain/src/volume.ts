import type { AppVolume, ReleaseService } from './release.ts';
import type { ServiceSpec } from './service.ts';

const MiB = 2 ** 20;
const TiB = 2 ** 40;

/** What anybody may have of volumes. */
export const volumeQuotas = {
  perService: 8,
  bytesMax: 2 * TiB,
  /** Below it a file system has no room for itself. */
  bytesMin: 32 * MiB,
  /** How long a removed volume can be had back. */
  graceMs: 7 * 24 * 60 * 60_000,
} as const;

/** Why a size is none a volume can have; undefined: it is one. */
export function findSizeFault(sizeBytes: number): string | undefined {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0) return 'must be a size such as 2G';
  if (sizeBytes < volumeQuotas.bytesMin) return `must be at least ${volumeQuotas.bytesMin / MiB} MiB`;
  if (sizeBytes > volumeQuotas.bytesMax)
    return `is over the quota of ${volumeQuotas.bytesMax / TiB} TiB a volume`;
  return undefined;
}

/** Names of the volumes a service mounts, each once. */
export const volumesMounted = (spec: Pick<ServiceSpec, 'mounts'>): string[] => [
  ...new Set(spec.mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.source] : []))),
];

/** What of an app or a release says which volumes it needs. */
export interface VolumeNeeds {
  readonly services: readonly Pick<ReleaseService, 'spec'>[];
  readonly volumes: readonly AppVolume[];
}

/** Why a service may not have so many volumes; undefined: it may. */
export function findCountFault(spec: Pick<ServiceSpec, 'name' | 'mounts'>): string | undefined {
  const { length } = volumesMounted(spec);
  return length > volumeQuotas.perService
    ? `${spec.name} mounts ${length} volumes; the quota is ${volumeQuotas.perService} a service`
    : undefined;
}

/** Every volume a release mounts, those its manifest says nothing else of included. */
export function volumesOf(release: VolumeNeeds): AppVolume[] {
  const mounted = new Set(release.services.flatMap(({ spec }) => volumesMounted(spec)));
  return [...mounted].map(
    (name) => release.volumes.find((volume) => volume.name === name) ?? { name, labels: {} },
  );
}

/** Name of a volume for people: of its app, unless it was given a name of its own. */
export const volumeNameOf = (app: string, volume: Pick<AppVolume, 'name' | 'shared'>): string =>
  volume.shared ?? `${app}_${volume.name}`;

/** Name in the engine, which several platforms may share. */
export const engineVolumeName = (platform: string, name: string): string =>
  platform === 'berth' ? name : `${platform}-${name}`;

/** As the engine takes them. */
export const volumeNamePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;
