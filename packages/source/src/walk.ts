import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '@berth/contract/errors';
import type { IgnoreRules } from './ignore.ts';
import { describeLinkFault, findLinkFault } from './links.ts';
import { comparePaths } from './tree.ts';

export type Entry =
  | { readonly kind: 'file'; readonly path: string; readonly size: number; readonly executable: boolean }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

export interface Walked {
  /** Sorted by path: a directory comes before what it holds. */
  readonly entries: readonly Entry[];
  /** Sockets, pipes and devices: no build can use them. */
  readonly leftOut: readonly string[];
}

/**
 * What a context sends. `always` names files that are sent even when ignored, as Docker does with the
 * Dockerfile itself: the builder needs them, the image does not. Refuses a link that leaves `dir`.
 */
export async function walk(
  dir: string,
  rules: IgnoreRules,
  options: { always?: (path: string) => boolean; signal?: AbortSignal | undefined } = {},
): Promise<Walked> {
  const entries: Entry[] = [];
  const leftOut: string[] = [];
  const isWanted = (path: string) => !rules.ignores(path) || options.always?.(path) === true;

  async function visit(parent: string): Promise<void> {
    options.signal?.throwIfAborted();
    for (const item of await readdir(join(dir, parent), { withFileTypes: true })) {
      const path = parent === '' ? item.name : `${parent}/${item.name}`;
      const wanted = isWanted(path);
      if (item.isDirectory()) {
        const before = entries.length;
        if (wanted || rules.hasExceptions) await visit(path);
        if (wanted || entries.length > before) entries.push({ kind: 'directory', path });
      } else if (!wanted) {
      } else if (item.isSymbolicLink()) {
        entries.push({ kind: 'link', path, target: await readlink(join(dir, path)) });
      } else if (item.isFile()) {
        const facts = await lstat(join(dir, path));
        entries.push({ kind: 'file', path, size: facts.size, executable: (facts.mode & 0o111) !== 0 });
      } else leftOut.push(path);
    }
  }
  await visit('');

  const links = new Map(
    entries.flatMap((entry) => (entry.kind === 'link' ? [[entry.path, entry.target]] : [])),
  );
  for (const path of links.keys()) {
    const fault = findLinkFault(path, links);
    if (fault !== undefined)
      throw refuse(
        'unsafe_archive',
        `${describeLinkFault(path, fault)}. Copy the file in, or add ${path} to .dockerignore.`,
      );
  }
  return { entries: entries.sort((a, b) => comparePaths(a.path, b.path)), leftOut: leftOut.sort() };
}

/** The largest things of a context, top directories counted whole, largest first. */
export function listLargest(
  files: readonly { readonly path: string; readonly size: number }[],
  count = 5,
): readonly { readonly path: string; readonly bytes: number }[] {
  const sums = new Map<string, number>();
  for (const file of files) {
    const parts = file.path.split('/');
    const name = parts.length === 1 ? file.path : `${parts[0]}/`;
    sums.set(name, (sums.get(name) ?? 0) + file.size);
  }
  return [...sums]
    .map(([path, bytes]) => ({ path, bytes }))
    .sort((a, b) => b.bytes - a.bytes || comparePaths(a.path, b.path))
    .slice(0, count);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
