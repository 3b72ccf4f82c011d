import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import { formatBytes } from '../span.ts';
import type { Column } from '../table.ts';

type Row = Pick<ItemOf<'listProcesses'>, 'service' | 'slot'> & ItemOf<'listProcesses'>['processes'][number];

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('top')
    .summary('what runs in the tasks of an app')
    .description('Every process of every running task, the busiest first. Process ids are the node’s.')
    .option('-s, --service <name>', 'only this service')
    .option('--slot <number>', 'only this replica', parseCount(500, 1));
  withExamples(withApp(command), [
    ['berth top', 'all processes of the app of this directory'],
    ['berth top -s worker --slot 2', 'of one task'],
  ]);
  onRun<{ service?: string; slot?: number }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { items } = await client.call('listProcesses', {
      params: { app: name },
      query: { service: options.service, slot: options.slot },
      signal: cli.signal,
    });
    output.json(items);
    const rows = items
      .flatMap(({ service, slot, processes }) => processes.map((one) => ({ service, slot, ...one })))
      .sort((x, y) => y.cpuPercent - x.cpuPercent);
    if (rows.length === 0) output.note(`${name} has no running task.`);
    else output.table(columns, rows);
  });
}

const columns: readonly Column<Row>[] = [
  { title: 'TASK', value: (row) => `${row.service}.${row.slot}` },
  { title: 'PID', value: (row) => String(row.pid), align: 'right' },
  { title: 'USER', value: (row) => row.user },
  { title: 'CPU', value: (row) => `${row.cpuPercent.toFixed(1)} %`, align: 'right' },
  { title: 'MEMORY', value: (row) => formatBytes(row.memoryBytes), align: 'right' },
  { title: 'UP', value: (row) => row.elapsed, align: 'right' },
  { title: 'COMMAND', value: (row) => row.command, flexible: true },
];
