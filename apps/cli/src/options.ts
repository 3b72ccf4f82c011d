import { type Command, InvalidArgumentError } from 'commander';
import { type Cli, UsageError } from './cli.ts';
import { type Output, outputFor } from './output.ts';
import { parseSpan } from './span.ts';

/** Options that many commands share. Each is on the command itself, so that it may stand anywhere. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly app?: string;
  readonly environment?: string;
  readonly context?: string;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON and nothing else on standard output');
}

export function withContext(command: Command): Command {
  return withJson(command).option('--context <name>', 'which control: a context of `berth context ls`');
}

export function withApp(command: Command): Command {
  return withContext(
    command
      .option('-a, --app <name>', 'the app; by default the one of this directory')
      .option('-e, --environment <name>', 'the app of that environment: NAME-ENVIRONMENT'),
  );
}

/** Options of the command and of those above it; what stands nearest to the command wins. */
export function mergedOptions<T>(command: Command): T {
  const merged: Record<string, unknown> = {};
  const chain: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) chain.unshift(at);
  for (const link of chain)
    for (const [name, value] of Object.entries(link.opts())) {
      if (value === undefined) continue;
      if (name in merged && link.getOptionValueSource(name) === 'default') continue;
      merged[name] = value;
    }
  return merged as T;
}

/** What an action gets: its world, its options and where to write. */
export interface Invocation<T> {
  readonly cli: Cli;
  readonly options: T & SharedOptions;
  readonly output: Output;
  readonly args: readonly string[];
}

/** Gives `command` its action. A number that it returns is the exit code. */
export function onRun<T = object>(
  cli: Cli,
  command: Command,
  run: (invocation: Invocation<T>) => Promise<unknown>,
): Command {
  return command.action(async () => {
    const options = mergedOptions<T & SharedOptions>(command);
    const code = await run({ cli, options, output: outputFor(cli, options), args: command.args });
    if (typeof code === 'number') cli.exitCode = code;
  });
}

/** Examples at the end of a command's help: each a command line and what it does. */
export function withExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  exampleTable.set(command, examples);
  return command.addHelpText('after', () => {
    const width = Math.max(...examples.map(([line]) => line.length));
    const lines = examples.map(([line, words]) =>
      width > 46 ? `  $ ${line}\n      ${words}` : `  $ ${line.padEnd(width)}   ${words}`,
    );
    return `\nExamples:\n${lines.join('\n')}`;
  });
}

const exampleTable = new WeakMap<Command, readonly (readonly [string, string])[]>();

export function examplesOf(command: Command): readonly (readonly [string, string])[] {
  return exampleTable.get(command) ?? [];
}

export function parseCount(max: number, min = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

export function parseSeconds(text: string): number {
  const seconds = parseSpan(text);
  if (seconds === undefined) throw new InvalidArgumentError('It must be a span such as 90s, 10m or 1h30m.');
  return seconds;
}

/** RFC 3339 or a span; control reads the same forms. */
export function parseSince(text: string): string {
  if (parseSpan(text) !== undefined) return /^\d+$/.test(text) ? `${text}s` : text;
  if (Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('It must be a time such as 2026-11-21T10:00:00Z or a span such as 15m.');
  return new Date(text).toISOString();
}

export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** A release number as people write it: `7`, `r7`, `v7`. */
export function readReleaseNumber(text: string): number {
  const match = /^[rv]?(\d{1,9})$/.exec(text);
  if (match === null || Number(match[1]) < 1)
    throw new UsageError(`"${text}" is not the number of a release`, 'List them with `berth releases`.');
  return Number(match[1]);
}
