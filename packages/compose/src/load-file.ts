import { dirname, relative } from 'node:path';
import { omitEmpty, toCanonical } from './canonical.ts';
import { checkExclusions, setDefaults } from './defaults.ts';
import { asTopLevel, parseDocuments, type SourceDocument } from './document.ts';
import { DotenvFault, parseDotenv } from './dotenv.ts';
import { absoluteFrom, type FilePort, fileIn, readAnyText, readText, readUtf16 } from './files.ts';
import { deepClone, deepEqual, type GoMap, type GoValue, isMap, newMap, Timestamp } from './go-value.ts';
import { interpolate } from './interpolate.ts';
import { fail, type Path } from './issue.ts';
import { limits } from './limits.ts';
import { extendService, mergeFiles } from './merge.ts';
import { text } from './model-types.ts';
import { textList } from './model-values.ts';
import { resolveEnvironment } from './normalize.ts';
import { isSamePath } from './path-table.ts';
import { joinPath, resolvePaths } from './paths.ts';
import { checkSchema } from './schema.ts';
import { type Scope, variablesOf, withPlaces } from './scope.ts';
import { enforceUnicity } from './unicity.ts';

/** A service on the way through `extends`, to see a circle. */
interface Extending {
  readonly file: string;
  readonly service: string;
}

interface FileOptions {
  /** A file another one extends: its own `extends` are followed later, and its whole is not validated. */
  readonly isBase: boolean;
  readonly included: readonly string[];
}

/** The files of one model, merged in order, with defaults and absolute paths. Throws a `ComposeFault`. */
export function loadModel(scope: Scope, files: readonly string[], included: readonly string[] = []): GoMap {
  let model = newMap();
  for (const file of files) model = loadFile(scope, file, model, { isBase: false, included }).model;
  withPlaces(scope, () => {
    setDefaults(model);
    checkExclusions(model);
    if (scope.resolvesPaths) resolvePaths(model, pathOptions(scope, scope.base));
    if (scope.interpolates) resolveEnvironment(model, (name) => scope.environment.get(name));
  });
  return model;
}

function pathOptions(scope: Scope, base: string) {
  return { base, home: scope.home, followLink: (path: string) => scope.port.followLink?.(path) ?? path };
}

export function readDocuments(
  scope: Pick<Scope, 'port' | 'documents'>,
  file: string,
): readonly SourceDocument[] {
  const known = scope.documents.get(file);
  if (known !== undefined) return known;
  const documents = parseFile(scope.port, file);
  scope.documents.set(file, documents);
  return documents;
}

function parseFile(port: FilePort, file: string): SourceDocument[] {
  const read = readText(port, file);
  const place = { file, line: 1, column: 1 };
  if (read.kind === 'absent') {
    const isDirectory = port.kind(file) === 'directory';
    fail([], isDirectory ? `${file} is a directory` : `the file ${file} does not exist`, { place });
  }
  const text = read.kind === 'text' ? read.text : readUtf16(port, file);
  return parseDocuments(file, text ?? fail([], `the file ${file} is not UTF-8 text`, { place }));
}

function loadFile(
  scope: Scope,
  file: string,
  before: GoMap,
  options: FileOptions,
): { model: GoMap; resets: readonly Path[] } {
  let model = before;
  let resets: readonly Path[] = [];
  scope.reads.count++;
  if (scope.reads.count > limits.files) {
    const place = { file, line: 1, column: 1 };
    fail([], `more than ${limits.files} files are read through \`include\` and \`extends\``, { place });
  }
  for (const document of readDocuments(scope, file)) {
    scope.sources.push({ document });
    resets = document.resets;
    model = withPlaces(scope, () => addDocument(scope, document, model, options));
  }
  return { model, resets };
}

