import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Secret } from '@berth/runtime/secret';

/** A file as it must be. */
export interface FileSpec {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: string | Secret;
}

export interface DirectorySpec {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A file or directory as it is; `sha256` for files. */
export interface ObservedPath {
  readonly kind: 'file' | 'directory' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sha256?: string;
}

export const revealContent = (content: string | Secret): string =>
  content instanceof Secret ? content.reveal() : content;

export const hashContent = (content: string | Secret): string =>
  createHash('sha256').update(revealContent(content)).digest('hex');

export function isAsWanted(spec: FileSpec | DirectorySpec, observed: ObservedPath | undefined): boolean {
  if (observed === undefined) return false;
  const isSame = observed.mode === spec.mode && observed.uid === spec.uid && observed.gid === spec.gid;
  if (!('content' in spec)) return isSame && observed.kind === 'directory';
  return isSame && observed.kind === 'file' && observed.sha256 === hashContent(spec.content);
}

export async function observePath(path: string): Promise<ObservedPath | undefined> {
  try {
    const facts = await lstat(path);
    const common = { mode: facts.mode & 0o777, uid: facts.uid, gid: facts.gid };
    if (facts.isDirectory()) return { kind: 'directory', ...common };
    if (!facts.isFile()) return { kind: 'other', ...common };
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    return { kind: 'file', ...common, sha256 };
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}

export async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}

export async function applyDirectory(spec: DirectorySpec): Promise<void> {
  await mkdir(spec.path, { recursive: true, mode: spec.mode });
  await chown(spec.path, spec.uid, spec.gid);
  await chmod(spec.path, spec.mode);
}

/** Replaces the file as a whole: readers see the old one or the new one. */
export async function applyFile(spec: FileSpec): Promise<void> {
  const candidate = join(dirname(spec.path), `.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(candidate, revealContent(spec.content), { mode: 0o600, flag: 'wx' });
    await chown(candidate, spec.uid, spec.gid);
    await chmod(candidate, spec.mode);
    await rename(candidate, spec.path);
  } catch (cause) {
    await rm(candidate, { force: true });
    throw cause;
  }
}

export const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
