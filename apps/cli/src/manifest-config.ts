import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type ConfigList, type ConfigView, viewConfig } from '@berth/compose/config-view';
import { diskFiles } from '@berth/compose/disk';
import type { FilePort } from '@berth/compose/files';
import { hasManifest, type LoadRequest } from '@berth/compose/load';
import { type Issue, refuse } from '@berth/contract/errors';
import { directoryOfCaller, variablesOfCaller } from './caller.ts';
import type { Cli } from './cli.ts';

/** The options of `docker compose config` that `berth config` takes with the same meaning. */
export interface ManifestOptions {
  readonly file?: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  /** The same by the name it had. */
  readonly workdir?: string;
  readonly profile?: readonly string[];
  readonly envFile?: readonly string[];
  /** False with `--no-path-resolution`. */
  readonly pathResolution?: boolean;
  readonly format?: 'yaml' | 'json';
  /** Only these services and what they depend on. */
  readonly services?: readonly string[];
  /** False with `--no-interpolate`. */
  readonly interpolate?: boolean;
  /** False with `--no-normalize`. */
  readonly normalize?: boolean;
  /** False with `--no-consistency`. */
  readonly consistency?: boolean;
  /** Print it as Compose 1 would name and leave it: nothing made explicit, names joined by `_`. */
  readonly compatibility?: boolean;
  /** Names to print, one a line, in place of the project. */
  readonly list?: ConfigList;
  /** Print the hashes of these services, `*` for all. */
  readonly hash?: string;
  /** Print the variables the project asks for. */
  readonly variables?: boolean;
}

/** Whether one of them is given: then the manifest is meant, and not what runs. */
export function asksForManifest(options: ManifestOptions): boolean {
  return (
    options.file !== undefined ||
    options.projectName !== undefined ||
    options.projectDirectory !== undefined ||
    options.workdir !== undefined ||
    options.profile !== undefined ||
    options.envFile !== undefined ||
    options.pathResolution === false ||
    options.interpolate === false ||
    options.normalize === false ||
    options.consistency === false ||
    options.compatibility === true ||
    options.format !== undefined ||
    options.list !== undefined ||
    options.hash !== undefined ||
    options.variables === true
  );
}

/** Whether `docker compose config` would find a project here. */
export function findsManifest(cli: Pick<Cli, 'cwd' | 'env'>): boolean {
  return hasManifest({
    port: diskFiles(),
    cwd: directoryOfCaller(cli),
    environment: variablesOfCaller(cli),
  });
}

/** What `docker compose config` prints of the Compose project. Refuses `invalid_manifest`, `not_found`. */
export function renderManifest(
  cli: Pick<Cli, 'cwd' | 'env'>,
  options: ManifestOptions,
): { readonly text: string; readonly warnings: readonly string[] } {
  const cwd = directoryOfCaller(cli);
  const directory = options.projectDirectory || options.workdir || undefined;
  const request: LoadRequest = {
    port: filesAndInput(),
    cwd,
    environment: variablesOfCaller(cli),
    resolvesPaths: options.pathResolution !== false,
    normalizes: options.normalize !== false && options.compatibility !== true,
    checksConsistency: options.consistency !== false,
    ...(options.file === undefined ? {} : { files: options.file }),
    ...(options.projectName === undefined ? {} : { projectName: options.projectName }),
    ...(directory === undefined ? {} : { projectDirectory: directory }),
    ...(options.profile === undefined ? {} : { profiles: options.profile }),
    ...(options.envFile === undefined ? {} : { envFiles: options.envFile }),
    ...(options.services === undefined ? {} : { services: options.services }),
  };
  const view = viewOf(options);
  const seen = viewConfig(request, view);
  if (seen.kind === 'unknown-service')
    throw refuse('not_found', `There is no service "${seen.name}"; there is ${seen.known.join(', ')}.`);
  if (seen.kind === 'invalid') {
    const issues: Issue[] = seen.issues.map((issue) => ({
      at: `${relative(cwd, issue.file) || issue.file}:${issue.line}:${issue.column}${issue.path === '' ? '' : ` (${issue.path})`}`,
      message: issue.message,
      ...(issue.suggestion === undefined ? {} : { suggestion: issue.suggestion }),
    }));
    throw refuse('invalid_manifest', 'The Compose project cannot be used.', { issues });
  }
  return seen;
}

/** The first of them that is given counts, in Compose's order. */
function viewOf({
  list,
  hash,
  variables,
  interpolate,
  compatibility = false,
  format = 'yaml',
}: ManifestOptions): ConfigView {
  const isName = list === 'services' || list === 'volumes';
  if (hash !== undefined && !isName)
    return { kind: 'hash', names: hash === '*' ? undefined : hash.split(',') };
  if (list !== undefined) return { kind: 'list', list, joinsNamesAsBefore: compatibility };
  if (variables === true) return { kind: 'variables' };
  return { kind: interpolate === false ? 'uninterpolated' : 'project', format };
}

/** The files of the machine; `-` is standard input. */
function filesAndInput(): FilePort {
  const files = diskFiles();
  let input: Uint8Array | undefined;
  return {
    ...files,
    read: (path) => {
      if (path !== '-') return files.read(path);
      input ??= readFileSync(0);
      return input;
    },
    kind: (path) => (path === '-' ? 'file' : files.kind(path)),
  };
}
