import type { FileSource } from '@berth/domain/release';
import type { FileGrant, Mount } from '@berth/domain/service';
import type { ComposeModel, ComposeMount } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import { planBind } from './translate-binds.ts';
import type { SourceFile } from './translate-files.ts';
import { checkVolumeCount, volumeMount } from './translate-volumes.ts';
import { parseBytes } from './units.ts';

export interface Mounts {
  readonly mounts: readonly Mount[];
  /** Files of the source that are mounted: they travel as configs. */
  readonly grants: readonly FileGrant[];
  readonly sources: readonly FileSource[];
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

export interface MountContext {
  readonly model: ComposeModel;
  readonly name: string;
  /** The directory of the source. */
  readonly directory: string | undefined;
  readonly readSource: ((path: string) => SourceFile) | undefined;
}

/** Volumes, tmpfs and shipped files of a service, and the directories of the node it asks for. */
export function planMounts(context: MountContext): Mounts {
  const { model, name } = context;
  const service = model.services[name]!;
  const mounts: Mount[] = [];
  const grants: FileGrant[] = [];
  const sources: FileSource[] = [];
  const faults: Fault[] = [];
  const notes: string[] = [];
  for (const [index, volume] of (service.volumes ?? []).entries()) {
    const path = ['services', name, 'volumes', index];
    const fault = findTargetFault(volume);
    if (fault !== undefined) faults.push({ path, ...fault });
    else if (volume.type === 'volume') mounts.push(volumeMount(name, volume, notes));
    else if (volume.type === 'tmpfs') addTmpfs(volume, mounts);
    else if (volume.type === 'bind')
      addBind({ context, volume, path, mounts, grants, sources, faults, notes });
    else
      faults.push({
        path,
        message: `mounts of type ${volume.type} are not supported`,
        suggestion: 'use a named volume',
      });
  }
  for (const [index, spec] of (service.tmpfs ?? []).entries()) {
    const mount = parseTmpfs(spec);
    const path = ['services', name, 'tmpfs', index];
    if (typeof mount === 'string')
      faults.push({
        path,
        message: mount,
        suggestion: 'only `size=`, `mode=` and `ro` can be set; with `mode=1777` every user may write',
      });
    else mounts.push(mount);
  }
  for (const theirs of mountsFrom(context, faults)) {
    const own = new Set([...mounts, ...grants].map(({ target }) => target));
    // A directory of the source is mounted as one, with each file in it.
    const hidden = theirs.mounts.filter(({ kind, target }) => kind === 'tmpfs' && own.has(target));
    const files = theirs.grants.filter(
      ({ target }) => !own.has(target) && !hidden.some((mount) => target.startsWith(`${mount.target}/`)),
    );
    mounts.push(...theirs.mounts.filter(({ target }) => !own.has(target)));
    grants.push(...files);
    sources.push(
      ...theirs.sources.filter(({ name: source }) => files.some((file) => file.source === source)),
    );
  }
  // Swarm has no field for it, and takes a tmpfs there for the same.
  if (service.shm_size !== undefined && !mounts.some((mount) => mount.target === '/dev/shm')) {
    mounts.push({ kind: 'tmpfs', target: '/dev/shm', sizeBytes: Number(service.shm_size) });
  }
  faults.push(...checkVolumeCount(name, mounts));
  return { mounts, grants, sources, faults, notes };
}

/** Compose reads one letter before a colon as a drive of Windows, so `a:/data` names no volume. */
function findTargetFault({ target = '', source = '' }: ComposeMount): Omit<Fault, 'path'> | undefined {
  const drive = [target, source].find((text) => /^[A-Za-z]:/.test(text));
  if (drive !== undefined)
    return {
      message: `${drive} is a path on a drive of Windows, as Compose reads it`,
      suggestion: `give the volume a name of more than one letter, or write \`{type: volume, source: ${drive[0]}, target: ${drive.slice(2)}}\``,
    };
  return target.startsWith('/')
    ? undefined
    : { message: `the mount point "${target}" is not an absolute path`, suggestion: 'begin it with a slash' };
}

function addBind(o: {
  readonly context: MountContext;
  readonly volume: ComposeMount;
  readonly path: Path;
  readonly mounts: Mount[];
  readonly grants: FileGrant[];
  readonly sources: FileSource[];
  readonly faults: Fault[];
  readonly notes: string[];
}): void {
  const { volume, context } = o;
  const bind = planBind({ ...context, volume, path: o.path });
  if (bind.kind === 'refused') {
    o.faults.push(bind.fault);
    return;
  }
  if (bind.kind === 'host') {
    o.mounts.push(bind.mount);
    if (volume.bind?.selinux)
      o.notes.push(
        `services.${context.name}: \`${volume.bind.selinux}\` of ${volume.target} changes nothing: Swarm gives no directory of a node another label`,
      );
    return;
  }
  const at = `services.${context.name}: ${volume.target}`;
  if (bind.kind === 'volume') {
    o.mounts.push({
      kind: 'volume',
      source: bind.volume,
      target: volume.target ?? '',
      readOnly: false,
      copy: false,
    });
    o.notes.push(`${at} is kept in the volume ${bind.volume}: the source has nothing in ${bind.shown}`);
    return;
  }
  if (bind.mount !== undefined) o.mounts.push(bind.mount);
  o.grants.push(...bind.files.map(({ grant }) => grant));
  o.sources.push(...bind.files.map(({ source }) => source));
  const many = bind.files.length === 1 ? 'is a file' : `has ${bind.files.length} files`;
  const writes =
    volume.read_only === true
      ? ''
      : '; what a task writes there is lost with it, so data needs a named volume';
  o.notes.push(`${at} ${many} of the source, shipped with the release, read-only${writes}`);
}

/** `volumes_from`: the volumes and files of another service of the app, at the same places; what it has in memory is its own. */
function mountsFrom(context: MountContext, faults: Fault[]): Pick<Mounts, 'mounts' | 'grants' | 'sources'>[] {
  const given = (context.model.services[context.name]?.volumes_from ?? []) as readonly string[];
  return given.flatMap((text, index) => {
    const path = ['services', context.name, 'volumes_from', index];
    const [source = '', mode] = text.split(':');
    if (source === 'container' || !(source in context.model.services)) {
      faults.push({
        path,
        message: `\`volumes_from: ${text}\` names no service of the app`,
        suggestion: 'mount the named volume in both services',
      });
      return [];
    }
    const theirs = planMounts({ ...context, name: source });
    const isShipped = ({ target }: Mount) =>
      theirs.grants.some((grant) => grant.target.startsWith(`${target}/`));
    const mounts = theirs.mounts
      .filter((mount) => mount.kind !== 'tmpfs' || isShipped(mount))
      .map((mount) => ({ ...mount, readOnly: mount.readOnly === true || mode === 'ro' }));
    if (mounts.length + theirs.grants.length === 0 && theirs.faults.length === 0)
      faults.push({
        path,
        message: `${source} names no volumes: those that its image declares are each task’s own`,
        suggestion: `name them in \`services.${source}.volumes\``,
      });
    return [{ ...theirs, mounts }];
  });
}

function addTmpfs(volume: ComposeMount, mounts: Mount[]): void {
  const { target = '' } = volume;
  const { size, mode } = volume.tmpfs ?? {};
  mounts.push({
    kind: 'tmpfs',
    target,
    ...(size === undefined ? {} : { sizeBytes: Number(size) }),
    ...(mode === undefined ? {} : { mode: Number(mode) }),
    ...(volume.read_only === true ? { readOnly: true } : {}),
  });
}

/** `/run:size=64m,mode=1777`, or why it cannot be. */
function parseTmpfs(spec: string): Mount | string {
  const at = spec.indexOf(':');
  const target = at < 0 ? spec : spec.slice(0, at);
  let sizeBytes: number | undefined;
  let mode: number | undefined;
  let readOnly = false;
  for (const option of at < 0 ? [] : spec.slice(at + 1).split(',')) {
    const [key, value = ''] = option.split('=') as [string, string?];
    // What a tmpfs of Docker is mounted with anyway.
    if (key === 'ro') readOnly = true;
    else if (['rw', 'noexec', 'nosuid', 'nodev', ''].includes(key)) continue;
    else if (key === 'mode' && /^[0-7]{1,5}$/.test(value)) mode = Number.parseInt(value, 8);
    else if (key === 'size' && parseBytes(value) !== undefined) sizeBytes = parseBytes(value);
    else return `the tmpfs option ${option} is not supported`;
  }
  return {
    kind: 'tmpfs',
    target,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(mode === undefined ? {} : { mode }),
    ...(readOnly ? { readOnly } : {}),
  };
}
