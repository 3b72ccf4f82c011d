import { basename, dirname } from 'node:path';
import type { ComposeModel } from './compose-model.ts';
import { absoluteFrom, type FilePort, fileIn } from './files.ts';
import type { GoMap } from './go-value.ts';
import { substituteAt } from './interpolate.ts';
import {
  ComposeFault,
  type Fault,
  fail,
  type Issue,
  inOrder,
  type Path,
  type Place,
  printPath,
} from './issue.ts';
import { limits } from './limits.ts';
import { loadModel, readDocuments, readEnvFiles } from './load-file.ts';
import { normalize } from './normalize.ts';
import {
  enableServices,
  resolveFiles,
  selectServices,
  type TypedProject,
  toModel,
  toProject,
  withoutUnused,
} from './project.ts';
import { findVariable, placed, type Scope, variablesOf, withPlaces } from './scope.ts';

export interface LoadRequest {
  readonly port: FilePort;
  /** Where relative names of files start, and where `compose.yaml` is looked for when `files` is empty. */
  readonly cwd: string;
  /** Manifests, merged in order. Empty: `COMPOSE_FILE`, or the standard names in `cwd` and above. */
  readonly files?: readonly string[];
  /** Where relative paths of the manifest start. Default: the directory of the first file. */
  readonly projectDirectory?: string;
  /** Variables for interpolation; they win over those of env files. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly projectName?: string;
  readonly profiles?: readonly string[];
  /** Default: `COMPOSE_ENV_FILES`, or `.env` beside the manifest. */
  readonly envFiles?: readonly string[];
  /** Default: true. */
  readonly resolvesPaths?: boolean;
  /** False: the key `env_file` stays, and the files unread. Default: true. */
  readonly resolvesEnvFiles?: boolean;
  /** False: nothing that is implied is made explicit. Default: true. */
  readonly normalizes?: boolean;
  /** False: what one part says of another is not checked; then no app can be made of it. Default: true. */
  readonly checksConsistency?: boolean;
  /** Only these services and what they depend on. */
  readonly services?: readonly string[];
  /** Values of `environment` are secrets: faults name the variable instead. */
  readonly hidesValues?: boolean;
}

export type LoadResult =
  | {
      readonly kind: 'ok';
      /** Key for key what `docker compose config` prints. */
      readonly model: ComposeModel;
      /** The same with its types, for `renderConfig`. */
      readonly project: TypedProject;
      /** The variables it was read with, those of env files among them. */
      readonly environment: ReadonlyMap<string, string>;
      readonly warnings: readonly string[];
      /** The place of a path of the model in the files, for faults found later. */
      readonly toIssue: (fault: Fault) => Issue;
      /** Where the manifest, or an env file it names, sets a variable of a service. */
      readonly placeOfVariable: (service: string, name: string) => Place | undefined;
    }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] };

/** `docker compose` looks for these, in this order. */
export const manifestNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * Loads a Compose project with the meaning of Docker Compose v2: interpolation, merge, `extends`, `include`,
 * profiles, short forms, defaults. Reads files through `request.port` only, and no process state.
 */
export function loadCompose(request: LoadRequest): LoadResult {
  return attempt(request, true, ({ setting, toIssue, warnings }) => {
    const project = withPlaces(setting.scope, () => load(request, setting));
    let model: ComposeModel | undefined;
    return {
      kind: 'ok',
      get model() {
        model ??= toModel(project);
        return model;
      },
      project,
      environment: setting.environment,
      warnings: [...warnings],
      toIssue: (fault) => toIssue(placed(setting.scope, fault)),
      placeOfVariable: (service, name) => findVariable(setting.scope, service, name),
    };
  });
}

export type UninterpolatedResult =
  | { readonly kind: 'ok'; readonly content: GoMap; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] };

/**
 * The project with its variables still in it, as `docker compose config --no-interpolate` prints it: merged
 * and normalised, every profile, without types.
 */
export function loadUninterpolated(request: LoadRequest): UninterpolatedResult {
  return attempt(request, false, ({ setting, warnings }) => {
    const { scope, files } = setting;
    const content = withPlaces(scope, () => {
      const name = findProjectName(request, setting);
      const loaded = loadContent(scope, files, name);
      if (request.normalizes === false) return loaded;
      loaded.name = name;
      // Nor are names without a value given one.
      return normalize(loaded, () => undefined);
    });
    return { kind: 'ok', content, warnings: [...warnings] };
  });
}

interface Attempt {
  readonly setting: Setting;
  readonly toIssue: (fault: Fault) => Issue;
  readonly warnings: ReadonlySet<string>;
}

