import type { AppVolume } from '@berth/domain/release';
import type { Mount } from '@berth/domain/service';
import { findCountFault, findSizeFault, volumeNamePattern, volumeQuotas } from '@berth/domain/volume';
import type { ComposeModel, ComposeMount, ComposeVolume } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import { labelFaults } from './translate-labels.ts';
import { parseBytes } from './units.ts';
import { parseVolumeExtension } from './x-berth.ts';

/** A mount of type `volume`; one without a name gets one, so that its data outlives the task. */
export function volumeMount(service: string, volume: ComposeMount, notes: string[]): Mount {
  const { target = '', source = '' } = volume;
  const options = {
    target,
    readOnly: volume.read_only === true,
    ...(volume.volume?.nocopy === true ? { copy: false } : {}),
    ...(volume.volume?.subpath ? { subpath: volume.volume.subpath } : {}),
  };
  if (source !== '') return { kind: 'volume', source, ...options };
  const made = `${service}${target.replace(/[^A-Za-z0-9]+/g, '-')}`.replace(/-$/, '');
  notes.push(`services.${service}: the anonymous volume at ${target} is kept under the name ${made}`);
  return { kind: 'volume', source: made, ...options };
}

/** The quota of one service, told at its list. */
export function checkVolumeCount(service: string, mounts: readonly Mount[]): Fault[] {
  const fault = findCountFault({ name: service, mounts });
  if (fault === undefined) return [];
  return [
    {
      path: ['services', service, 'volumes'],
      message: fault,
      suggestion: `mount at most ${volumeQuotas.perService}`,
    },
  ];
}

/** The named volumes that services mount. */
export function planVolumes(model: ComposeModel): {
  readonly volumes: readonly AppVolume[];
  readonly faults: readonly Fault[];
} {
  const faults: Fault[] = [];
  const used = new Set(
    Object.values(model.services).flatMap((service) =>
      (service.volumes ?? []).flatMap(({ type, source }) => (type === 'volume' && source ? [source] : [])),
    ),
  );
  const volumes = [...used].map((name) => volumeOf(model, name, model.volumes?.[name], faults));
  return { volumes, faults };
}

function volumeOf(
  model: ComposeModel,
  key: string,
  definition: ComposeVolume | undefined,
  faults: Fault[],
): AppVolume {
  const path: Path = ['volumes', key];
  const isExternal = definition?.external === true;
  refuseDrivers(definition, path, faults);
  const parsed = parseVolumeExtension(definition?.['x-berth'], key);
  if ('faults' in parsed) faults.push(...parsed.faults);
  const { size, overcommit } = 'ok' in parsed ? parsed.ok : {};
  const sizeBytes = size === undefined ? undefined : parseBytes(String(size));
  faults.push(...labelFaults(definition?.labels, [...path, 'labels']));
  const sizePath = [...path, 'x-berth', 'size'];
  if (size !== undefined && isExternal)
    faults.push({
      path: sizePath,
      message: 'an external volume has the size it was made with',
      suggestion: `raise it with \`berth volume grow ${definition.name} --size ${size}\``,
    });
  else if (size !== undefined) {
    const fault = findSizeFault(sizeBytes ?? Number.NaN);
    if (fault !== undefined) faults.push({ path: sizePath, message: `\`size\` ${fault}` });
  }
  const shared = sharedName(model, key, definition);
  if (shared !== undefined && !volumeNamePattern.test(shared))
    faults.push({
      path: [...path, 'name'],
      message: `\`${shared}\` is not the name of a volume`,
      suggestion: 'use letters, digits, `_`, `.` and `-`, the first a letter or digit',
    });
  return {
    name: key,
    ...(shared === undefined ? {} : { shared }),
    ...(isExternal ? { external: true } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(overcommit === true ? { overcommit } : {}),
    labels: { ...definition?.labels },
  };
}

/** The name it was given; undefined where Compose would make one up of the project and the key. */
function sharedName(
  model: ComposeModel,
  key: string,
  definition: ComposeVolume | undefined,
): string | undefined {
  if (definition === undefined) return undefined;
  if (definition.external === true) return definition.name;
  return definition.name === `${model.name}_${key}` ? undefined : definition.name;
}

/**
 * The engine's `local` driver mounts whatever its options say as root: a directory of the host, a share of the
 * network. Volumes have the options Berth gives them.
 */
function refuseDrivers(definition: ComposeVolume | undefined, path: Path, faults: Fault[]): void {
  const { driver, driver_opts: options = {} } = definition ?? {};
  if (driver !== undefined && driver !== '' && driver !== 'local')
    faults.push({
      path: [...path, 'driver'],
      message: `the volume driver ${driver} is not supported: volumes are kept by the agent of their node`,
      suggestion: 'remove `driver`',
    });
  if (Object.keys(options).length === 0) return;
  faults.push({
    path: [...path, 'driver_opts'],
    message: 'options of the volume driver could mount any directory of the host, and are not supported',
    suggestion: insteadOf(options),
  });
}

function insteadOf(options: Readonly<Record<string, unknown>>): string {
  if (options.type === 'tmpfs') return 'for memory, use `tmpfs` in the service';
  if (options.size !== undefined) return `limit it with \`x-berth: {size: ${String(options.size)}}\``;
  if (/^nfs|^cifs/.test(String(options.type)))
    return 'let the service itself reach the share, or copy the data into a volume';
  return 'remove `driver_opts`; copy files the service needs into the image or the volume';
}
