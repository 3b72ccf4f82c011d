import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Cli } from './cli.ts';

/** An address of control and who we are there. */
export interface Context {
  readonly url: string;
  readonly token?: string;
  /** PEM file of a certificate authority to trust for this address. */
  readonly ca?: string;
}

/** `~/.config/berth/config.json`; `berth up` writes the first context of it. */
export interface ConfigFile {
  readonly current?: string;
  readonly contexts: Readonly<Record<string, Context>>;
}

export function configPath(env: Cli['env']): string {
  const base = env.XDG_CONFIG_HOME;
  const home = env.HOME ?? homedir();
  return join(base?.startsWith('/') ? base : join(home, '.config'), 'berth', 'config.json');
}

/** The file, or an empty one when there is none. Throws when it is there and cannot be read as one. */
export async function readConfig(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { contexts: {} };
    throw cause;
  }
  return parseConfig(text, path);
}

export function parseConfig(text: string, path: string): ConfigFile {
  const broken = (because: string) =>
    new ConfigFileError(`${path} is not a configuration of berth: ${because}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw broken('it is not valid JSON');
    throw cause;
  }
  if (!isRecord(value)) throw broken('it is not an object');
  const contexts: Record<string, Context> = {};
  for (const [name, given] of Object.entries(isRecord(value.contexts) ? value.contexts : {})) {
    if (!isRecord(given) || typeof given.url !== 'string') throw broken(`context "${name}" has no url`);
    const { url, token, ca } = given;
    contexts[name] = {
      url,
      ...(typeof token === 'string' ? { token } : {}),
      ...(typeof ca === 'string' ? { ca } : {}),
    };
  }
  const current = value.current;
  return typeof current === 'string' ? { current, contexts } : { contexts };
}

export class ConfigFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigFileError';
  }
}

/** Replaces the file as a whole, readable by its owner alone: it holds tokens. */
export async function writeConfig(path: string, config: ConfigFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const candidate = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(candidate, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(candidate, 0o600);
    await rename(candidate, path);
  } catch (cause) {
    await unlink(candidate).catch(() => undefined);
    throw cause;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
