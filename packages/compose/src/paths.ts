import { isAbsolute, join } from 'node:path';
import { cleanPath } from './canonical.ts';
import { type GoMap, type GoValue, isMap } from './go-value.ts';
import { fail, type Path } from './issue.ts';
import { applyRules, PathTable } from './path-table.ts';

export interface PathOptions {
  readonly base: string;
  /** What `~` stands for; undefined: `~` stays. */
  readonly home: string | undefined;
  /** The path with the first symbolic link on it followed. */
  readonly followLink: (path: string) => string;
}

type Resolve = (value: GoValue, path: Path, options: PathOptions) => GoValue;

const resolvers = new PathTable<Resolve>({
  'services.*.build.context': contextPath,
  'services.*.build.additional_contexts.*': contextPath,
  'services.*.build.ssh.*': maybeUnixPath,
  'services.*.env_file.*.path': absolutePath,
  'services.*.label_file.*': absolutePath,
  'services.*.extends.file': absolutePath,
  'services.*.develop.watch.*.path': (value, path, options) => {
    const absolute = absolutePath(value, path, options);
    return typeof absolute === 'string' ? options.followLink(absolute) : absolute;
  },
  'services.*.volumes.*': volumeMount,
  'configs.*.file': maybeUnixPath,
  'secrets.*.file': maybeUnixPath,
  'include.path': absolutePath,
  'include.project_directory': absolutePath,
  'include.env_file': absolutePath,
  'volumes.*': volumeDriverOptions,
});

/** Paths of files on the host, made relative to `options.base`. Changes `content`. */
export function resolvePaths(content: GoMap, options: PathOptions): void {
  applyRules(resolvers, content, (resolve, value, path) => resolve(value, path, options));
}

/** Go's `filepath.Join`: cleaned, and empty when every part is. */
export function joinPath(...parts: readonly string[]): string {
  const filled = parts.filter((part) => part !== '');
  return filled.length === 0 ? '' : cleanPath(join(...filled));
}

export function expandHome(path: string, home: string | undefined): string {
  return path.startsWith('~') && home !== undefined ? joinPath(home, path.slice(1)) : path;
}

function absolutePath(value: GoValue, path: Path, options: PathOptions): GoValue {
  if (Array.isArray(value)) return value.map((item) => absolutePath(item, path, options));
  if (typeof value !== 'string') return fail(path, 'must be a path');
  const expanded = expandHome(value, options.home);
  return expanded === '' || isAbsolute(expanded) ? expanded : joinPath(options.base, expanded);
}

const remoteContexts = ['https://', 'http://', 'git://', 'ssh://', 'github.com/', 'git@'];

/** Whether a build context is fetched by the builder and not read from a directory here. */
export function isRemoteContext(context: string): boolean {
  return context.includes('://') || remoteContexts.some((prefix) => context.startsWith(prefix));
}

function contextPath(value: GoValue, path: Path, options: PathOptions): GoValue {
  if (typeof value !== 'string') return value;
  return isRemoteContext(value) || value.startsWith('service:') ? value : absolutePath(value, path, options);
}

function maybeUnixPath(value: GoValue, _path: Path, options: PathOptions): GoValue {
  if (typeof value !== 'string') return value;
  const expanded = expandHome(value, options.home);
  return isAbsolute(expanded) || isWindowsAbsolute(expanded) ? expanded : joinPath(options.base, expanded);
}

/** `C:\x`, `C:/x` or `\\server\share\x`. */
function isWindowsAbsolute(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || /^[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*[\\/]/.test(path);
}

function volumeMount(value: GoValue, path: Path, options: PathOptions): GoValue {
  if (!isMap(value) || value.type !== 'bind') return value;
  if (!('source' in value)) fail(path, 'a mount of type bind must have a source');
  value.source = maybeUnixPath(value.source!, path, options);
  return value;
}

function volumeDriverOptions(value: GoValue, path: Path, options: PathOptions): GoValue {
  if (!isMap(value) || value.driver !== 'local' || !isMap(value.driver_opts)) return value;
  const driverOptions: GoMap = value.driver_opts;
  if (driverOptions.o === 'bind' && 'device' in driverOptions) {
    driverOptions.device = maybeUnixPath(driverOptions.device!, path, options);
  }
  return value;
}
