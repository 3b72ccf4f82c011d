import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ConfigText, type ConfigView, variableTable, viewConfig } from '@berth/compose/config-view';
import { diskFiles } from '@berth/compose/disk';
import { printIssue } from '@berth/compose/issue';
import { type LoadRequest, loadCompose, loadUninterpolated } from '@berth/compose/load';
import type { PrintedMap } from '@berth/compose/model-types';
import { printProject } from '@berth/compose/project';
import { renderConfig } from '@berth/compose/render';
import { findVariableUses } from '@berth/compose/variables';

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
  readonly noNormalize?: boolean;
  readonly noConsistency?: boolean;
  /** Stored beside the case as well. Hashes only where no path is in them: they are another at another place. */
  readonly views?: readonly View[];
  readonly services?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export type Format = 'yaml' | 'json';

/** What else `config` prints, by the options that ask for it. */
export const views = {
  hash: { args: ['--hash=*'], view: { kind: 'hash', names: undefined } },
  variables: { args: ['--variables'], view: { kind: 'variables' } },
  'no-interpolate': { args: ['--no-interpolate'], view: { kind: 'uninterpolated', format: 'yaml' } },
  'no-interpolate-json': {
    args: ['--no-interpolate', '--format', 'json'],
    view: { kind: 'uninterpolated', format: 'json' },
  },
  services: { args: ['--services'], view: { kind: 'list', list: 'services' } },
  images: { args: ['--images'], view: { kind: 'list', list: 'images' } },
  volumes: { args: ['--volumes'], view: { kind: 'list', list: 'volumes' } },
  profiles: { args: ['--profiles'], view: { kind: 'list', list: 'profiles' } },
} as const satisfies Record<string, { args: readonly string[]; view: ConfigView }>;
export type View = keyof typeof views;
export const viewNames = Object.keys(views) as View[];

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

export function runReference(binary: string, one: Case, what: Format | View): Outcome {
  const { flags } = one;
  const asked = what === 'yaml' || what === 'json' ? ['--format', what] : views[what].args;
  const args = [
    ...(flags.files ?? []).flatMap((file) => ['-f', file]),
    ...(flags.projectName === undefined ? [] : ['-p', flags.projectName]),
    ...(flags.projectDirectory === undefined ? [] : ['--project-directory', flags.projectDirectory]),
    ...(flags.profiles ?? []).flatMap((profile) => ['--profile', profile]),
    ...(flags.envFiles ?? []).flatMap((file) => ['--env-file', file]),
    'config',
    ...asked,
    ...(flags.noPathResolution === true ? ['--no-path-resolution'] : []),
    ...(flags.noNormalize === true ? ['--no-normalize'] : []),
    ...(flags.noConsistency === true ? ['--no-consistency'] : []),
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

function requestOf(one: Case): LoadRequest {
  const { flags } = one;
  return {
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
    normalizes: flags.noNormalize !== true,
    checksConsistency: flags.noConsistency !== true,
  };
}

/** Lists and tables in the order of their lines: Compose’s own is another each time. */
export function runView(one: Case, view: View): Outcome {
  const seen = view === 'variables' ? allUses(one) : viewConfig(requestOf(one), views[view].view);
  if (seen.kind === 'unknown-service')
    return { kind: 'refused', text: `no service ${seen.name}`, located: true, keys: [] };
  if (seen.kind === 'ok') return { kind: 'ok', text: withoutPlace(seen.text, one.directory), keys: [] };
  return { kind: 'refused', text: seen.issues.map(printIssue).join('\n'), located: true, keys: [] };
}

/** Compose shows one use of a variable, whichever: ours are all of them. */
function allUses(one: Case): ConfigText {
  const loaded = loadUninterpolated(requestOf(one));
  return loaded.kind === 'invalid'
    ? loaded
    : { kind: 'ok', text: variableTable(findVariableUses(loaded.content)), warnings: [] };
}

/** Rows of the table, whose columns start where their titles do. */
function rowsOf(table: string): string[][] {
  const [titles = '', ...lines] = table.split('\n').filter((line) => line !== '');
  const starts = ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'].map((title) =>
    titles.indexOf(title),
  );
  return lines.map((line) => starts.map((start, index) => line.slice(start, starts[index + 1]).trim()));
}

/** The same variables, each as one of our uses of it. */
function findVariableDifference(reference: string, ours: string): string | undefined {
  const [theirs, own] = [rowsOf(reference), rowsOf(ours)];
  const known = new Set(own.map((row) => JSON.stringify(row)));
  const other = theirs.find((row) => !known.has(JSON.stringify(row)));
  if (other !== undefined) return `docker-compose prints ${other.join(' | ')}\n  berth has none such`;
  const extra = own.find(([name]) => !theirs.some(([their]) => their === name));
  return extra === undefined ? undefined : `docker-compose does not print ${extra.join(' | ')}`;
}

/** Undefined: both say the same, in whatever order of lines; of hashes, in that order. */
export function findViewDifference(view: View, reference: Outcome, ours: Outcome): string | undefined {
  if (view === 'variables' && reference.kind === 'ok' && ours.kind === 'ok')
    return findVariableDifference(reference.text, ours.text);
  const isOrdered = view === 'hash' || view.startsWith('no-interpolate');
  const inOrder = (outcome: Outcome): Outcome =>
    isOrdered ? outcome : { ...outcome, text: outcome.text.split('\n').sort().join('\n') };
  return findDifference(inOrder(reference), inOrder(ours));
}

export function runOurs(one: Case, format: Format): Outcome {
  const loaded = loadCompose(requestOf(one));
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