function attempt<T>(
  request: LoadRequest,
  interpolates: boolean,
  step: (given: Attempt) => T,
): T | { readonly kind: 'invalid'; readonly issues: readonly Issue[] } {
  const warnings = new Set<string>();
  const hide =
    request.hidesValues === true ? hidingValues(request.environment ?? {}) : (text: string) => text;
  let manifest = request.cwd;
  const toIssue = (fault: Fault): Issue => {
    const place = fault.place ?? { file: manifest, line: 1, column: 1 };
    return {
      at: `${place.file}:${place.line}:${place.column}`,
      ...place,
      path: hide(printPath(fault.path)),
      message: hide(fault.message),
      ...(fault.suggestion === undefined ? {} : { suggestion: hide(fault.suggestion) }),
    };
  };
  try {
    const setting = prepare(request, interpolates, (text) => warnings.add(text));
    manifest = setting.files[0]!;
    return step({ setting, toIssue, warnings });
  } catch (cause) {
    if (cause instanceof RangeError && cause.message.includes('call stack')) {
      const fault = { path: [], message: `values are nested deeper than ${limits.nesting} levels` };
      return { kind: 'invalid', issues: [toIssue(fault)] };
    }
    if (!(cause instanceof ComposeFault)) throw cause;
    return { kind: 'invalid', issues: inOrder(cause.faults.map(toIssue)) };
  }
}

/** Shorter values say little and are too often a part of other words. */
const hiddenLengthMin = 4;

function hidingValues(environment: Readonly<Record<string, string>>): (text: string) => string {
  const values = Object.entries(environment)
    .filter(([, value]) => value.length >= hiddenLengthMin)
    .sort(([, a], [, b]) => b.length - a.length);
  return (text) => values.reduce((shown, [name, value]) => shown.replaceAll(value, () => `$${name}`), text);
}

interface Setting {
  readonly scope: Scope & { readonly environment: Map<string, string> };
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  readonly environment: Map<string, string>;
}

/** Relative paths, which only an unresolved manifest has, start at `cwd`. */
function fromDirectory(port: FilePort, cwd: string): FilePort {
  const full = (path: string) => (path === '-' ? path : absoluteFrom(cwd, path));
  return {
    read: (path) => port.read(full(path)),
    kind: (path) => port.kind(full(path)),
    followLink: (path) => port.followLink?.(path) ?? path,
  };
}

/** Whether there is a manifest where Compose looks: named by a variable or an env file, here, or further up. */
export function hasManifest(request: LoadRequest): boolean {
  const environment = new Map(Object.entries(request.environment ?? {}));
  const warn = () => {};
  try {
    return findFiles(request, environment, warn).files.length > 0;
  } catch (cause) {
    if (!(cause instanceof ComposeFault)) throw cause;
    return findManifests(request, environment, warn).length > 0;
  }
}

/** The manifests and their directory. Adds the variables of the env files to `environment`. */
function findFiles(
  request: LoadRequest,
  environment: Map<string, string>,
  warn: (text: string) => void,
): { files: readonly string[]; directory: string } {
  const { cwd } = request;
  const port = fromDirectory(request.port, cwd);
  const read = () => {
    const files = findManifests(request, environment, warn);
    const first = files.find((file) => file !== '-');
    const directory =
      request.projectDirectory !== undefined
        ? absoluteFrom(cwd, request.projectDirectory)
        : first === undefined
          ? cwd
          : dirname(first);
    const envFiles = findEnvFiles(request, environment, directory);
    const values = readEnvFiles({ port, environment, warn }, envFiles);
    if (values.has('')) {
      fail([], 'a variable has no name', { place: { file: envFiles[0] ?? cwd, line: 1, column: 1 } });
    }
    for (const [name, value] of values) if (!environment.has(name)) environment.set(name, value);
    return { files, directory };
  };
  // Twice, as Compose does: the env file may itself name the manifests.
  read();
  return read();
}

/** The files and variables a request is about. */
function prepare(request: LoadRequest, interpolates: boolean, warn: (text: string) => void): Setting {
  const { cwd } = request;
  const port = fromDirectory(request.port, cwd);
  const environment = new Map(Object.entries(request.environment ?? {}));
  const { files, directory } = findFiles(request, environment, warn);
  if (files.length === 0) {
    fail([], `there is no manifest in ${cwd}`, {
      place: { file: fileIn(cwd, manifestNames[0]!), line: 1, column: 1 },
      suggestion: `make a ${manifestNames[0]}, or name one with -f`,
    });
  }
  const profiles =
    request.profiles !== undefined && request.profiles.length > 0
      ? request.profiles
      : (environment.get('COMPOSE_PROFILES') ?? '').split(',').map((profile) => profile.trim());
  const scope: Setting['scope'] = {
    port,
    directory,
    base: directory,
    environment,
    // Empty is as if there were none.
    home: environment.get('HOME') || undefined,
    resolvesPaths: request.resolvesPaths ?? true,
    interpolates,
    sources: [],
    documents: new Map(),
    reads: { count: 0 },
    warn,
    envFiles: new Map(),
  };
  return { scope, files, profiles, environment };
}

