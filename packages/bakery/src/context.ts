import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { SOURCE_DATE_EPOCH } from './epoch.ts';

/** One file of a tar: from text, from a file of this machine, or a symbolic link. */
export type ContextEntry =
  | { readonly path: string; readonly text: string; readonly isExecutable?: boolean }
  | { readonly path: string; readonly bytes: Buffer; readonly isExecutable?: boolean }
  | { readonly path: string; readonly file: string; readonly isExecutable?: boolean }
  | { readonly path: string; readonly link: string };

/**
 * A tar that depends on nothing but names and contents: sorted, owned by root, one time stamp, two modes.
 * Directories above each entry are in it, so that extracting it leaves no time of day behind.
 */
export function packEntries(entries: readonly ContextEntry[], options: { directories: boolean }): Readable {
  const tar = pack();
  const mtime = new Date(SOURCE_DATE_EPOCH * 1000);
  const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime };
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const made = new Set<string>();
  const directory = (path: string): void => {
    if (path === '.' || path === '/' || made.has(path)) return;
    directory(posix.dirname(path));
    made.add(path);
    tar.entry({ name: `${path}/`, type: 'directory', mode: 0o755, ...owner });
  };
  const fill = async (): Promise<void> => {
    for (const entry of sorted) {
      if (options.directories) directory(posix.dirname(entry.path));
      if ('link' in entry) {
        tar.entry({ name: entry.path, type: 'symlink', linkname: entry.link, mode: 0o777, ...owner });
        continue;
      }
      const mode = entry.isExecutable === true ? 0o755 : 0o644;
      if ('text' in entry || 'bytes' in entry) {
        const content = 'text' in entry ? entry.text : entry.bytes;
        await new Promise<void>((resolve, reject) =>
          tar.entry({ name: entry.path, mode, ...owner }, content, (cause) =>
            cause == null ? resolve() : reject(cause),
          ),
        );
        continue;
      }
      const { size } = await stat(entry.file);
      await pipeline(createReadStream(entry.file), tar.entry({ name: entry.path, size, mode, ...owner }));
    }
    tar.finalize();
  };
  fill().catch((cause) => tar.destroy(cause));
  // tar-stream's streams are not Node's own, which http.request insists on.
  return Readable.from(tar, { objectMode: false });
}

/** Writes such a tar to a file, with directories. */
export async function writeTar(path: string, entries: readonly ContextEntry[]): Promise<void> {
  await pipeline(packEntries(entries, { directories: true }), createWriteStream(path));
}

/** Every file and link under `root`, as entries under `prefix`. `skip` sees paths relative to `root`. */
export async function listEntries(
  root: string,
  prefix: string,
  skip: (path: string) => boolean = () => false,
): Promise<ContextEntry[]> {
  const found: ContextEntry[] = [];
  const walk = async (relative: string): Promise<void> => {
    for (const name of (await readdir(join(root, relative))).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`;
      if (skip(path)) continue;
      const full = join(root, path);
      const facts = await lstat(full);
      if (facts.isDirectory()) await walk(path);
      else if (facts.isSymbolicLink())
        found.push({ path: posix.join(prefix, path), link: await readlink(full) });
      else if (facts.isFile())
        found.push({ path: posix.join(prefix, path), file: full, isExecutable: (facts.mode & 0o100) !== 0 });
    }
  };
  await walk('');
  return found;
}
