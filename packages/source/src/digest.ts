import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { comparePaths } from './tree.ts';
import type { Entry } from './walk.ts';

/** One thing of a source, as its digest sees it: names, kinds, contents and the executable bit, no times. */
export type DigestEntry =
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean; readonly sha256: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** `sha256:…` over the sorted content: the same for the same content, wherever and whenever it was packed. */
export function digestEntries(entries: readonly DigestEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of [...entries].sort((a, b) => comparePaths(a.path, b.path))) {
    // JSON keeps the fields apart whatever a file name holds.
    const fields =
      entry.kind === 'file'
        ? ['file', entry.path, entry.executable, entry.sha256]
        : entry.kind === 'link'
          ? ['link', entry.path, entry.target]
          : ['directory', entry.path];
    hash.update(`${JSON.stringify(fields)}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** The digest of what a walk found, reading every file. */
export async function digestDirectory(
  dir: string,
  entries: readonly Entry[],
  signal?: AbortSignal,
): Promise<string> {
  const known: DigestEntry[] = [];
  for (const entry of entries) {
    signal?.throwIfAborted();
    if (entry.kind !== 'file') known.push(entry);
    else {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(join(dir, entry.path))) hash.update(chunk as Buffer);
      known.push({
        kind: 'file',
        path: entry.path,
        executable: entry.executable,
        sha256: hash.digest('hex'),
      });
    }
  }
  return digestEntries(known);
}
