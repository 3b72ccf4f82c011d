import { UsageError } from '../cli.ts';

/** Variables as a `.env` file that gives the same values when it is read again. */
export function renderEnvFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(name, value)}\n`)
    .join('');
}

/**
 * What stands between quotes of one kind is taken as it is, but double quotes know `\n`. The form has no
 * escape for a quote of its own kind.
 */
function quoted(name: string, value: string): string {
  if (/^[\w.:/@%+,-]*$/.test(value)) return value;
  if (value.includes('\r')) throw unwritable(name);
  if (!value.includes("'")) return `'${value}'`;
  if (!value.includes('"') && !value.includes('\\')) return `"${value}"`;
  if (!value.includes('`')) return `\`${value}\``;
  throw unwritable(name);
}

const unwritable = (name: string): UsageError =>
  new UsageError(
    `the value of ${name} cannot be written into a .env file: it has quotes of every kind, or a carriage return`,
    `Read it with \`berth env ls --reveal --json\`.`,
  );
