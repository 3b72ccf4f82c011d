import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, open, rename, rm, stat, statfs, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError, refuse } from '@berth/contract/errors';
import { type Extract, extract as tarExtract } from 'tar-stream';
import { type DigestEntry, digestEntries } from './digest.ts';
import { isErrno } from './errno.ts';
import { describeLinkFault, findLinkFault } from './links.ts';
import { tooLarge } from './pack.ts';
import { formatBytes, listLargest } from './walk.ts';

export interface UnpackLimits {
  /** Of the files together, expanded. */
  readonly bytesMax: number;
  readonly filesMax: number;
}

export interface Unpacked {
  readonly files: number;
  readonly bytes: number;
  /** `sha256:…` over the sorted content. */
  readonly digest: string;
}

export const unpackDefaults = { filesMax: 100_000 } as const;

/** Headers, long names and padding of an honest archive stay far below this, and a bomb does not. */
const overheadBytesPerEntry = 8 * 1024;
const overheadBytesFree = 4 * 1024 * 1024;
const pathLengthMax = 4096;

type TarEntry = Extract extends AsyncIterable<infer T> ? T : never;

/**
 * Unpacks an upload (tar, gzip-compressed or not) into `dir`, which must not exist or be empty. Nothing that
 * an archive says is trusted: refuses paths and links that leave the directory, special files, and more bytes
 * or files than the limits allow, whatever the compressed size. Either `dir` is whole, or it is not there.
 */
export async function unpackSafely(
  stream: Readable,
  dir: string,
  limits: UnpackLimits,
  signal?: AbortSignal,
): Promise<Unpacked> {
  const partial = `${dir}.partial-${randomBytes(6).toString('hex')}`;
  await mkdir(partial, { recursive: true, mode: 0o755 });
  try {
    const unpacked = await unpackInto(stream, partial, limits, signal);
    await rename(partial, dir);
    return unpacked;
  } catch (cause) {
    stream.destroy();
    await rm(partial, { recursive: true, force: true });
    throw await translate(cause, dirname(dir), signal);
  }
}

async function unpackInto(
  stream: Readable,
  root: string,
  limits: UnpackLimits,
  signal: AbortSignal | undefined,
): Promise<Unpacked> {
  // Made as 0755: whether the process's umask takes away what images need is seen on it.
  const isMasked = ((await stat(root)).mode & 0o777) !== 0o755;
  if (isMasked) await chmod(root, 0o755);
  const contents = new Contents(root, limits, isMasked);
  const tar = tarExtract();
  const meter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      const fault = contents.count(chunk.length);
      done(fault ?? null, chunk);
    },
  });
  const head = await readHead(stream);
  const isGzip = head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
  stream.unshift(head);
  const options = signal === undefined ? {} : { signal };
  const feeding = isGzip
    ? pipeline(stream, createGunzip(), meter, tar, options)
    : pipeline(stream, meter, tar, options);
  // Awaited below; an error there also ends the loop, whose own error is then only an echo of it.
  feeding.catch(() => {});
  try {
    for await (const entry of tar) await contents.add(entry);
  } catch (cause) {
    // Our own refusals and the disk's come from here; a broken archive is described best by its reader.
    if (cause instanceof AppError || (cause instanceof Error && 'syscall' in cause)) throw cause;
    await feeding;
    throw cause;
  }
  await feeding;
  return contents.finish();
}

/** What has been unpacked so far, and the rules for what may follow. */
class Contents {
  readonly #root: string;
  readonly #limits: UnpackLimits;
  readonly #isMasked: boolean;
  readonly #entries = new Map<string, DigestEntry>();
  readonly #links = new Map<string, string>();
  readonly #sizes: { path: string; size: number }[] = [];
  #bytes = 0;
  #rawBytes = 0;
  #count = 0;

  constructor(root: string, limits: UnpackLimits, isMasked: boolean) {
    this.#isMasked = isMasked;
    this.#root = root;
    this.#limits = limits;
  }

