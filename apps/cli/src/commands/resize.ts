import type { CallOutput } from '@berth/client/types';
import { parseBytes } from '@berth/compose/units';
import { type Command, InvalidArgumentError } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import { formatBytes } from '../span.ts';

interface ResizeOptions {
  readonly service?: string;
  readonly memory?: number;
  readonly cpus?: number;
  readonly pids?: number;
  readonly reset?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('resize')
    .summary('more or less memory and CPU for running tasks, without a restart')
    .description(
      `Changes the limits of a service's tasks while they run. Tasks and releases that come later have them, too,
until --reset. Without a limit it shows what was changed.`,
    )
    .option('-s, --service <name>', 'the service')
    .option('--memory <size>', 'such as 512M or 1G', parseSize)
    .option('--cpus <number>', 'cores, such as 1.5', parseCpus)
    .option('--pids <number>', 'processes and threads', parseCount(1_000_000, 1))
    .option('--reset', 'as the release has it');
  withExamples(withApp(command), [
    ['berth resize -s web --memory 1G --cpus 1.5', 'all tasks of web, now'],
    ['berth resize', 'what differs from the release'],
    ['berth resize -s web --reset', 'back to what was released'],
  ]);
  onRun<ResizeOptions>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { service, memory, cpus, pids, reset } = options;
    const isChange = memory !== undefined || cpus !== undefined || pids !== undefined;
    if (!isChange && reset !== true) {
      const { items } = await client.call('listResizes', { params: { app: name }, signal: cli.signal });
      output.json(items);
      if (items.length === 0) output.note(`${name} has the limits of its release.`);
      else output.table(columns, items);
      return;
    }
    if (service === undefined) throw new UsageError('--service says which service is resized');
    if (isChange && reset === true) throw new UsageError('--reset goes without a limit');
    const view = await client.call('resize', {
      params: { app: name, service },
      body: {
        ...(memory === undefined ? {} : { memoryBytesMax: memory }),
        ...(cpus === undefined ? {} : { cpusMax: cpus }),
        ...(pids === undefined ? {} : { pidsMax: pids }),
      },
      signal: cli.signal,
    });
    output.json(view);
    const count = view.tasks.length;
    output.note(
      `${service}: ${count === 1 ? '1 task was' : `${count} tasks were`} resized, without a restart`,
    );
  });
}

type Item = CallOutput<'listResizes'>['items'][number];

const columns = [
  { title: 'SERVICE', value: (item: Item) => item.service },
  {
    title: 'MEMORY MAX',
    value: ({ limits }: Item) =>
      limits.memoryBytesMax === undefined ? '-' : formatBytes(limits.memoryBytesMax),
  },
  { title: 'CPUS MAX', value: ({ limits }: Item) => String(limits.cpusMax ?? '-') },
  { title: 'PIDS MAX', value: ({ limits }: Item) => String(limits.pidsMax ?? '-') },
];

function parseSize(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined || !Number.isSafeInteger(bytes))
    throw new InvalidArgumentError('It must be a size such as 512M or 1G.');
  return bytes;
}

function parseCpus(text: string): number {
  const cpus = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || cpus <= 0)
    throw new InvalidArgumentError('It must be a number of cores such as 1.5.');
  return cpus;
}
