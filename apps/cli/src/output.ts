import type { Cli } from './cli.ts';
import { type Style, styleFor } from './style.ts';
import { type Column, renderTable } from './table.ts';

/**
 * Where a command's words go. Results are on standard output, words about them on standard error, so that
 * `berth deploy | tail -1` is a URL. With `--json`, standard output has JSON and nothing else.
 */
export interface Output {
  readonly isJson: boolean;
  /** For results. */
  readonly style: Style;
  /** For notes. */
  readonly noteStyle: Style;
  readonly isTerminal: boolean;
  /** A line of the result for people; nothing with `--json`. */
  line(text?: string): void;
  /** The result for programs, on one line; nothing without `--json`. */
  json(value: unknown): void;
  /** A line about what happens; nothing with `--json`. */
  note(text: string): void;
  warn(text: string): void;
  table<T>(columns: readonly Column<T>[], items: readonly T[]): void;
  /** Resolves when standard output takes more: awaited between parts of what may be larger than memory. */
  taken(): Promise<void>;
}

export function outputFor(cli: Cli, options: { json?: boolean | undefined }): Output {
  const isJson = options.json === true;
  const style = styleFor(cli.stdout, cli.env);
  const noteStyle = styleFor(cli.stderr, cli.env);
  const isTerminal = cli.stdout.isTTY === true;
  const output: Output = {
    isJson,
    style,
    noteStyle,
    isTerminal,
    line: (text = '') => {
      if (!isJson) cli.stdout.write(`${text}\n`);
    },
    json: (value) => {
      if (isJson) cli.stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: (text) => {
      if (!isJson) cli.stderr.write(`${text}\n`);
    },
    warn: (text) => {
      if (!isJson) cli.stderr.write(`${noteStyle.yellow('!')} ${text}\n`);
    },
    table: (columns, items) => {
      const width = isTerminal ? (cli.stdout.columns ?? 80) : undefined;
      for (const line of renderTable(columns, items, { style, width })) output.line(line);
    },
    taken: () => taken(cli),
  };
  return output;
}

/** A reader that goes away ends the wait: what is written then fails by itself. */
function taken({ stdout, signal }: Cli): Promise<void> {
  if (stdout.writableNeedDrain !== true || stdout.once === undefined) return Promise.resolve();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const interrupt = () => reject(signal.reason);
  stdout.once('drain', resolve);
  stdout.once('close', resolve);
  if (signal.aborted) interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', interrupt));
}