function addDocument(scope: Scope, document: SourceDocument, before: GoMap, options: FileOptions): GoMap {
  const top = asTopLevel(document);
  if (top === undefined)
    fail([], 'the top of a Compose file must be a mapping', { suggestion: 'start with `services:`' });
  const { services } = top;
  if (services !== undefined && isMap(services) && Object.keys(services).length > limits.services) {
    fail(['services'], `more than ${limits.services} services in one project`);
  }
  const content = scope.interpolates ? interpolate(top, variablesOf(scope)) : (deepClone(top) as GoMap);
  if (!options.isBase) applyExtends(scope, document, content);
  applyResets(before, document.resets);
  if (!options.isBase) applyInclude(scope, document, content, [...options.included, document.file]);
  let model = enforceUnicity(mergeFiles(before, content));
  if (!options.isBase) {
    checkSchema(model);
    if ('version' in model) {
      scope.warn(`${document.file}: the attribute \`version\` is obsolete, it is ignored`);
      delete model.version;
    }
  }
  model = toCanonical(model, { warn: scope.warn, keepsUnreadable: !scope.interpolates });
  return enforceUnicity(omitEmpty(model));
}

/** Takes out of `value` what a later document marks `!reset` or `!override`. */
function applyResets(value: GoValue, resets: readonly Path[], path: Path = []): void {
  if (resets.length === 0) return;
  if (isMap(value)) {
    for (const key of Object.keys(value)) {
      const here = [...path, key];
      if (resets.some((reset) => isSamePath(here, reset))) delete value[key];
      else applyResets(value[key]!, resets, here);
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) applyResets(item, resets, [...path, `[${index}]`]);
  }
}

function applyExtends(scope: Scope, document: SourceDocument, content: GoMap): void {
  if (!('services' in content)) return;
  const services = content.services;
  if (!isMap(services)) fail(['services'], 'must be a mapping');
  for (const name of Object.keys(services)) {
    services[name] = extended(scope, document, name, services, [document.resets], []);
  }
}

/** The service `name` of `services` with what it extends, to any depth, merged under it. */
function extended(
  scope: Scope,
  document: SourceDocument,
  name: string,
  services: GoMap,
  resets: readonly (readonly Path[])[],
  chain: readonly Extending[],
): GoValue {
  const service = services[name] ?? null;
  if (service === null) return null;
  const path = ['services', name];
  if (!isMap(service)) return fail(path, 'must be a mapping');
  if (!('extends' in service)) return service;
  if (chain.length >= limits.chain) {
    fail([...path, 'extends'], `more than ${limits.chain} services extend one another in a row`);
  }
  const { extends: given } = service;
  const reference = isMap(given) ? given.service : given;
  const file = isMap(given) ? (given.file ?? null) : null;
  if (typeof reference !== 'string') return fail([...path, 'extends'], 'must name a `service`');
  let all = services;
  let where = document.file;
  let own = resets;
  if (file !== null) {
    if (typeof file !== 'string') return fail([...path, 'extends', 'file'], 'must be a path');
    const base = loadBase(scope, { name, reference, file });
    all = base.services;
    own = [...resets, base.resets];
    where = file;
  } else if (!(reference in services)) {
    return fail([...path, 'extends'], `there is no service \`${reference}\` to extend`);
  }
  const step = { file: where, service: name };
  if (chain.some((other) => other.file === step.file && other.service === step.service)) {
    const names = [...chain, step].map((each) => `${each.service} in ${each.file}`);
    return fail([...path, 'extends'], `circular reference: ${names.join(' extends ')}`);
  }
  const base = extended(scope, document, reference, all, own, [...chain, step]);
  if (base === null) return service;
  const source = deepClone(base) as GoMap;
  const wrapped = newMap([['services', newMap([[name, source]])]]);
  for (const reset of own) applyResets(wrapped, reset);
  const remaining = ((wrapped.services as GoMap)[name] ?? source) as GoMap;
  const merged = extendService(remaining, service);
  delete merged.extends;
  all[name] = merged;
  return merged;
}

