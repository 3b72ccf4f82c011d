import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { isErrno } from './errno.ts';

/** Which paths of a build context are left out, with Docker's own rules for `.dockerignore`. */
export interface IgnoreRules {
  ignores(path: string): boolean;
  /** Some rule begins with `!`: what is below an ignored directory must still be looked at. */
  readonly hasExceptions: boolean;
}

/**
 * Version control of the source, never needed by a build and often large, and the command line's own note of
 * the app's name, which would change the image between the first and the second deployment. `!.git` brings
 * one back.
 */
const always = ['.git', '.hg', '.svn', '.berth'];

/**
 * What is left out when the source has neither a `.dockerignore` nor a Dockerfile of its own, so that nobody
 * has thought about it: dependencies installed on another machine, and files that hold a developer's secrets.
 */
export const defaultIgnore = [
  '**/node_modules',
  '**/.DS_Store',
  '.env',
  '.env.local',
  '.env.*.local',
  'npm-debug.log*',
] as const;

export function parseIgnore(text: string | undefined, options: { useDefaults: boolean }): IgnoreRules {
  const lines = text?.split(/\r?\n/) ?? (options.useDefaults ? defaultIgnore : []);
  const rules = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const matcher = dockerignore.default({ ignorecase: false }).add([...always, ...rules]);
  return {
    ignores: (path) => matcher.ignores(path),
    hasExceptions: rules.some((rule) => rule.startsWith('!')),
  };
}

/**
 * The rules of a context: `<dockerfile>.dockerignore` before `.dockerignore`, as BuildKit has it, then the
 * defaults when the context has no Dockerfile either.
 */
export async function readIgnore(dir: string, dockerfile?: string): Promise<IgnoreRules> {
  const named =
    dockerfile === undefined ? undefined : await readText(join(dir, `${dockerfile}.dockerignore`));
  const text = named ?? (await readText(join(dir, '.dockerignore')));
  const useDefaults =
    text === undefined &&
    dockerfile === undefined &&
    (await readText(join(dir, 'Dockerfile'))) === undefined &&
    (await readText(join(dir, 'Containerfile'))) === undefined;
  return parseIgnore(text, { useDefaults });
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isErrno(cause, 'ENOENT', 'EISDIR', 'ENOTDIR')) return undefined;
    throw cause;
  }
}
