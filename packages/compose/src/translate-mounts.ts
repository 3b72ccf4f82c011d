import { relative } from 'node:path';
import type { Mount } from '@berth/domain/service';
import type { ComposeModel, ComposeMount } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import { parseBytes } from './units.ts';

export interface Mounts {
  readonly mounts: readonly Mount[];
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** Volumes and tmpfs of a service. Directories of the host are refused. */
export function planMounts(model: ComposeModel, name: string, directory: string | undefined): Mounts {
  const service = model.services[name]!;
  const mounts: Mount[] = [];
  const faults: Fault[] = [];
  const notes: string[] = [];
  for (const [index, volume] of (service.volumes ?? []).entries()) {
    const path = ['services', name, 'volumes', index];
    if (volume.type === 'volume') addVolume({ model, name, volume, mounts, faults, notes });
    else if (volume.type === 'tmpfs') addTmpfs(volume, mounts);
    else faults.push(refuseType(volume, path, directory));
  }
  for (const [index, spec] of (service.tmpfs ?? []).entries()) {
    const mount = parseTmpfs(spec);
    const path = ['services', name, 'tmpfs', index];
    if (typeof mount === 'string')
      faults.push({
        path,
        message: mount,
        suggestion: 'only `size=` and `mode=` can be set; with `mode=1777` every user may write',
      });
    else mounts.push(mount);
  }
  // Swarm has no field for it, and takes a tmpfs there for the same.
  if (service.shm_size !== undefined && !mounts.some((mount) => mount.target === '/dev/shm')) {
    mounts.push({ kind: 'tmpfs', target: '/dev/shm', sizeBytes: Number(service.shm_size) });
  }
  return { mounts, faults, notes };
}

/** What people mount of a host, and how they get the same without. */
const hostPaths: readonly (readonly [RegExp, string])[] = [
  [/^(\/var)?\/run\/docker\.sock$/, 'remove it: no task gets the engine; Berth’s API gives scoped tokens'],
  [/^\/etc\/(localtime|timezone)$/, 'remove it, and set the variable TZ'],
  [/^\/(proc|sys|dev)(\/|$)|^\/$/, 'remove it: Berth measures nodes and tasks itself'],
];

function refuseType(volume: ComposeMount, path: Path, directory: string | undefined): Fault {
  if (volume.type !== 'bind') {
    return {
      path,
      message: `mounts of type ${volume.type} are not supported`,
      suggestion: 'use a named volume',
    };
  }
  const source = volume.source ?? '';
  const inside = directory === undefined ? source : relative(directory, source);
  const isInside = source.startsWith('/') && !inside.startsWith('..') && !inside.startsWith('/');
  const shown = isInside ? (inside === '' ? '.' : `./${inside}`) : source;
  const known = hostPaths.find(([pattern]) => pattern.test(source));
  return {
    path,
    message: `mounts ${shown} of the host at ${volume.target}: tasks get no directories of the host`,
    suggestion: known?.[1] ?? 'copy the files into the image, or use a named volume',
  };
}

interface VolumeContext {
  readonly model: ComposeModel;
  readonly name: string;
  readonly volume: ComposeMount;
  readonly mounts: Mount[];
  readonly faults: Fault[];
  readonly notes: string[];
}

function addVolume({ model, name, volume, mounts, faults, notes }: VolumeContext): void {
  const { target = '' } = volume;
  const options = {
    target,
    readOnly: volume.read_only === true,
    ...(volume.volume?.nocopy === true ? { copy: false } : {}),
    ...(volume.volume?.subpath ? { subpath: volume.volume.subpath } : {}),
  };
  const source = volume.source ?? '';
  if (source === '') {
    const made = `${name}${target.replace(/[^A-Za-z0-9]+/g, '-')}`.replace(/-$/, '');
    notes.push(`services.${name}: the anonymous volume at ${target} is kept under the name ${made}`);
    mounts.push({ kind: 'volume', source: made, ...options });
    return;
  }
  const definition = model.volumes?.[source];
  const at = ['volumes', source];
  if (definition?.external === true) {
    faults.push({
      path: [...at, 'external'],
      message: `the volume ${source} belongs to something else`,
      suggestion: 'remove `external`: volumes belong to their app',
    });
  }
  if (definition?.driver !== undefined && definition.driver !== 'local') {
    faults.push({
      path: [...at, 'driver'],
      message: `the volume driver ${definition.driver} is not supported`,
    });
  }
  if (definition?.driver_opts !== undefined) {
    faults.push({ path: [...at, 'driver_opts'], message: 'options of the volume driver are not supported' });
  }
  mounts.push({ kind: 'volume', source, ...options });
}

function addTmpfs(volume: ComposeMount, mounts: Mount[]): void {
  const { target = '' } = volume;
  const { size, mode } = volume.tmpfs ?? {};
  mounts.push({
    kind: 'tmpfs',
    target,
    ...(size === undefined ? {} : { sizeBytes: Number(size) }),
    ...(mode === undefined ? {} : { mode: Number(mode) }),
  });
}

/** `/run:size=64m,mode=1777`, or why it cannot be. */
function parseTmpfs(spec: string): Mount | string {
  const at = spec.indexOf(':');
  const target = at < 0 ? spec : spec.slice(0, at);
  let sizeBytes: number | undefined;
  let mode: number | undefined;
  for (const option of at < 0 ? [] : spec.slice(at + 1).split(',')) {
    const [key, value = ''] = option.split('=') as [string, string?];
    // What a tmpfs of Docker is mounted with anyway.
    if (['rw', 'noexec', 'nosuid', 'nodev', ''].includes(key)) continue;
    if (key === 'mode' && /^[0-7]{1,5}$/.test(value)) mode = Number.parseInt(value, 8);
    else if (key === 'size' && parseBytes(value) !== undefined) sizeBytes = parseBytes(value);
    else return `the tmpfs option ${option} is not supported`;
  }
  return {
    kind: 'tmpfs',
    target,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(mode === undefined ? {} : { mode }),
  };
}
