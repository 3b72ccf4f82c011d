import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { diskFiles } from '@berth/compose/disk';
import type { FilePort } from '@berth/compose/files';
import { type LoadRequest, loadCompose, manifestNames } from '@berth/compose/load';
import type { TypedProject } from '@berth/compose/project';
import { renderConfig } from '@berth/compose/render';
import { type Issue, refuse } from '@berth/contract/errors';
import type { Cli } from './cli.ts';

/** The options of `docker compose config` that `berth config` takes with the same meaning. */
export interface ManifestOptions {
  readonly file?: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly profile?: readonly string[];
  readonly envFile?: readonly string[];
  /** False with `--no-path-resolution`. */
  readonly pathResolution?: boolean;
  readonly format?: 'yaml' | 'json';
  /** Only these services and what they depend on. */
  readonly services?: readonly string[];
  /** Names to print, one a line, in place of the project. */
  readonly list?: ManifestList;
}

export const manifestLists = ['services', 'volumes', 'images', 'profiles'] as const;
export type ManifestList = (typeof manifestLists)[number];

/** Whether one of them is given: then the manifest is meant, and not what runs. */
export function asksForManifest(options: ManifestOptions): boolean {
  return (
    options.file !== undefined ||
    options.projectName !== undefined ||
    options.projectDirectory !== undefined ||
    options.profile !== undefined ||
    options.envFile !== undefined ||
    options.pathResolution === false ||
    options.format !== undefined ||
    options.list !== undefined
  );
}

export function hasManifest(directory: string): boolean {
  const files = diskFiles();
  return manifestNames.some((name) => files.kind(`${directory}/${name}`) === 'file');
}

/** The normalised Compose project, as `docker compose config` prints it. Refuses `invalid_manifest`. */
export function renderManifest(
  cli: Pick<Cli, 'cwd' | 'env'>,
  options: ManifestOptions,
): { readonly text: string; readonly warnings: readonly string[] } {
  const environment = Object.entries(cli.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const request: LoadRequest = {
    port: filesAndInput(),
    cwd: cli.cwd,
    environment: Object.fromEntries(environment),
    resolvesPaths: options.pathResolution !== false,
    ...(options.file === undefined ? {} : { files: options.file }),
    ...(options.projectName === undefined ? {} : { projectName: options.projectName }),
    ...(options.projectDirectory === undefined ? {} : { projectDirectory: options.projectDirectory }),
    ...(options.profile === undefined ? {} : { profiles: options.profile }),
    ...(options.envFile === undefined ? {} : { envFiles: options.envFile }),
    ...(options.services === undefined ? {} : { services: options.services }),
  };
  const loaded = loadCompose(request);
  if (loaded.kind === 'invalid') {
    const issues: Issue[] = loaded.issues.map((issue) => ({
      at: `${relative(cli.cwd, issue.file) || issue.file}:${issue.line}:${issue.column}${issue.path === '' ? '' : ` (${issue.path})`}`,
      message: issue.message,
      ...(issue.suggestion === undefined ? {} : { suggestion: issue.suggestion }),
    }));
    throw refuse('invalid_manifest', 'The Compose project cannot be used.', { issues });
  }
  if (options.list !== undefined) {
    const lines = listNames(loaded.project, options.list).map((name) => `${name}\n`);
    return { text: lines.join(''), warnings: loaded.warnings };
  }
  const text = renderConfig(loaded.project, options.format ?? 'yaml');
  return { text: text.endsWith('\n') ? text : `${text}\n`, warnings: loaded.warnings };
}

function listNames(project: TypedProject, list: ManifestList): string[] {
  switch (list) {
    case 'services':
      return inStartOrder(project);
    case 'volumes':
      return [...project.volumes.keys()].sort();
    case 'images': {
      const images = [...project.services].map(
        ([name, { fields }]) => fields.image || `${project.name}-${name}`,
      );
      return images.map(String).sort();
    }
    case 'profiles': {
      const all = [...project.services.values(), ...project.disabled.values()];
      return [...new Set(all.flatMap(({ fields }) => fields.profiles as string[]))].sort();
    }
  }
}

/** What others depend on comes first. */
function inStartOrder({ services }: TypedProject): string[] {
  const order = new Set<string>();
  const add = (name: string) => {
    const service = services.get(name);
    if (order.has(name) || service === undefined) return;
    for (const other of [...(service.fields.depends_on as ReadonlyMap<string, unknown>).keys()].sort())
      add(other);
    order.add(name);
  };
  for (const name of [...services.keys()].sort()) add(name);
  return [...order];
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