function findManifests(
  request: LoadRequest,
  environment: ReadonlyMap<string, string>,
  warn: (text: string) => void,
): string[] {
  const { port, cwd } = request;
  if (request.files !== undefined && request.files.length > 0) {
    return request.files.map((file) => (file === '-' ? file : absoluteFrom(cwd, file)));
  }
  const named = environment.get('COMPOSE_FILE');
  if (named !== undefined) {
    const separator = environment.get('COMPOSE_PATH_SEPARATOR') || ':';
    return named.split(separator).map((file) => absoluteFrom(cwd, file));
  }
  let directory = request.projectDirectory === undefined ? cwd : absoluteFrom(cwd, request.projectDirectory);
  for (;;) {
    const here = (names: readonly string[]) =>
      names.map((name) => fileIn(directory, name)).filter((file) => port.kind(file) !== 'absent');
    const found = here(manifestNames);
    if (found.length > 0) {
      if (found.length > 1) warn(`found several manifests: ${found.join(', ')}; using ${found[0]}`);
      return [found[0]!, ...here(overrideNames).slice(0, 1)];
    }
    if (dirname(directory) === directory) return [];
    directory = dirname(directory);
  }
}

function findEnvFiles(
  request: LoadRequest,
  environment: ReadonlyMap<string, string>,
  directory: string,
): string[] {
  if (request.envFiles !== undefined && request.envFiles.length > 0) {
    return request.envFiles.map((file) => absoluteFrom(request.cwd, file));
  }
  // Of the caller only: in an env file it comes too late.
  const named = request.environment?.COMPOSE_ENV_FILES;
  if (named) return named.split(',').map((file) => absoluteFrom(request.cwd, file));
  const standard = fileIn(directory, '.env');
  if (isEnvFileOff(environment, standard)) return [];
  return request.port.kind(standard) === 'file' ? [standard] : [];
}

/** A word other than Go's `strconv.ParseBool` takes is refused. */
function isEnvFileOff(environment: ReadonlyMap<string, string>, file: string): boolean {
  const word = environment.get('COMPOSE_DISABLE_ENV_FILE');
  if (word === undefined || /^(0|f|F|false|FALSE|False)$/.test(word)) return false;
  if (/^(1|t|T|true|TRUE|True)$/.test(word)) return true;
  return fail([], `COMPOSE_DISABLE_ENV_FILE is "${word}", which is neither true nor false`, {
    place: { file, line: 1, column: 1 },
  });
}

function load(request: LoadRequest, setting: Setting): TypedProject {
  const { scope, files, environment, profiles } = setting;
  const name = findProjectName(request, setting);
  const content = loadContent(scope, files, name);
  content.name = name;
  if (request.normalizes !== false) normalize(content, (variable) => environment.get(variable));
  const named = request.services ?? [];
  const reading = { scope, withEnvFiles: request.resolvesEnvFiles !== false };
  const project = toProject(name, content, { profiles, isChecked: request.checksConsistency !== false });
  resolveFiles(project, reading);
  const pruned = withoutUnused(enableServices(project, named, reading));
  return named.length === 0 ? pruned : selectServices(pruned, named);
}

/** The merged files of a project of that name. */
function loadContent(scope: Setting['scope'], files: readonly string[], name: string): GoMap {
  scope.environment.set('COMPOSE_PROJECT_NAME', name);
  const content = loadModel(scope, files);
  if (Object.keys(content).length === 0) fail([], 'the Compose file is empty');
  if (name === '') {
    fail(['name'], 'the project has no name', { suggestion: 'write `name:` in the file, or use -p' });
  }
  return content;
}

const nameAdvice = 'use lower-case letters, digits, - and _, starting with a letter or digit';

function findProjectName(request: LoadRequest, setting: Setting): string {
  const { scope, files, environment } = setting;
  const given = request.projectName || environment.get('COMPOSE_PROJECT_NAME');
  if (given) {
    if (normalizeProjectName(given) !== given) {
      fail(['name'], `"${given}" is not a project name`, { suggestion: nameAdvice });
    }
    return given;
  }
  let written = '';
  for (const file of files) {
    for (const document of readDocuments(scope, file)) {
      if (document.repeated !== undefined) throw new ComposeFault([document.repeated]);
      if (document.name !== undefined && document.name !== '') written = document.name;
    }
  }
  const path: Path = ['name'];
  environment.set('COMPOSE_PROJECT_NAME', '');
  const substituted = scope.interpolates ? substituteAt(written, path, variablesOf(scope)) : written;
  const fromFile = normalizeProjectName(substituted);
  return fromFile === '' && written === '' ? normalizeProjectName(basename(scope.directory)) : fromFile;
}

/** `My App!` → `myapp`, as Compose does. */
export function normalizeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
