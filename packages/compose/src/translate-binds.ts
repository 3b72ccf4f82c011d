import { dirname, posix, relative } from 'node:path';
import { findBindFault } from '@berth/domain/permission';
import type { FileSource } from '@berth/domain/release';
import type { FileGrant, Mount } from '@berth/domain/service';
import type { ComposeMount } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import type { SourceFile } from './translate-files.ts';

/** What becomes of a bind mount: files of the source travel with the release, those of the node need a grant. */
export type Bind =
  | { readonly kind: 'shipped'; readonly files: readonly ShippedFile[]; readonly mount?: Mount }
  /** Nothing is there yet: a place for data. */
  | { readonly kind: 'volume'; readonly volume: string; readonly shown: string }
  /** Of the node, where it is granted. */
  | { readonly kind: 'host'; readonly mount: Mount }
  | { readonly kind: 'refused'; readonly fault: Fault };

export interface ShippedFile {
  readonly source: FileSource;
  readonly grant: FileGrant;
}

/** Of one directory. All of them are in Swarm's own store, which each manager has in memory. */
const filesMax = 100;
const bytesMax = 2 * 1024 * 1024;
/** Deeper only by a link that leads to where it is. */
const depthMax = 20;

/** What people mount of a host, and how they get the same without. */
const hostPaths: readonly (readonly [RegExp, string])[] = [
  [/^(\/var)?\/run\/docker\.sock$/, 'remove it: no task gets the engine; Berth’s API gives scoped tokens'],
  [/^\/etc\/(localtime|timezone)$/, 'remove it, and set the variable TZ'],
  [/^\/(proc|sys|dev)(\/|$)|^\/$/, 'remove it: Berth measures nodes and tasks itself'],
];

/**
 * A bind mount of a manifest. What is in the source is what the release is made of, so it goes with it: a file as
 * a config at its target, a small directory as an empty one at its target with each of its files in it. A
 * directory of the node is mounted where an admin granted it, and what belongs to the node itself never.
 */
export function planBind(input: {
  readonly volume: ComposeMount;
  readonly path: Path;
  readonly directory: string | undefined;
  readonly readSource: ((path: string) => SourceFile) | undefined;
}): Bind {
  const { volume, path, directory, readSource } = input;
  const source = volume.source ?? '';
  const target = volume.target ?? '';
  const inside = directory === undefined ? source : relative(directory, source);
  const isInside = source.startsWith('/') && !inside.startsWith('..') && !inside.startsWith('/');
  const shown = isInside ? (inside === '' ? '.' : `./${inside}`) : source;
  const refuse = (message: string, suggestion: string): Bind => ({
    kind: 'refused',
    fault: { path, message, suggestion },
  });
  if (!isInside || readSource === undefined) {
    const fault = findHostFault(source, directory);
    if (fault === undefined) {
      const option = Object.entries(volume.bind ?? {}).find(([key, value]) => !isUsual(key, value));
      if (option !== undefined)
        return refuse(
          `\`bind.${option[0]}: ${option[1]}\` is not supported for a directory of the node`,
          'remove it',
        );
      return {
        kind: 'host',
        mount: {
          kind: 'bind',
          source: posix.normalize(source).replace(/(?<=.)\/$/, ''),
          target,
          readOnly: volume.read_only === true,
        },
      };
    }
    const known = hostPaths.find(([pattern]) => pattern.test(source));
    return refuse(
      `mounts ${shown} of the host at ${target}: ${fault}`,
      known?.[1] ?? 'copy the files into the image, or use a named volume',
    );
  }
  const found = walk(source, shown, readSource);
  if (found.kind === 'refused')
    return refuse(`cannot ship ${shown} to ${target}: ${found.why}`, found.instead);
  if (found.kind === 'nothing') {
    if (volume.read_only === true || /^.+\.[^.]+$/.test(posix.basename(shown).replace(/^\./, '')))
      return refuse(
        `mounts ${shown} at ${target}, and it is not in the source`,
        'add it, or mind .dockerignore; for data use a named volume',
      );
    return { kind: 'volume', volume: volumeNameOf(inside), shown };
  }
  return {
    kind: 'shipped',
    files: found.files.map(({ name, at, bytes, mode }) => ({
      source: {
        kind: 'config',
        name,
        source: { kind: 'content', base64: Buffer.from(bytes).toString('base64') },
      },
      grant: {
        kind: 'config',
        source: name,
        target: at === '' ? target : posix.join(target, at),
        uid: '0',
        gid: '0',
        // Readable by whoever the image runs as, and still a program if it was one.
        mode: 0o444 | (mode & 0o111),
      },
    })),
    // As a bind mount it hides what the image has there.
    ...(found.isDirectory
      ? {
          mount: {
            kind: 'tmpfs',
            target,
            mode: 0o755,
            ...(volume.read_only === true ? { readOnly: true } : {}),
          },
        }
      : {}),
  };
}

