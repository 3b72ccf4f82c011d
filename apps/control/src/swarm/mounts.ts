import { label } from '@berth/domain/label';
import type { Mount, ServiceSpec } from '@berth/domain/service';
import { volumesMounted } from '@berth/domain/volume';

/** A volume where it is: what the engine calls it, what leads the engine to it, and its node. */
export interface PlacedVolume {
  readonly id: string;
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly node: string;
}

/** By their names in the manifest. */
export type PlacedVolumes = Readonly<Record<string, PlacedVolume>>;

/**
 * A mount of a task. The options go with it, so that an engine whose volume was pruned makes the same one again
 * and not an empty one.
 */
export function mountOf(platform: string, mount: Mount, volumes: PlacedVolumes): Record<string, unknown> {
  if (mount.kind === 'tmpfs') {
    const { sizeBytes, mode } = mount;
    const options = {
      ...(sizeBytes === undefined ? {} : { SizeBytes: sizeBytes }),
      ...(mode === undefined ? {} : { Mode: mode }),
    };
    return {
      Type: 'tmpfs',
      Target: mount.target,
      ...(mount.readOnly === true ? { ReadOnly: true } : {}),
      ...(Object.keys(options).length === 0 ? {} : { TmpfsOptions: options }),
    };
  }
  if (mount.kind === 'bind')
    return { Type: 'bind', Source: mount.source, Target: mount.target, ReadOnly: mount.readOnly };
  const volume = volumes[mount.source];
  if (volume === undefined) throw new Error(`the volume ${mount.source} is mounted and was not made`);
  return {
    Type: 'volume',
    Source: volume.name,
    Target: mount.target,
    ReadOnly: mount.readOnly,
    VolumeOptions: {
      Labels: { [label.platform]: platform, [label.volume]: volume.id },
      DriverConfig: { Name: 'local', Options: volume.options },
      ...(mount.copy === false ? { NoCopy: true } : {}),
      ...(mount.subpath === undefined ? {} : { Subpath: mount.subpath }),
    },
  };
}

/** Tasks run where their volumes are. */
export const volumeConstraints = (spec: Pick<ServiceSpec, 'mounts'>, volumes: PlacedVolumes): string[] => [
  ...new Set(
    spec.mounts.flatMap((mount) => {
      const node = mount.kind === 'volume' ? volumes[mount.source]?.node : undefined;
      return node === undefined ? [] : [`node.id==${node}`];
    }),
  ),
];

/** In the place of volumes that are made only when the service is deployed. */
export const pendingVolumes = (spec: Pick<ServiceSpec, 'mounts'>): PlacedVolumes =>
  Object.fromEntries(
    volumesMounted(spec).map((source) => [source, { id: '', name: source, options: {}, node: '' }]),
  );
