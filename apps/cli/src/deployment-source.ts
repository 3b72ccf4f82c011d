import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Client } from '@berth/client/client';
import type { CallInput } from '@berth/client/types';
import type { Command } from 'commander';
import { type Cli, UsageError } from './cli.ts';
import { collect, parseCount, readReleaseNumber } from './options.ts';
import type { Output } from './output.ts';

export type From = CallInput<'createDeployment'>['body']['from'];

export interface SourceOptions {
  readonly image?: string;
  readonly port?: number;
  readonly file?: readonly string[];
  readonly release?: number;
}

/** Options that say what is deployed, or planned. */
export function withSource(command: Command): Command {
  return command
    .argument('[directory]', 'what to deploy', '.')
    .option('--image <reference>', 'an image instead of a directory')
    .option('--port <port>', 'the port the image listens on', parseCount(65_535, 1))
    .option('--release <number>', 'a release that is kept, instead of a directory', readReleaseNumber)
    .option('-f, --file <path>', 'Compose file inside the directory; repeat to merge in order', collect);
}

/** What is to be deployed: the image, or the directory, uploaded. */
export async function sourceOf(
  cli: Cli,
  output: Output,
  client: Client,
  wanted: {
    app: string;
    place: CallInput<'uploadSource'>['query'];
    directory: string;
    options: SourceOptions;
  },
): Promise<From> {
  const { app, directory, options } = wanted;
  if (options.release !== undefined) return { kind: 'release', number: options.release };
  if (options.image !== undefined)
    return {
      kind: 'image',
      reference: options.image,
      ...(options.port === undefined ? {} : { port: options.port }),
    };
  const manifests = options.file?.map((path) => insideOf(directory, path, cli.cwd));
  const { uploadDirectory } = await import('./upload.ts');
  const source = await uploadDirectory(cli, output, client, {
    app,
    place: wanted.place,
    directory,
    also: manifests ?? [],
  });
  return { kind: 'source', id: source.id, ...(manifests === undefined ? {} : { manifests }) };
}

/** Options that exclude each other. */
export function checkSource(options: SourceOptions): void {
  if (options.release !== undefined && (options.image ?? options.file) !== undefined)
    throw new UsageError('--release goes alone: a release has its images and its configuration');
  if (options.port !== undefined && options.image === undefined)
    throw new UsageError(
      '--port goes with --image',
      'For a source, say `ports:` in compose.yaml, or listen on $PORT.',
    );
  if (options.file !== undefined && options.image !== undefined)
    throw new UsageError('--file goes with a directory, not with --image');
}

/** Everything a person owns is rarely what they meant to upload; said in so many words it is taken. */
export function checkDirectory(cli: Cli, directory: string): void {
  if (directory !== '/' && directory !== cli.env.HOME) return;
  throw new UsageError(
    `${directory} is not the directory of an app`,
    'Go to the directory of your app first, or name it: `berth deploy ./my-app`.',
  );
}

/** Path of a manifest as the upload has it: relative to its root. It may be given relative to either. */
function insideOf(directory: string, path: string, cwd: string): string {
  const candidates = isAbsolute(path) ? [path] : [resolve(cwd, path), join(directory, path)];
  for (const candidate of candidates) {
    const inside = relative(directory, candidate);
    if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return inside;
  }
  throw new UsageError(
    `${path} is not inside ${directory}`,
    'Only what is inside the directory is uploaded.',
  );
}
