import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, exitCode } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import { formatBytes } from '../span.ts';
import type { Column } from '../table.ts';

type Usage = ItemOf<'listUsage'>;

interface StatsOptions {
  readonly service?: string;
  readonly slot?: number;
  readonly follow?: boolean;
}

/** Between two looks while following; each look itself measures for a second. */
const pauseMs = 2_000;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('stats')
    .summary('what the tasks of an app use: CPU, memory, network, disk')
    .description(
      'CPU over one second, memory without what the kernel could drop, and totals since the start.',
    )
    .option('-s, --service <name>', 'only this service')
    .option('--slot <number>', 'only this replica', parseCount(500, 1))
    .option('-f, --follow', 'again every few seconds until Ctrl-C');
  withExamples(withApp(command), [
    ['berth stats', 'all tasks of the app of this directory'],
    ['berth stats -f -s web', 'watch one service'],
    ['berth stats --json', 'for scripts'],
  ]);
  onRun<StatsOptions>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    try {
      for (;;) {
        const { items } = await client.call('listUsage', {
          params: { app: name },
          query: { service: options.service, slot: options.slot },
          signal: cli.signal,
        });
        output.json(items);
        if (items.length === 0) output.note(`${name} has no running task.`);
        else output.table(columns, items);
        if (options.follow !== true) return exitCode.ok;
        await cli.clock.sleep(pauseMs, cli.signal);
      }
    } catch (error) {
      if (options.follow === true && cli.signal.aborted) return exitCode.interrupted;
      throw error;
    }
  });
}

const columns: readonly Column<Usage>[] = [
  { title: 'TASK', value: (item) => `${item.service}.${item.slot}` },
  { title: 'CPU', value: (item) => `${item.cpuPercent.toFixed(1)} %`, align: 'right' },
  { title: 'MEMORY', value: (item) => formatBytes(item.memoryBytes), align: 'right' },
  { title: 'OF', value: (item) => formatBytes(item.memoryBytesMax), align: 'right' },
  { title: 'RECEIVED', value: (item) => formatBytes(item.receivedBytes), align: 'right' },
  { title: 'SENT', value: (item) => formatBytes(item.sentBytes), align: 'right' },
  { title: 'READ', value: (item) => formatBytes(item.readBytes), align: 'right' },
  { title: 'WRITTEN', value: (item) => formatBytes(item.writtenBytes), align: 'right' },
  { title: 'PIDS', value: (item) => String(item.pids), align: 'right' },
  { title: 'NODE', value: (item) => item.node },
];