  /** Bytes of the expanded archive that went by; a fault when most of them are not content. */
  count(rawBytes: number): Error | undefined {
    this.#rawBytes += rawBytes;
    const allowed = this.#bytes + overheadBytesFree + this.#count * overheadBytesPerEntry;
    if (this.#rawBytes <= allowed) return undefined;
    return refuse(
      'unsafe_archive',
      `The upload expands to more than ${formatBytes(this.#rawBytes)}, of which only ${formatBytes(this.#bytes)} are files.`,
    );
  }

  async add(entry: TarEntry): Promise<void> {
    const { header } = entry;
    const path = checkPath(header.name);
    this.#count += 1;
    if (this.#count > this.#limits.filesMax)
      throw refuse(
        'context_too_large',
        `The build context holds more than ${this.#limits.filesMax} entries; the last was ${path}. Add what the build does not need to .dockerignore.`,
      );
    if (path !== '') await this.#addAt(path, entry);
    entry.resume();
  }

  async #addAt(path: string, entry: TarEntry): Promise<void> {
    const { header } = entry;
    await this.#makeParents(path);
    const before = this.#entries.get(path);
    if (before !== undefined && !(before.kind === 'directory' && header.type === 'directory'))
      throw refuse('unsafe_archive', `The upload holds ${path} twice.`);
    switch (header.type) {
      case 'directory':
        await this.#makeDirectory(path);
        return;
      case 'file':
      case 'contiguous-file':
        await this.#addFile(path, entry);
        return;
      case 'symlink':
        // Made last, so that nothing is ever written through a link.
        this.#links.set(path, header.linkname);
        this.#entries.set(path, { kind: 'link', path, target: header.linkname });
        return;
      case 'link':
        await this.#addHardLink(path, header.linkname);
        return;
      default:
        throw refuse(
          'unsafe_archive',
          `${path} is a ${header.type ?? 'special file'}. An upload may hold files, directories and links inside it.`,
        );
    }
  }

  async #makeParents(path: string): Promise<void> {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const parent = path.slice(0, end);
      const known = this.#entries.get(parent);
      if (known === undefined) await this.#makeDirectory(parent);
      else if (known.kind !== 'directory')
        throw refuse('unsafe_archive', `${path} lies below ${parent}, which is a ${known.kind}.`);
    }
  }

  async #makeDirectory(path: string): Promise<void> {
    if (this.#entries.has(path)) return;
    await mkdir(join(this.#root, path), { mode: 0o755 });
    if (this.#isMasked) await chmod(join(this.#root, path), 0o755);
    this.#entries.set(path, { kind: 'directory', path });
  }

  async #addFile(path: string, entry: TarEntry): Promise<void> {
    const { size } = entry.header;
    this.#takeSize(path, size);
    const executable = (entry.header.mode & 0o111) !== 0;
    const hash = createHash('sha256');
    const full = join(this.#root, path);
    {
      await using file = await open(full, 'wx', executable ? 0o755 : 0o644);
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        this.#bytes += chunk.length;
        hash.update(chunk);
        await file.writeFile(chunk);
      }
    }
    if (this.#isMasked) await chmod(full, executable ? 0o755 : 0o644);
    this.#entries.set(path, { kind: 'file', path, executable, sha256: hash.digest('hex') });
  }

  /** The same content twice: becomes a file of its own. */
  async #addHardLink(path: string, target: string): Promise<void> {
    const parts = target.split('/').filter((part) => part !== '' && part !== '.');
    const original = target.startsWith('/') ? undefined : this.#entries.get(parts.join('/'));
    if (original?.kind !== 'file')
      throw refuse(
        'unsafe_archive',
        `${path} is a hard link to ${target}, which is not a file of the upload before it.`,
      );
    const { size } = await stat(join(this.#root, original.path));
    this.#takeSize(path, size);
    this.#bytes += size;
    await copyFile(join(this.#root, original.path), join(this.#root, path));
    this.#entries.set(path, { ...original, path });
  }

  #takeSize(path: string, size: number): void {
    this.#sizes.push({ path, size });
    if (this.#bytes + size > this.#limits.bytesMax) throw this.#tooLarge(this.#bytes + size);
  }

  async finish(): Promise<Unpacked> {
    if (this.#rawBytes === 0) throw refuse('invalid', 'The upload is empty.');
    for (const [path, target] of this.#links) {
      const fault = target === '' ? ({ kind: 'outside', target } as const) : findLinkFault(path, this.#links);
      if (fault !== undefined) throw refuse('unsafe_archive', `${describeLinkFault(path, fault)}.`);
    }
    for (const [path, target] of this.#links) await symlink(target, join(this.#root, path));
    return {
      files: this.#sizes.length,
      bytes: this.#bytes,
      digest: digestEntries([...this.#entries.values()]),
    };
  }

  #tooLarge(bytes: number): Error {
    return tooLarge({ bytes, limitBytes: this.#limits.bytesMax, largest: listLargest(this.#sizes) });
  }
}

/** The path inside the root, without `./` and a trailing `/`; '' for the root itself. */
function checkPath(name: string): string {
  if (name.length > pathLengthMax)
    throw refuse(
      'unsafe_archive',
      `The path ${name.slice(0, 80)}… is longer than ${pathLengthMax} characters.`,
    );
  if (name.includes('\0')) throw refuse('unsafe_archive', 'A path in the upload holds a zero byte.');
  if (name.startsWith('/')) throw refuse('unsafe_archive', `${name} is an absolute path.`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refuse('unsafe_archive', `${name} leaves the directory.`);
  return parts.join('/');
}

async function readHead(stream: Readable): Promise<Buffer> {
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) return chunk;
    if (stream.readableEnded || stream.destroyed) return Buffer.alloc(0);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = () => resolve();
    stream.once('readable', done).once('end', done).once('error', reject).once('close', done);
    await promise.finally(() =>
      stream.off('readable', done).off('end', done).off('error', reject).off('close', done),
    );
  }
}

async function translate(cause: unknown, dir: string, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal?.aborted === true) return signal.reason;
  if (!(cause instanceof Error) || cause instanceof AppError) return cause;
  if (isErrno(cause, 'ENOSPC', 'EDQUOT')) {
    const { bavail, bsize, blocks } = await statfs(dir);
    return refuse(
      'disk_full',
      `There is no room to unpack the source: ${formatBytes(bavail * bsize)} of ${formatBytes(blocks * bsize)} are free.`,
      { cause },
    );
  }
  if (isErrno(cause, 'ENAMETOOLONG', 'EINVAL'))
    return refuse('unsafe_archive', `A path in the upload cannot be made: ${cause.message}`, { cause });
  if (
    isErrno(cause, 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'ERR_STREAM_PREMATURE_CLOSE') ||
    /^(Invalid (tar )?header|Unexpected end of data|Header exceeds)/.test(cause.message)
  )
    return refuse('invalid', `The upload is not a whole tar.gz archive: ${cause.message}.`, {
      cause,
      issues: [{ at: 'body', message: 'must be a gzip-compressed tar archive' }],
    });
  return cause;
}
