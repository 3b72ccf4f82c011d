import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import type { Column } from '../table.ts';

type Row = Pick<ItemOf<'listChanges'>, 'service' | 'slot'> & ItemOf<'listChanges'>['changes'][number];

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('changes')
    .summary('files the running tasks have and their images have not')
    .description(
      `What tasks added, modified or deleted outside their volumes, and who ran commands inside. None of it is
in the next task: what has to stay belongs into the image, a volume or a config.`,
    )
    .option('-s, --service <name>', 'only this service')
    .option('--slot <number>', 'only this replica', parseCount(500, 1));
  withExamples(withApp(command), [
    ['berth changes', 'of all running tasks of the app of this directory'],
    ['berth restart', 'new tasks, as their images are'],
  ]);
  onRun<{ service?: string; slot?: number }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { items } = await client.call('listChanges', {
      params: { app: name },
      query: { service: options.service, slot: options.slot },
      signal: cli.signal,
    });
    output.json(items);
    const rows = items.flatMap(({ service, slot, changes }) =>
      changes.map((change) => ({ service, slot, ...change })),
    );
    if (rows.length > 0) output.table(columns, rows);
    for (const { service, slot, changesLeftOut, touched } of items) {
      if (changesLeftOut > 0) output.note(`${service}.${slot}: ${changesLeftOut} more`);
      for (const touch of touched)
        output.note(`${service}.${slot}: ${touch.actor} ran ${touch.command} at ${touch.at}`);
    }
    if (rows.length === 0) output.note(`The tasks of ${name} have the files of their images.`);
  });
}

const columns: readonly Column<Row>[] = [
  { title: 'TASK', value: (row) => `${row.service}.${row.slot}` },
  {
    title: 'CHANGE',
    value: (row) => row.kind,
    paint: (text, row, style) => (row.kind === 'deleted' ? style.red(text) : text),
  },
  { title: 'PATH', value: (row) => row.path, flexible: true },
];
