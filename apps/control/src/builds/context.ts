import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { refuse } from '@berth/contract/errors';
import { digestDirectory } from '@berth/source/digest';
import { readIgnore } from '@berth/source/ignore';
import { packTar } from '@berth/source/pack';
import { type Entry, walk } from '@berth/source/walk';
import type { BuildRequest } from './ports.ts';

/** Name of a generated Dockerfile inside the archive; hidden, so that nothing serves it. */
const generatedName = '.berth.Dockerfile';

/** A build context, looked at but not sent yet. */
export interface BuildContext {
  readonly dockerfile: string;
  /** Its path inside the archive. */
  readonly dockerfilePath: string;
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
  /** The archive for the engine; each call gives a new one. */
  open(signal: AbortSignal): Readable;
  /** The same context with another text in place of its Dockerfile. */
  withDockerfile(text: string): BuildContext;
}

/**
 * Reads what a build would send. Refuses links that leave the context, and a Dockerfile that is not there.
 * `leavesOut`: paths it would send that are no part of the digest, by the text of the Dockerfile.
 */
export async function readContext(
  request: Pick<BuildRequest, 'contextDir' | 'dockerfile'>,
  signal: AbortSignal,
  leavesOut: (path: string, dockerfile: string) => boolean = () => false,
): Promise<BuildContext> {
  const { contextDir, dockerfile: given } = request;
  const path = given.kind === 'path' ? checkInside(given.path) : undefined;
  const rules = await readIgnore(contextDir, path);
  const { entries } = await walk(contextDir, rules, { always: (name) => name === path, signal });
  const dockerfile = given.kind === 'text' ? given.text : await readDockerfile(contextDir, path!);
  const files = entries.filter((entry: Entry) => entry.kind === 'file');
  const facts = {
    dockerfilePath: path ?? generatedName,
    digest: await digestDirectory(
      contextDir,
      entries.filter((entry) => !leavesOut(entry.path, dockerfile)),
      signal,
    ),
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
  };
  /** `isOwn`: the text is what the context holds already. */
  const make = (text: string, isOwn: boolean): BuildContext => ({
    ...facts,
    dockerfile: text,
    open: (whileSending) =>
      packTar(contextDir, entries, {
        signal: whileSending,
        extra: isOwn ? [] : [{ path: facts.dockerfilePath, text }],
      }),
    withDockerfile: (other) => make(other, false),
  });
  return make(dockerfile, path !== undefined);
}

function checkInside(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.startsWith('/') || parts.includes('..'))
    throw refuse('invalid_manifest', `The Dockerfile ${path} is outside the build context.`);
  return parts.join('/');
}

async function readDockerfile(dir: string, path: string): Promise<string> {
  try {
    return await readFile(join(dir, path), 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? ''))
      throw refuse('invalid_manifest', `There is no Dockerfile at ${path} in the build context.`, { cause });
    throw cause;
  }
}
