import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskFiles } from '@berth/compose/disk';
import { printIssue } from '@berth/compose/issue';
import { loadCompose } from '@berth/compose/load';
import type { PrintedMap } from '@berth/compose/model-types';
import { printProject } from '@berth/compose/project';
import { renderConfig } from '@berth/compose/render';

/** A directory of `packages/compose/cases`: Compose files, and in `case.json` how they are loaded. */
export interface Case {
  readonly name: string;
  readonly directory: string;
  readonly flags: Flags;
}

export interface Flags {
  readonly files?: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly profiles?: readonly string[];
  readonly envFiles?: readonly string[];
  readonly noPathResolution?: boolean;
  readonly services?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export type Format = 'yaml' | 'json';

export type Outcome =
  | { readonly kind: 'ok'; readonly text: string; readonly keys: readonly string[] }
  /** `located`: each fault names its file and line. */
  | {
      readonly kind: 'refused';
      readonly text: string;
      readonly located: boolean;
      readonly keys: readonly string[];
    };

export function findCases(root: string): Case[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readCase(root, entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function readCase(root: string, name: string): Case {
  const directory = join(root, name);
  const file = join(directory, 'case.json');
  const flags = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Flags) : {};
  return { name, directory, flags };
}

/** The variables both see: no others, so that a case means the same everywhere. */
function environmentOf(flags: Flags): Record<string, string> {
  return { HOME: '/home/someone', ...flags.environment };
}

/** Absolute paths of the case's directory as `/case`, so that what is stored holds on every machine. */
export function withoutPlace(text: string, directory: string): string {
  return text.replaceAll(directory, '/case').replaceAll(dirname(directory), '/parent-of-case');
}

export function runReference(binary: string, one: Case, format: Format): Outcome {
  const { flags } = one;
  const args = [
    ...(flags.files ?? []).flatMap((file) => ['-f', file]),
    ...(flags.projectName === undefined ? [] : ['-p', flags.projectName]),
    ...(flags.projectDirectory === undefined ? [] : ['--project-directory', flags.projectDirectory]),
    ...(flags.profiles ?? []).flatMap((profile) => ['--profile', profile]),
    ...(flags.envFiles ?? []).flatMap((file) => ['--env-file', file]),
    'config',
    '--format',
    format,
    ...(flags.noPathResolution === true ? ['--no-path-resolution'] : []),
    ...(flags.services ?? []),
  ];
  const done = spawnSync(binary, args, {
    cwd: one.directory,
    env: environmentOf(flags),
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (done.status === 0) return { kind: 'ok', text: withoutPlace(done.stdout, one.directory), keys: [] };
  // Of a crash, what crashed; not where.
  const [said] = done.stderr.split('\ngoroutine ', 1) as [string];
  const lines = said.split('\n').filter((line) => line !== '' && !line.startsWith('time='));
  return { kind: 'refused', text: withoutPlace(lines.join('\n'), one.directory), located: true, keys: [] };
}

export function runOurs(one: Case, format: Format): Outcome {
  const { flags } = one;
  const loaded = loadCompose({
    port: diskFiles(),
    cwd: one.directory,
    environment: environmentOf(flags),
    ...(flags.files === undefined ? {} : { files: flags.files }),
    ...(flags.projectName === undefined ? {} : { projectName: flags.projectName }),
    ...(flags.projectDirectory === undefined ? {} : { projectDirectory: flags.projectDirectory }),
    ...(flags.profiles === undefined ? {} : { profiles: flags.profiles }),
    ...(flags.envFiles === undefined ? {} : { envFiles: flags.envFiles }),
    ...(flags.services === undefined ? {} : { services: flags.services }),
    resolvesPaths: flags.noPathResolution !== true,
  });
  if (loaded.kind === 'invalid') {
    const text = loaded.issues.map(printIssue).join('\n');
    const located = loaded.issues.every((issue) => issue.line > 0 && issue.file !== one.directory);
    const keys = new Set(loaded.issues.map((issue) => keyOf(issue.path)));
    return { kind: 'refused', text: withoutPlace(text, one.directory), located, keys: [...keys] };
  }
  const text = withoutPlace(renderConfig(loaded.project, format), one.directory);
  return { kind: 'ok', text, keys: keysOf(printProject(loaded.project, 'yaml')) };
}

/** `services.web.ports[0]` is about `services.ports`; what is about no key of a section, about the file. */
function keyOf(path: string): string {
  const match = /^(services|networks|volumes|secrets|configs)\.[^.]+\.([^.[]+)/.exec(path);
  return match === null ? 'the file' : `${match[1]}.${match[2]}`;
}

/** Keys of the specification a project uses: `services.ports`, `networks.ipam`. */
function keysOf(printed: PrintedMap): string[] {
  const keys = new Set<string>();
  for (const section of ['services', 'networks', 'volumes', 'secrets', 'configs']) {
    const entries = printed.get(section);
    if (!(entries instanceof Map)) continue;
    for (const entry of entries.values()) {
      if (!(entry instanceof Map)) continue;
      for (const key of entry.keys()) keys.add(key.startsWith('x-') ? 'x-' : `${section}.${key}`);
    }
  }
  return [...keys];
}

/** Undefined: both say the same. Otherwise the first lines that differ. */
export function findDifference(reference: Outcome, ours: Outcome): string | undefined {
  if (reference.kind === 'ok' && ours.kind === 'ok') {
    if (reference.text === ours.text) return undefined;
    const [a, b] = [reference.text.split('\n'), ours.text.split('\n')];
    const at = a.findIndex((line, index) => line !== b[index]);
    const line = at < 0 ? a.length : at;
    return `line ${line + 1}: docker-compose prints ${a[line] ?? 'nothing'}\n  berth prints ${b[line] ?? 'nothing'}`;
  }
  if (reference.kind === 'ok') return `docker-compose accepts it; berth refuses: ${ours.text}`;
  if (ours.kind === 'ok') return `berth accepts it; docker-compose refuses: ${reference.text}`;
  return ours.located ? undefined : `berth refuses it without a place: ${ours.text}`;
}
