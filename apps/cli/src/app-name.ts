import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { appNameLengthMax, findNameFault, suggestName } from '@berth/domain/name';
import { appNameIn, defaultEnvironment } from '@berth/domain/scope';
import type { Cli } from './cli.ts';
import { UsageError } from './cli.ts';

/** Which app, and where that is written, in words for an error. */
export interface AppChoice {
  readonly name: string;
  readonly origin: string;
}

/** An app of one environment. */
export interface FoundApp extends AppChoice {
  /** Its name without the environment. */
  readonly family: string;
  /** Undefined: the name was said whole. */
  readonly environment: string | undefined;
}

interface AppOptions {
  readonly app?: string | undefined;
  readonly environment?: string | undefined;
}

const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/**
 * The app a command is about: `--app`, `BERTH_APP`, `.berth/app` here or above, else what the directory calls
 * itself: `name:` of compose.yaml, the name in package.json, its own name. With `--environment` or
 * `BERTH_ENVIRONMENT`, the app of that environment.
 */
export async function findApp(cli: Cli, options: AppOptions, directory: string = cli.cwd): Promise<FoundApp> {
  const choice = await chooseApp(cli, options, directory);
  const environment = environmentOf(cli, options);
  const name =
    environment === undefined ? choice.name : checkName(appNameIn(choice.name, environment), '--environment');
  cli.meant = { app: name, origin: choice.origin };
  return { name, family: choice.name, environment, origin: choice.origin };
}

/** The environment that was asked for. */
export function environmentOf(cli: Pick<Cli, 'env'>, options: AppOptions): string | undefined {
  const fromEnv = cli.env.BERTH_ENVIRONMENT;
  return options.environment ?? (fromEnv === undefined || fromEnv === '' ? undefined : fromEnv);
}

/** Where an app that is new stands, as the API takes it; undefined: nothing was said of it. */
export function placeOf(said: {
  family: string;
  environment: string | undefined;
  project: string | undefined;
}): { family: string; environment: string; project?: string } | undefined {
  const { family, environment = defaultEnvironment, project } = said;
  if (said.environment === undefined && project === undefined) return undefined;
  return { family, environment, ...(project === undefined ? {} : { project }) };
}

async function chooseApp(cli: Cli, options: AppOptions, directory: string): Promise<AppChoice> {
  if (options.app !== undefined) return { name: checkName(options.app), origin: '--app' };
  const fromEnv = cli.env.BERTH_APP;
  if (fromEnv !== undefined && fromEnv !== '') return { name: checkName(fromEnv), origin: 'BERTH_APP' };
  for (let at = directory; ; at = dirname(at)) {
    const path = join(at, '.berth', 'app');
    const kept = (await readIfThere(path))?.trim();
    if (kept !== undefined && kept !== '') return { name: checkName(kept, path), origin: path };
    if (dirname(at) === at) break;
  }
  return inferApp(directory);
}

/** What the directory calls itself, made a DNS label. */
export async function inferApp(directory: string): Promise<AppChoice> {
  for (const file of composeFiles) {
    const text = await readIfThere(join(directory, file));
    if (text === undefined) continue;
    const name = readComposeName(text);
    if (name !== undefined) return { name: suggestName(name), origin: `\`name:\` of ${file}` };
    break;
  }
  const manifest = await readIfThere(join(directory, 'package.json'));
  if (manifest !== undefined) {
    const name = readPackageName(manifest);
    if (name !== undefined) return { name: suggestName(name), origin: 'the name in package.json' };
  }
  return { name: suggestName(basename(directory)), origin: 'the name of the directory' };
}

/** Top-level `name:` of a Compose file, unless it is made of variables. Control reads the file properly. */
export function readComposeName(text: string): string | undefined {
  const match = /^name:[ \t]+(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#"'][^\n#]*?))[ \t]*(?:#.*)?$/m.exec(text);
  const name = (match?.[1] ?? match?.[2] ?? match?.[3])?.trim();
  return name === undefined || name === '' || name.includes('$') ? undefined : name;
}

/** Name in a package.json without its scope. */
export function readPackageName(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const name = (value as { name?: unknown } | null)?.name;
    return typeof name === 'string' && name !== '' ? name.replace(/^@[^/]*\//, '') : undefined;
  } catch (cause) {
    // A broken package.json is the build's to complain about.
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Keeps the name with the source, so that a renamed directory stays the same app. Read-only is no fault. */
export async function keepApp(directory: string, name: string): Promise<void> {
  const path = join(directory, '.berth', 'app');
  if ((await readIfThere(path)) !== undefined) return;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${name}\n`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EROFS' && code !== 'EACCES' && code !== 'EPERM') throw cause;
  }
}

function checkName(name: string, where = ''): string {
  const fault = findNameFault(name, appNameLengthMax);
  if (fault === undefined) return name;
  const because = fault.kind === 'too-long' ? `longer than ${fault.max} characters` : 'not a DNS label';
  throw new UsageError(
    `"${name}" cannot be the name of an app: it is ${because}${where === '' ? '' : ` (from ${where})`}`,
    `Lower-case letters, digits and hyphens, starting with a letter; for example "${suggestName(name)}".`,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EACCES') return undefined;
    throw cause;
  }
}
