import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withContext, withExamples } from '../options.ts';
import { formatBytes } from '../span.ts';
import type { Column } from '../table.ts';

type Node = ItemOf<'listNodes'>;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('nodes')
    .summary('what each node has, what tasks were promised of it, and what is used')
    .description(
      'CPU and memory of each node as used / reserved / there: used by everything on it, reserved by running tasks (their reservations, or else their limits). Then its disk, engine, storage driver and kernel.',
    );
  withExamples(withContext(command), [
    ['berth nodes', 'is there room for more'],
    ['berth nodes --json', 'with all facts, for scripts'],
  ]);
  onRun(cli, command, async ({ options, output }) => {
    const client = await connect(cli, options);
    const nodes = await client.list('listNodes', { signal: cli.signal });
    output.json(nodes);
    output.table(columns, nodes);
  });
}

const share = (used: string | undefined, reserved: string, there: string): string =>
  `${used ?? '?'} / ${reserved} / ${there}`;

const columns: readonly Column<Node>[] = [
  { title: 'NODE', value: (node) => node.name },
  { title: 'ROLE', value: (node) => node.role },
  {
    title: 'AGENT',
    value: (node) => (node.connected ? 'connected' : 'away'),
    paint: (text, node, style) => (node.connected ? style.green(text) : style.red(text)),
  },
  {
    title: 'CPU USED/RESERVED/OF',
    value: ({ used, reserved, cpus }) => share(used?.cpus.toFixed(1), reserved.cpus.toFixed(1), String(cpus)),
    align: 'right',
  },
  {
    title: 'MEMORY USED/RESERVED/OF',
    value: ({ used, reserved, memoryBytes }) =>
      share(
        used === undefined ? undefined : formatBytes(used.memoryBytes),
        formatBytes(reserved.memoryBytes),
        formatBytes(memoryBytes),
      ),
    align: 'right',
  },
  { title: 'TASKS', value: (node) => String(node.tasks), align: 'right' },
  {
    title: 'DISK FREE',
    value: ({ diskBytesFree }) => (diskBytesFree === undefined ? '-' : formatBytes(diskBytesFree)),
    align: 'right',
  },
  { title: 'ENGINE', value: (node) => node.engineVersion },
  { title: 'STORAGE', value: (node) => node.storageDriver },
  { title: 'KERNEL', value: (node) => node.kernel, flexible: true },
];
