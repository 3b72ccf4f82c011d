import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, parseSince, withApp, withExamples } from '../options.ts';
import { parseSpan } from '../span.ts';
import type { Column } from '../table.ts';

type Entry = ItemOf<'listAudit'>;

interface AuditFlags {
  readonly limit: number;
  readonly actor?: string;
  readonly since?: string;
  readonly export?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('audit')
    .summary('who did what, newest first')
    .description(
      'Every change, exec and refusal with actor, address, object, parameters (secrets redacted) and result.',
    )
    .option('-n, --limit <count>', 'how many', parseCount(10_000, 1), 50)
    .option('--since <time>', 'a time or a span: 90s, 15m, 2h, 3d', parseSince)
    .option('--export', 'every entry, whole, as one JSON object a line, newest first')
    .option('--actor <name>', 'only of this actor');
  withExamples(withApp(command), [
    ['berth audit -n 20', 'the last 20'],
    ['berth audit -a shop --json', 'one app, with parameters and hashes'],
    ['berth audit --export --since 30d > audit.ndjson', 'a month, for another system'],
  ]);
  onRun<AuditFlags>(cli, command, async ({ options, output }) => {
    const client = await connect(cli, options);
    const { app, actor } = options;
    const query = { app, actor, since: options.since === undefined ? undefined : timeOf(cli, options.since) };
    if (options.export === true) {
      // Page by page: the log may be larger than memory.
      for (let cursor: string | undefined; ; ) {
        const page = await client.call('listAudit', {
          query: { ...query, limit: 200, cursor },
          signal: cli.signal,
        });
        cli.stdout.write(page.items.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
        await output.taken();
        cursor = page.next;
        if (cursor === undefined) return;
      }
    }
    const entries = await client.list('listAudit', {
      query,
      itemsMax: options.limit,
      signal: cli.signal,
    });
    output.json(entries);
    output.table(columns, entries);
  });
}

/** A span counts back from now. */
function timeOf(cli: Cli, text: string): string {
  const seconds = parseSpan(text);
  return new Date(seconds === undefined ? text : cli.clock.now() - seconds * 1000).toISOString();
}

const columns: readonly Column<Entry>[] = [
  { title: 'AT', value: (entry) => entry.at.replace(/\.\d+Z$/, 'Z') },
  { title: 'ACTOR', value: (entry) => entry.actor },
  { title: 'FROM', value: (entry) => entry.address },
  { title: 'ACTION', value: (entry) => entry.action },
  { title: 'OBJECT', value: (entry) => entry.object, flexible: true },
  {
    title: 'RESULT',
    value: (entry) => entry.result,
    paint: (text, entry, style) => (entry.result === 'ok' ? style.green(text) : style.red(text)),
  },
];
