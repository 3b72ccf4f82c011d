import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { UsageError } from './cli.ts';
import { findNearest } from './nearest.ts';

const prefix = 'BERTH_UP_';

/** `--http-port` is `BERTH_UP_HTTP_PORT`. */
export const variableOf = (option: Option): string =>
  `${prefix}${option.name().replaceAll('-', '_').toUpperCase()}`;

/** Options that take a value, without the one that names the file. */
export const settable = (command: Command): readonly Option[] =>
  command.options.filter((option) => option.required && option.name() !== 'settings');

/** A value as the option takes it on the command line. */
export function readSetting(
  option: Option,
  text: string,
): { readonly kind: 'ok'; readonly value: unknown } | { readonly kind: 'wrong'; readonly why: string } {
  try {
    return { kind: 'ok', value: option.parseArg?.(text, undefined) ?? text };
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    return { kind: 'wrong', why: cause.message };
  }
}

/**
 * Values for options of `berth up` that the command line does not give: of the environment, else of a file of
 * `NAME=VALUE` lines with the same names. So a machine is set up without a person, and the file says how.
 */
export async function unattendedOptions<T extends object>(
  command: Command,
  o: {
    readonly given: T;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly file: string | undefined;
  },
): Promise<T> {
  const filed = o.file === undefined ? {} : await readSettings(o.file, settable(command).map(variableOf));
  const values = { ...o.given } as Record<string, unknown>;
  for (const option of settable(command)) {
    const name = variableOf(option);
    const text = o.env[name] ?? filed[name];
    if (text === undefined || text === '' || values[option.attributeName()] !== undefined) continue;
    const read = readSetting(option, text);
    if (read.kind === 'wrong') throw new UsageError(`${name}=${text}: ${read.why}`);
    values[option.attributeName()] = read.value;
  }
  return values as T;
}

async function readSettings(path: string, known: readonly string[]): Promise<NodeJS.Dict<string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`the settings in ${path} cannot be read: ${(cause as Error).message}`);
  }
  const settings = parseEnv(text);
  for (const name of Object.keys(settings)) {
    if (known.includes(name)) continue;
    const near = findNearest(name, known);
    throw new UsageError(
      `${path} names ${name}, which is no setting of \`berth up\``,
      near === undefined ? `Its settings are ${known.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
  return settings;
}
