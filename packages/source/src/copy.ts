import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { refuse } from '@berth/contract/errors';
import { isErrno } from './errno.ts';
import { packTar } from './pack.ts';
import { unpackSafely } from './unpack.ts';
import { type Entry, walk } from './walk.ts';

const everything = { ignores: () => false, hasExceptions: false };

/**
 * A file or directory as a tar archive whose one entry at the top is called `name`. Refuses with `not_found`,
 * and with `unsafe_archive` for a link that leads out of the directory.
 */
export async function packPath(path: string, name: string, signal?: AbortSignal): Promise<Readable> {
  const parent = dirname(resolve(path));
  const base = basename(resolve(path));
  const entries = await entriesOf(path, base, signal);
  return packTar(parent, entries, {
    nameOf: (at) => name + at.slice(base.length),
    signal,
  });
}

async function entriesOf(
  path: string,
  base: string,
  signal: AbortSignal | undefined,
): Promise<readonly Entry[]> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw isErrno(cause, 'ENOENT') ? refuse('not_found', `There is no file ${path}.`, { cause }) : cause;
  });
  if (!facts.isDirectory())
    return [{ kind: 'file', path: base, size: facts.size, executable: (facts.mode & 0o111) !== 0 }];
  const { entries } = await walk(path, everything, { signal });
  return [
    { kind: 'directory', path: base },
    ...entries.map((entry) => ({ ...entry, path: `${base}/${entry.path}` })),
  ];
}

/** Of one copy: nobody means to fill a disk with it. */
const copyLimits = { bytesMax: 64 * 1024 ** 3, filesMax: 1_000_000 };

/**
 * Puts the one entry at the top of an archive to `path`: into it where that is a directory, else under that
 * name. Whole or not at all; nothing is written elsewhere, whatever the archive says. Gives where it is now.
 */
export async function unpackPath(stream: Readable, path: string, name: string): Promise<string> {
  const target = (await isDirectory(path)) ? join(path, name) : path;
  if (await exists(target)) throw refuse('conflict', `${target} is there already.`);
  const partial = join(dirname(resolve(target)), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await unpackSafely(stream, partial, copyLimits);
    await rename(join(partial, name), target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return target;
}

const isDirectory = async (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isDirectory(),
    (cause: unknown) => {
      if (isErrno(cause, 'ENOENT')) return false;
      throw cause;
    },
  );
const exists = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (cause: unknown) => {
      if (isErrno(cause, 'ENOENT')) return false;
      throw cause;
    },
  );