/** The services of a file that a service extends, with paths relative to the model's directory. */
function loadBase(
  scope: Scope,
  given: { name: string; reference: string; file: string },
): { services: GoMap; resets: readonly Path[] } {
  const path = ['services', given.name, 'extends'];
  refuseRemote(given.file, [...path, 'file']);
  const local = absoluteFrom(scope.directory, given.file);
  if (scope.port.kind(local) !== 'file') fail([...path, 'file'], `the file ${local} does not exist`);
  const sources: Scope['sources'] = [];
  const base = { ...scope, directory: dirname(local), sources };
  const { model, resets } = loadFile(base, local, newMap(), { isBase: true, included: [] });
  const services = model.services;
  if (!isMap(services)) return fail([...path, 'file'], `${local} has no services`);
  if (!(given.reference in services)) {
    fail([...path, 'service'], `there is no service \`${given.reference}\` in ${given.file}`);
  }
  withPlaces(base, () => resolvePaths(model, pathOptions(scope, directoryOf(scope, given.file))));
  for (const source of sources) {
    scope.sources.unshift({
      document: source.document,
      toOwnPath: (own) =>
        own[0] === 'services' && own[1] === given.name
          ? ['services', given.reference, ...own.slice(2)]
          : undefined,
    });
  }
  return { services, resets };
}

/** Directory of a file, or the directory itself, relative to the scope's. */
function directoryOf(scope: Scope, path: string): string {
  const full = absoluteFrom(scope.directory, path);
  const isDirectory = scope.port.kind(full) === 'directory';
  const directory = isDirectory ? full : absoluteFrom(scope.directory, dirname(path));
  const rel = relative(scope.directory, directory);
  return rel === '' ? '.' : rel;
}

function refuseRemote(file: string, path: Path): void {
  if (/^(https?|git|ssh|oci):\/\//.test(file) || /^git@|^github\.com\//.test(file)) {
    fail(path, `${file} is not on this machine`, { suggestion: 'copy the file into the project' });
  }
}

interface Include {
  readonly paths: readonly string[];
  readonly projectDirectory: string;
  readonly envFiles: readonly string[];
}

/** Adds the resources of the files `include` names to `content`. */
function applyInclude(
  scope: Scope,
  document: SourceDocument,
  content: GoMap,
  included: readonly string[],
): void {
  const list = content.include ?? null;
  if (list === null) {
    delete content.include;
    return;
  }
  if (!Array.isArray(list)) fail(['include'], 'must be a list');
  list.forEach((item, index) => {
    const path = ['include', index];
    const entry = parseInclude(item, path, scope.warn);
    includeOne(scope, document, content, entry, included, path);
  });
  delete content.include;
}

function parseInclude(item: GoValue, path: Path, warn: Scope['warn']): Include {
  if (typeof item === 'string') return { paths: [item], projectDirectory: '', envFiles: [] };
  if (item === null || item instanceof Timestamp) return { paths: [], projectDirectory: '', envFiles: [] };
  if (!isMap(item)) return fail(path, 'must be a path or a mapping');
  for (const key of Object.keys(item)) {
    // Compose takes `include` apart before it validates the file.
    if (!['path', 'env_file', 'project_directory'].includes(key))
      warn(`include: unknown key \`${key}\` is ignored`);
  }
  const pathsIn = (key: string) => textList.decode(item[key] ?? null, [...path, key]) as string[];
  return {
    paths: pathsIn('path'),
    projectDirectory: text.decode(item.project_directory ?? null, [...path, 'project_directory']) as string,
    envFiles: pathsIn('env_file'),
  };
}

