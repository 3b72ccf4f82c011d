import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type Cli, UsageError } from './cli.ts';
import { askSecret, readAll } from './prompt.ts';

export type Assignment =
  | { readonly kind: 'value'; readonly name: string; readonly value: string }
  | { readonly kind: 'stdin'; readonly name: string }
  | { readonly kind: 'ask'; readonly name: string };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `NAME=VALUE`, `NAME=-` (standard input) or `NAME` (asked for). */
export function parseAssignment(text: string): Assignment {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (!NAME.test(name))
    throw new UsageError(
      `"${name}" cannot be the name of a variable`,
      'Letters, digits and underscores, not starting with a digit: `berth env set NAME=value`.',
    );
  if (at < 0) return { kind: 'ask', name };
  const value = text.slice(at + 1);
  return value === '-' ? { kind: 'stdin', name } : { kind: 'value', name, value };
}

/** All values of a command line; later ones win over those of files. */
export async function readAssignments(
  cli: Cli,
  args: readonly string[],
  files: readonly string[],
): Promise<Record<string, string>> {
  const assignments = args.map(parseAssignment);
  if (assignments.length === 0 && files.length === 0)
    throw new UsageError('nothing to set', 'For example `berth env set NAME=value` or `--file .env`.');
  const fromStdin = assignments.filter((item) => item.kind === 'stdin');
  if (fromStdin.length > 1)
    throw new UsageError('only one variable can be read from standard input', 'Use `--file` for several.');

  const values: Record<string, string> = {};
  for (const file of files) Object.assign(values, await readEnvFile(resolve(cli.cwd, file)));
  for (const item of assignments)
    values[item.name] =
      item.kind === 'value'
        ? item.value
        : item.kind === 'stdin'
          ? (await readAll(cli)).replace(/\r?\n$/, '')
          : await askSecret(cli, `${item.name}: `, `\`berth env set ${item.name}=-\` reads standard input`);
  return values;
}

async function readEnvFile(path: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(await readFile(path, 'utf8')))) {
    if (!NAME.test(name)) throw new UsageError(`${path}: "${name}" cannot be the name of a variable`);
    if (value !== undefined) values[name] = value;
  }
  if (Object.keys(values).length === 0) throw new UsageError(`${path} has no NAME=VALUE line`);
  return values;
}
