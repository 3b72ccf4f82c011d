import type { AppVolume } from '@berth/domain/release';
import {
  findCountFault,
  findSizeFault,
  type VolumeNeeds,
  volumeNameOf,
  volumesMounted,
  volumesOf,
} from '@berth/domain/volume';
import type { Volume } from './store.ts';

type Known = Pick<Volume, 'id' | 'name' | 'app' | 'node' | 'sizeBytes'>;

/** What is to be there, and whether it is already. */
export interface PlannedVolume {
  readonly name: string;
  readonly known: Known | undefined;
  readonly node: string;
  readonly sizeBytes: number | undefined;
  readonly overcommit: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export type VolumePlan =
  | { readonly kind: 'ok'; readonly volumes: readonly PlannedVolume[]; readonly warnings: readonly string[] }
  | {
      readonly kind: 'refused';
      readonly code: 'quota_exceeded' | 'volume_not_found' | 'volume_taken' | 'volume_size' | 'conflict';
      readonly because: string;
    };

/** Somebody who mounts a volume. */
export interface VolumeUser {
  readonly app: string;
  readonly service: string;
  readonly readOnly: boolean;
}

/**
 * The volumes a release needs: which are made, which grow, and where. All volumes of one service are on one
 * node. Nothing is ever made smaller, and nothing is removed. Pure.
 */
export function planVolumes(input: {
  app: string;
  release: VolumeNeeds;
  known: readonly Known[];
  /** Names in the trash. */
  trash: readonly string[];
  /** Who else mounts a volume, by its name. */
  others: ReadonlyMap<string, readonly VolumeUser[]>;
  /** Where a volume goes that nothing ties to a node. */
  defaultNode: string;
}): VolumePlan {
  const { app, release } = input;
  const warnings: string[] = [];
  const wanted = volumesOf(release);
  for (const { spec } of release.services) {
    const fault = findCountFault(spec);
    if (fault !== undefined) return { kind: 'refused', code: 'quota_exceeded', because: `${fault}.` };
  }
  const knownOf = (volume: AppVolume): Known | undefined =>
    input.known.find(({ name }) => name === volumeNameOf(app, volume));
  for (const volume of wanted) {
    const refusal = judge(app, volume, knownOf(volume));
    if (refusal !== undefined) return refusal;
  }
  const nodes = chooseNodes(input, wanted, knownOf);
  if ('kind' in nodes) return nodes;
  // Two keys of a manifest may name one volume.
  const each = wanted.filter(
    (volume, index) =>
      wanted.findIndex((other) => volumeNameOf(app, other) === volumeNameOf(app, volume)) === index,
  );
  const volumes = each.map((volume): PlannedVolume => {
    const name = volumeNameOf(app, volume);
    const known = knownOf(volume);
    if (known === undefined && input.trash.includes(name))
      warnings.push(
        `the volume ${name} is made anew and empty; \`berth volume restore ${name} --as NAME\` has the removed one`,
      );
    if (
      known?.sizeBytes !== undefined &&
      volume.sizeBytes !== undefined &&
      known.sizeBytes > volume.sizeBytes
    )
      warnings.push(
        `the volume ${name} is larger than the manifest says, and stays so: volumes never shrink`,
      );
    warnings.push(...writersOf(input, volume, name));
    return {
      name,
      known,
      node: nodes.get(volume.name) ?? input.defaultNode,
      sizeBytes:
        known === undefined || known.sizeBytes === undefined
          ? volume.sizeBytes
          : Math.max(known.sizeBytes, volume.sizeBytes ?? 0),
      overcommit: volume.overcommit === true,
      labels: volume.labels,
    };
  });
  return { kind: 'ok', volumes, warnings };
}

type Refusal = Extract<VolumePlan, { kind: 'refused' }>;

function judge(app: string, volume: AppVolume, known: Known | undefined): Refusal | undefined {
  const name = volumeNameOf(app, volume);
  const fault = volume.sizeBytes === undefined ? undefined : findSizeFault(volume.sizeBytes);
  if (fault !== undefined)
    return { kind: 'refused', code: 'quota_exceeded', because: `The size of the volume ${name} ${fault}.` };
  if (known === undefined)
    return volume.external === true
      ? {
          kind: 'refused',
          code: 'volume_not_found',
          because: `The volume ${name} is external, and Berth has none: \`berth volume create ${name}\` makes it; if the engine has one of that name, \`berth volume adopt ${name}\` takes it as it is.`,
        }
      : undefined;
  if (volume.external !== true && known.app !== app)
    return {
      kind: 'refused',
      code: 'volume_taken',
      because: `The volume ${name} ${known.app === undefined ? 'was made by itself' : `belongs to the app ${known.app}`}; say \`external: true\` to share it.`,
    };
  if (volume.external !== true && volume.sizeBytes !== undefined && known.sizeBytes === undefined)
    return {
      kind: 'refused',
      code: 'volume_size',
      because: `The volume ${name} has no limit and cannot be given one: make another with a size, and copy the data.`,
    };
  return undefined;
}

/** Volumes that a service mounts together have to be together, and so do theirs. */
function chooseNodes(
  input: { app: string; release: Pick<VolumeNeeds, 'services'>; defaultNode: string },
  wanted: readonly AppVolume[],
  knownOf: (volume: AppVolume) => Known | undefined,
): Map<string, string> | Refusal {
  const nodes = new Map<string, string>();
  for (const volume of wanted) {
    const node = knownOf(volume)?.node;
    if (node !== undefined) nodes.set(volume.name, node);
  }
  const services = input.release.services.map(({ spec }) => ({
    name: spec.name,
    sources: volumesMounted(spec),
  }));
  // Each round ties what a tied volume is mounted with; no more rounds than volumes.
  for (let round = 0; round <= wanted.length; round++)
    for (const { name, sources } of services) {
      const tied = sources.filter((source) => nodes.has(source));
      const places = new Set(tied.map((source) => nodes.get(source)));
      if (places.size > 1)
        return {
          kind: 'refused',
          code: 'conflict',
          because: `${name} mounts ${tied.join(' and ')}, which are on different nodes: no task can have both.`,
        };
      const [place] = places;
      if (place !== undefined) for (const source of sources) nodes.set(source, place);
      else if (round === wanted.length) for (const source of sources) nodes.set(source, input.defaultNode);
    }
  return nodes;
}

/** More than one writer is the file formats' business, and is said. */
function writersOf(
  input: {
    app: string;
    release: Pick<VolumeNeeds, 'services'>;
    others: ReadonlyMap<string, readonly VolumeUser[]>;
  },
  volume: AppVolume,
  name: string,
): string[] {
  const own = input.release.services
    .filter(({ spec }) =>
      spec.mounts.some((mount) => mount.kind === 'volume' && mount.source === volume.name && !mount.readOnly),
    )
    .map(({ spec }) => (spec.replicas > 1 ? `${spec.replicas} tasks of ${spec.name}` : spec.name));
  const others = (input.others.get(name) ?? [])
    .filter((user) => user.app !== input.app && !user.readOnly)
    .map((user) => `${user.app}/${user.service}`);
  const writers = [...own, ...others];
  const isAlone = writers.length < 2 && !writers.some((writer) => writer.includes(' tasks of '));
  if (own.length === 0 || isAlone) return [];
  return [`the volume ${name} is written by ${writers.join(', ')}: most databases allow one writer`];
}