function includeOne(
  scope: Scope,
  document: SourceDocument,
  content: GoMap,
  entry: Include,
  included: readonly string[],
  path: Path,
): void {
  for (const name of entry.paths) refuseRemote(name, path);
  if (included.length > limits.chain) {
    fail(path, `more than ${limits.chain} files include one another in a row`);
  }
  const files = entry.paths.map((name) => absoluteFrom(scope.directory, name));
  const main = files[0];
  let directory = entry.projectDirectory;
  let base = entry.projectDirectory;
  if (main !== undefined) {
    if (directory === '') {
      base = directoryOf(scope, main);
      directory = dirname(main);
    } else if (!directory.startsWith('/')) {
      base = directoryOf(scope, directory);
      directory = joinPath(scope.base, directory);
    }
    if (included.includes(main)) {
      fail(path, `circular include: ${[...included, main].join(' includes ')}`);
    }
  }
  for (const file of files) {
    if (scope.port.kind(file) !== 'file') fail(path, `the file ${file} does not exist`);
  }
  const environment = new Map(scope.environment);
  for (const [name, value] of includeEnvironment(scope, entry, directory, path)) {
    if (!environment.has(name)) environment.set(name, value);
  }
  const inner: Scope = { ...scope, directory, base, environment, resolvesPaths: true, sources: [] };
  const imported = loadModel(inner, files, included);
  scope.sources.splice(0, 0, ...inner.sources);
  importResources(content, imported, path, document);
}

function includeEnvironment(
  scope: Scope,
  entry: Include,
  directory: string,
  path: Path,
): Map<string, string> {
  if (entry.envFiles.length === 0) {
    const standard = fileIn(directory, '.env');
    return scope.port.kind(standard) === 'file' ? readEnvFiles(scope, [standard], path) : new Map();
  }
  const files = entry.envFiles.map((file) => (file.startsWith('/') ? file : joinPath(scope.base, file)));
  return readEnvFiles(scope, files, path);
}

/** Env files in order, a later one seeing the variables of the earlier. */
export function readEnvFiles(
  scope: Pick<Scope, 'port' | 'environment' | 'warn'>,
  files: readonly string[],
  path: Path = [],
): Map<string, string> {
  const values = new Map<string, string>();
  for (const file of files) {
    const place = { file, line: 1, column: 1 };
    const kind = scope.port.kind(file);
    if (kind === 'absent')
      fail(path, `the env file ${file} does not exist`, path.length > 0 ? {} : { place });
    if (kind === 'directory') fail(path, `${file} is a directory`, path.length > 0 ? {} : { place });
    const lookup = (name: string) => scope.environment.get(name) ?? values.get(name);
    for (const [name, value] of readEnvFile(scope, file, lookup)) values.set(name, value);
  }
  return values;
}

export function readEnvFile(
  scope: Pick<Scope, 'port' | 'warn'>,
  file: string,
  lookup: (name: string) => string | undefined,
): Map<string, string> {
  const read = readAnyText(scope.port, file);
  const place = { file, line: 1, column: 1 };
  if (read === undefined) return fail([], `${file} cannot be read`, { place });
  try {
    return parseDotenv(read, {
      lookup,
      onUnset: (name) => scope.warn(`The variable ${name} is not set. It is taken as empty.`),
    });
  } catch (cause) {
    if (!(cause instanceof DotenvFault)) throw cause;
    return fail([], cause.message, { place: { ...place, line: cause.line } });
  }
}

function importResources(content: GoMap, imported: GoMap, path: Path, document: SourceDocument): void {
  for (const kind of ['services', 'volumes', 'networks', 'secrets', 'configs']) {
    const from = imported[kind] ?? null;
    if (!isMap(from)) continue;
    const given = content[kind] ?? null;
    const to = isMap(given) ? given : newMap();
    for (const name of Object.keys(from)) {
      if (name in to) {
        if (deepEqual(to[name], from[name])) continue;
        fail([kind, name], `${kind}.${name} is also defined by an included file`, {
          place: document.locate(name in to && isMap(given) ? [kind, name] : path).place,
          suggestion: 'override it in a file of its own: `path: [included.yaml, override.yaml]`',
        });
      }
      to[name] = from[name]!;
    }
    content[kind] = to;
  }
}