/** Options of a bind mount that say how one is made anyway. */
const isUsual = (key: string, value: unknown): boolean =>
  ['create_host_path', 'selinux'].includes(key) ||
  value === (key === 'propagation' ? 'rprivate' : 'enabled') ||
  value === '';

/** What is beside the source was beside it where the manifest was written, which is not the node. */
function findHostFault(source: string, directory: string | undefined): string | undefined {
  const fault = findBindFault(posix.normalize(source).replace(/(?<=.)\/$/, ''));
  if (fault !== undefined || directory === undefined) return fault;
  const beside = dirname(directory);
  return beside !== '/' && source.startsWith(`${beside}/`) ? 'it is outside the source' : undefined;
}

interface Found {
  /** Path in the source, by which its config is called: no config of a manifest can have a slash. */
  readonly name: string;
  /** Below the mounted directory. */
  readonly at: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

type Walk =
  | { readonly kind: 'found'; readonly isDirectory: boolean; readonly files: readonly Found[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly why: string; readonly instead: string };

const intoImage = 'copy it into the image (`COPY` in a Dockerfile), or use a named volume';

function walk(source: string, shown: string, readSource: (path: string) => SourceFile): Walk {
  const files: Found[] = [];
  const pending = [''];
  let bytes = 0;
  let isDirectory = false;
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    const name = at === '' ? shown : posix.join(shown === '.' ? './' : shown, at);
    const what = readSource(at === '' ? source : posix.join(source, at));
    const full = name.startsWith('./') ? name : `./${name}`;
    if (what.kind === 'absent' && at === '') return { kind: 'nothing' };
    if (what.kind === 'absent' || what.kind === 'outside' || at.split('/').length > depthMax)
      return { kind: 'refused', why: `${full} leads nowhere in the source`, instead: intoImage };
    if (what.kind === 'too-large')
      return {
        kind: 'refused',
        why: `${full} has ${what.size} bytes; the most is 500 KB`,
        instead: intoImage,
      };
    if (what.kind === 'directory') {
      if (at === '') isDirectory = true;
      pending.push(...what.entries.map((entry) => posix.join(at, entry)));
    } else {
      // Only there to keep the directory in Git.
      if (/(^|\/)\.git(keep|ignore)$/.test(at)) continue;
      if (what.bytes.length === 0)
        return {
          kind: 'refused',
          why: `${full} is empty, and the engine ships no empty file`,
          instead: intoImage,
        };
      files.push({ name: full, at, bytes: what.bytes, mode: what.mode });
      bytes += what.bytes.length;
    }
    if (files.length > filesMax || pending.length > 10 * filesMax)
      return { kind: 'refused', why: `it has more than ${filesMax} files`, instead: intoImage };
    if (bytes > bytesMax)
      return { kind: 'refused', why: `it has more than ${bytesMax / 1024 / 1024} MB`, instead: intoImage };
  }
  return files.length === 0 ? { kind: 'nothing' } : { kind: 'found', isDirectory, files };
}

/** `data/db` is kept as `data-db`. */
function volumeNameOf(inside: string): string {
  const name = inside.replace(/[^A-Za-z0-9_.]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
  return name === '' ? 'source' : name;
}
