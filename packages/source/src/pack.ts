import { once } from 'node:events';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { refuse } from '@berth/contract/errors';
import { type Header, type Pack, pack as tarPack } from 'tar-stream';
import { isErrno } from './errno.ts';
import { readIgnore } from './ignore.ts';
import { type Entry, formatBytes, listLargest, walk } from './walk.ts';

export interface PackedSource {
  /** A gzip-compressed tar archive. Same content, same bytes: names are sorted, times and owners fixed. */
  readonly stream: Readable;
  readonly files: number;
  /** Of the files, before compression. */
  readonly bytes: number;
  readonly largest: readonly { readonly path: string; readonly bytes: number }[];
  /** Sockets, pipes and devices that were not sent. */
  readonly leftOut: readonly string[];
}

/** Control needs these to know what the app is, even when `.dockerignore` keeps them out of the image. */
const manifest =
  /^(Dockerfile|Containerfile|.*\.Dockerfile|Dockerfile\..*|\.dockerignore|.*\.dockerignore|Procfile|(docker-)?compose(\..*)?\.ya?ml)$/;
const composeFile = /^(docker-)?compose(\..*)?\.ya?ml$/;
const isManifest = (path: string): boolean =>
  manifest.test(path.slice(path.lastIndexOf('/') + 1)) && !path.includes('node_modules/');

/**
 * The build context in `dir`, ready to send: `.dockerignore` honoured, version control left out. Refuses with
 * `context_too_large`, naming the largest entries, before anything is sent, and with `unsafe_archive` when a
 * link leaves the directory. `also` names further files to send although ignored (manifests given by name).
 */
export async function packSource(
  dir: string,
  options: { limitBytes: number; also?: readonly string[]; signal?: AbortSignal },
): Promise<PackedSource> {
  const names = await readdir(dir);
  // A Compose file takes its variables from the `.env` beside it. Images are still built without that.
  const isCompose = names.some((name) => composeFile.test(name));
  const also = new Set([...(options.also ?? []), ...(isCompose ? ['.env'] : [])]);
  const { entries, leftOut } = await walk(dir, await readIgnore(dir), {
    always: (path) => isManifest(path) || also.has(path),
    signal: options.signal,
  });
  const files = entries.filter((entry) => entry.kind === 'file');
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const largest = listLargest(files);
  if (bytes > options.limitBytes) throw tooLarge({ bytes, limitBytes: options.limitBytes, largest });
  const tar = packTar(dir, entries, { ...(options.signal === undefined ? {} : { signal: options.signal }) });
  const gzip = createGzip({ level: 3 });
  pipeline(tar, gzip).catch((cause: Error) => gzip.destroy(cause));
  return { stream: gzip, files: files.length, bytes, largest, leftOut };
}

export function tooLarge(facts: {
  bytes: number;
  limitBytes: number;
  largest: readonly { readonly path: string; readonly bytes: number }[];
}) {
  return refuse(
    'context_too_large',
    `The build context holds ${formatBytes(facts.bytes)}, over the limit of ${formatBytes(facts.limitBytes)}. Largest: ${facts.largest
      .map((item) => `${item.path} (${formatBytes(item.bytes)})`)
      .join(', ')}.`,
    { evidence: facts.largest.map((item) => `${formatBytes(item.bytes).padStart(10)}  ${item.path}`) },
  );
}

/** Times in archives are fixed, so the same content gives the same archive on every machine. */
const fixedTime = new Date('2020-01-01T00:00:00Z');

/** A tar archive of `entries` of `dir`, with `extra` files that exist only in the archive. */
export function packTar(
  dir: string,
  entries: readonly Entry[],
  options: {
    extra?: readonly { path: string; text: string }[];
    /** The name in the archive of what is at `path`. */
    nameOf?: (path: string) => string;
    signal?: AbortSignal | undefined;
  } = {},
): Readable {
  const tar = tarPack();
  const out = new PassThrough({ highWaterMark: 256 * 1024 });
  const extra = new Set(options.extra?.map((file) => file.path));
  const fill = async () => {
    for (const entry of entries) {
      options.signal?.throwIfAborted();
      if (!extra.has(entry.path)) await addEntry(tar, dir, entry, options.nameOf?.(entry.path) ?? entry.path);
    }
    for (const file of options.extra ?? []) {
      const data = Buffer.from(file.text);
      await addFile(tar, { ...common, name: file.path, mode: 0o644, size: data.length }, [data]);
    }
    tar.finalize();
  };
  fill().catch((cause: Error) => tar.destroy(cause));
  // The archive is not a stream of Node's own, which the engine's transport expects. When the reader goes
  // away, `tar` is destroyed and `fill` ends with it; the error is the reader's to report.
  pipeline(tar, out).catch((cause: Error) => out.destroy(cause));
  return out;
}

const common = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: fixedTime } as const;

async function addEntry(tar: Pack, dir: string, entry: Entry, name: string): Promise<void> {
  if (entry.kind === 'directory') {
    tar.entry({ ...common, name: `${name}/`, type: 'directory', mode: 0o755 });
  } else if (entry.kind === 'link') {
    tar.entry({ ...common, name, type: 'symlink', linkname: entry.target, mode: 0o777 });
  } else {
    const mode = entry.executable ? 0o755 : 0o644;
    const header = { ...common, name, size: entry.size, mode };
    await addFile(tar, header, readExactly(dir, entry.path, entry.size));
  }
}

/** Waits for the reader, so that an archive of any size passes through little memory. */
async function addFile(
  tar: Pack,
  header: Partial<Header> & Pick<Header, 'name'>,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const sink = tar.entry(header, (error) => (error ? reject(error) : resolve(undefined)));
  promise.catch(() => {});
  for await (const chunk of chunks) {
    if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), promise]);
  }
  sink.end(undefined);
  await promise;
}

async function* readExactly(dir: string, path: string, size: number): AsyncGenerator<Buffer> {
  const changed = (cause?: unknown) =>
    refuse('conflict', `${path} changed while it was read. Try again when nothing writes to it.`, { cause });
  await using file = await open(join(dir, path), 'r').catch((cause: unknown) => {
    throw isErrno(cause, 'ENOENT') ? changed(cause) : cause;
  });
  for (let left = size; left > 0; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(left, 256 * 1024)));
    if (bytesRead === 0) throw changed();
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
