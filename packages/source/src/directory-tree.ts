import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { readIgnore } from './ignore.ts';
import { comparePaths, readBytesMax, type SourceTree, type TreeFile } from './tree.ts';
import { walk } from './walk.ts';

/** The source in a directory, as its build context would hold it (`.dockerignore` applied). */
export async function directoryTree(dir: string): Promise<SourceTree> {
  const rules = await readIgnore(dir);
  // Manifests are seen even when ignored: they say what the app is, whether or not the image holds them.
  const always = (path: string) => !path.includes('/') || path.endsWith('package.json');
  const { entries } = await walk(dir, rules, {
    always: (path) => always(path) && !path.includes('node_modules/') && path !== '.git',
  });
  const files = entries.flatMap((entry) =>
    entry.kind === 'file' ? [{ path: entry.path, size: entry.size }] : [],
  );
  const sizes = new Map(files.map((file) => [file.path, file.size]));
  return {
    files,
    read: async (path) =>
      (sizes.get(path) ?? Number.POSITIVE_INFINITY) <= readBytesMax
        ? await readFile(join(dir, path), 'utf8')
        : undefined,
  };
}

/** The source in a tar archive, read once; small files are kept in memory. For sources from this machine. */
export async function tarTree(stream: Readable): Promise<SourceTree> {
  const files: TreeFile[] = [];
  const texts = new Map<string, string>();
  const tar = extract();
  stream.on('error', (cause) => tar.destroy(cause)).pipe(tar);
  for await (const entry of tar) {
    const path = entry.header.name.replace(/^(\.\/)+/, '');
    const size = entry.header.size;
    if (entry.header.type === 'file') {
      files.push({ path, size });
      if (size <= readBytesMax && !path.includes('node_modules/')) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
        texts.set(path, Buffer.concat(chunks).toString('utf8'));
      }
    }
    entry.resume();
  }
  return { files: files.sort((a, b) => comparePaths(a.path, b.path)), read: async (path) => texts.get(path) };
}
