import type { StreamEvent } from '@berth/client/types';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, exitCode } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, parseSince, withApp, withExamples } from '../options.ts';
import { sayReconnect } from '../reconnect.ts';
import { type Style, sanitize } from '../style.ts';

type LogLine = StreamEvent<'streamLogs'>;

interface LogsOptions {
  readonly follow?: boolean;
  readonly tail: number;
  readonly since?: string;
  readonly until?: string;
  readonly grep?: string;
  readonly service?: string;
  readonly timestamps?: boolean;
  readonly prefix: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('logs')
    .summary('what the tasks of an app say')
    .description('Log lines of all tasks of the app, each with its service and slot.')
    .option('-f, --follow', 'go on until Ctrl-C')
    .option('-n, --tail <lines>', 'how many of the last lines', parseCount(10_000), 100)
    .option('--since <time>', 'only later ones: a span (15m) or a time (RFC 3339)', parseSince)
    .option('--until <time>', 'only earlier ones', parseSince)
    .option('--grep <expression>', 'only lines that match: a text, or a regular expression (RE2)')
    .option('-s, --service <name>', 'only this service')
    .option('-t, --timestamps', 'when each was written')
    .option('--no-prefix', 'the lines alone');
  withExamples(withApp(command), [
    ['berth logs', 'the last 100 lines'],
    ['berth logs -f -s web', 'follow one service'],
    ['berth logs --since 15m -n 10000', 'the last quarter of an hour'],
    ["berth logs --grep 'error|warn' --since 1h", 'the last 100 that match'],
    ['berth logs --json | jq -r .text', 'for scripts: one object per line'],
  ]);
  onRun<LogsOptions>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    let width = 0;
    try {
      const lines = client.stream('streamLogs', {
        params: { app: name },
        query: {
          follow: options.follow === true,
          tail: options.tail,
          since: options.since,
          until: options.until,
          grep: options.grep,
          service: options.service,
        },
        signal: cli.signal,
        ...(options.follow === true
          ? { isEnd: () => false, giveUpAfterMs: 5 * 60_000, onReconnect: sayReconnect(output) }
          : {}),
      });
      for await (const line of lines) {
        output.json(line);
        width = Math.max(width, taskName(line).length);
        output.line(renderLogLine(line, { ...options, width, style: output.style }));
        await output.taken();
      }
    } catch (error) {
      // Following has no other end than Ctrl-C: that is how it is meant to be left.
      if (options.follow === true && cli.signal.aborted) return exitCode.interrupted;
      throw error;
    }
    return exitCode.ok;
  });
}

const taskName = (line: LogLine) => `${line.service}.${line.slot}`;

const palette = ['cyan', 'magenta', 'green', 'yellow', 'blue', 'cyanBright', 'magentaBright'] as const;

/** Pure; the same task has the same colour in every invocation. */
export function renderLogLine(
  line: LogLine,
  options: { prefix: boolean; timestamps?: boolean; width: number; style: Style },
): string {
  const { style } = options;
  const name = taskName(line);
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  const paint = style[palette[sum % palette.length] ?? 'cyan'];
  const bar = line.stream === 'stderr' ? style.red('│') : style.dim('│');
  const time = options.timestamps === true ? `${style.dim(line.at)} ` : '';
  const prefix = options.prefix ? `${paint(name.padEnd(options.width))} ${bar} ` : '';
  return `${time}${prefix}${sanitize(line.text.replace(/\r?\n$/, ''))}`;
}
