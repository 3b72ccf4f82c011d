import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import type { Column } from '../table.ts';

type Entry = ItemOf<'listAudit'>;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('audit')
    .summary('who did what, newest first')
    .description(
      'Every change, exec and refusal with actor, address, object, parameters (secrets redacted) and result.',
    )
    .option('-n, --limit <count>', 'how many', parseCount(10_000, 1), 50)
    .option('--actor <name>', 'only of this actor');
  withExamples(withApp(command), [
    ['berth audit -n 20', 'the last 20'],
    ['berth audit -a shop --json', 'one app, with parameters and hashes'],
  ]);
  onRun<{ limit: number; actor?: string }>(cli, command, async ({ options, output }) => {
    const client = await connect(cli, options);
    const entries = await client.list('listAudit', {
      query: { app: options.app, actor: options.actor },
      itemsMax: options.limit,
      signal: cli.signal,
    });
    output.json(entries);
    output.table(columns, entries);
  });
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
