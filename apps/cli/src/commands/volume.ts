import type { ItemOf } from '@berth/client/client';
import { parseBytes } from '@berth/compose/units';
import { type Command, InvalidArgumentError } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withContext, withExamples } from '../options.ts';
import { ask } from '../prompt.ts';
import { formatAge, formatBytes } from '../span.ts';
import type { Column } from '../table.ts';

type Volume = ItemOf<'listVolumes'>;

export function register(program: Command, cli: Cli): void {
  const volume = program
    .command('volume')
    .alias('volumes')
    .summary('data that outlives tasks: ls, inspect, create, adopt, grow, rm, restore')
    .description(
      'Volumes are made with the app that mounts them, or by themselves to be shared. No other command removes one: not destroying its app, not a release without it. A removed one can be had back for seven days.',
    );
  list(volume, cli);
  inspect(volume, cli);
  create(volume, cli);
  adopt(volume, cli);
  grow(volume, cli);
  remove(volume, cli);
  restore(volume, cli);
}

function list(volume: Command, cli: Cli): void {
  const command = withContext(volume.command('ls', { isDefault: true }))
    .summary('all volumes: users, node, size, used')
    .description('All volumes, or those of one app, or the removed ones that can still be restored.')
    .option('-a, --app <name>', 'only those made for the app')
    .option('--trash', 'the removed ones');
  withExamples(command, [
    ['berth volume ls', 'all volumes'],
    ['berth volume ls --trash', 'what `berth volume restore` can bring back'],
  ]);
  onRun<{ trash?: boolean }>(cli, command, async ({ options, output }) => {
    const client = await connect(cli, options);
    const trash = options.trash === true;
    const found = await client.list('listVolumes', {
      query: { trash, ...(options.app === undefined ? {} : { app: options.app }) },
      signal: cli.signal,
    });
    output.json(found);
    output.table(trash ? trashColumns : columnsAt(cli.clock.now()), found);
  });
}

function inspect(volume: Command, cli: Cli): void {
  const command = withContext(volume.command('inspect'))
    .summary('one volume, measured now')
    .description('Everything about one volume; what is used is measured now.')
    .argument('<name>', 'the volume, or its id');
  withExamples(command, [['berth volume inspect shop_data', 'who uses it, where it is, how full it is']]);
  onRun(cli, command, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const found = await client.call('getVolume', { params: { volume: args[0] ?? '' }, signal: cli.signal });
    output.json(found);
    const rows: [string, string][] = [
      ['name', found.name],
      ['id', found.id],
      ['app', found.app ?? '- (made by itself)'],
      ['owner', found.owner],
      ['created', found.createdAt],
      ['node', found.node],
      ['driver', `${found.driver}, ${kindOf(found)}`],
      ['size limit', found.sizeBytes === undefined ? 'none' : formatBytes(found.sizeBytes)],
      ['used', usedOf(found)],
      ['users', usersOf(found)],
      ...Object.entries(found.labels).map(([name, value]): [string, string] => [`label ${name}`, value]),
      ...(found.restorableUntil === undefined
        ? []
        : [['in the trash', `restorable until ${found.restorableUntil}`] as [string, string]]),
    ];
    for (const [name, value] of rows) output.line(`${`${name}:`.padEnd(14)}${value}`);
    if (found.fault !== undefined) output.warn(found.fault);
  });
}

const kindOf = ({ adopted, sizeBytes }: Pick<Volume, 'adopted' | 'sizeBytes'>): string => {
  if (adopted === true) return 'adopted: where the engine keeps it';
  return sizeBytes === undefined ? 'a directory' : 'a disk of its own';
};

interface SizeOptions {
  readonly size?: number;
  readonly overcommit?: boolean;
}
const withSize = (command: Command): Command =>
  command
    .option('--size <size>', 'the limit, such as 4G', parseSize)
    .option('--overcommit', 'also when the disk has less');

function create(volume: Command, cli: Cli): void {
  const command = withSize(withContext(volume.command('create')))
    .summary('make a volume that apps share')
    .description(
      'Makes a volume of no app. Apps mount it when their manifest names it with `external: true`.',
    )
    .argument('<name>', 'its name')
    .option('--node <name>', 'the node that has it');
  withExamples(command, [
    ['berth volume create media', 'as large as the disk'],
    ['berth volume create media --size 20G', 'at most 20 GiB, on a disk of its own'],
  ]);
  onRun<SizeOptions & { node?: string }>(cli, command, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const made = await client.call('createVolume', {
      body: {
        name: args[0] ?? '',
        overcommit: options.overcommit === true,
        ...(options.size === undefined ? {} : { sizeBytes: options.size }),
        ...(options.node === undefined ? {} : { node: options.node }),
      },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(made);
    output.note(`${output.noteStyle.green('✓')} volume ${made.name} is made on ${made.node}`);
  });
}

function adopt(volume: Command, cli: Cli): void {
  const command = withContext(volume.command('adopt'))
    .summary('take a volume the engine has, as it is')
    .description(
      'Makes an object of Berth of a volume that the engine has already, from `docker compose` for example. Nothing is copied, renamed or removed, now or when the volume is removed from Berth. It must not be mounted by a running container.',
    )
    .argument('<name>', 'as the engine has it: `docker volume ls`')
    .option('-a, --app <name>', 'the app it is of; without it, apps name it with `external: true`')
    .option('--node <name>', 'the node that has it');
  withExamples(command, [
    ['berth volume adopt shop_data -a shop', 'for `volumes: {data: }` in the compose.yaml of shop'],
    ['berth volume adopt media', 'for `volumes: {media: {external: true}}` in any'],
  ]);
  onRun<{ app?: string; node?: string }>(cli, command, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const { app, node } = options;
    const name = args[0] ?? '';
    const adopted = await client.call('adoptVolume', {
      body: { name, ...(app === undefined ? {} : { app }), ...(node === undefined ? {} : { node }) },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(adopted);
    output.note(
      `${output.noteStyle.green('✓')} volume ${name} on ${adopted.node} is ${app === undefined ? 'adopted' : `adopted for ${app}`}; its data stays where it is`,
    );
  });
}

function grow(volume: Command, cli: Cli): void {
  const command = withSize(withContext(volume.command('grow')))
    .summary('raise the limit of a volume, in use')
    .description('Raises the limit while tasks go on writing. A limit is never lowered.')
    .argument('<name>', 'the volume');
  withExamples(command, [['berth volume grow shop_data --size 4G', 'nothing is restarted']]);
  onRun<SizeOptions>(cli, command, async ({ options, output, args }) => {
    if (options.size === undefined) throw new UsageError('--size is missing', 'Say how large: `--size 4G`.');
    const client = await connect(cli, options);
    const grown = await client.call('growVolume', {
      params: { volume: args[0] ?? '' },
      body: { sizeBytes: options.size, overcommit: options.overcommit === true },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(grown);
    output.note(`${output.noteStyle.green('✓')} volume ${grown.name} may have ${formatBytes(options.size)}`);
  });
}

function remove(volume: Command, cli: Cli): void {
  const command = withContext(volume.command('rm'))
    .summary('move a volume to the trash')
    .description(
      'Removes a volume that nobody uses; asks for its name to be typed. It can be restored for seven days. With --trash, what is in the trash goes for good, at once.',
    )
    .argument('<name>', 'the volume; its id where the trash has several of one name')
    .option('--confirm <name>', 'the name of the volume again, for scripts')
    .option('--trash', 'remove it from the trash, for good');
  withExamples(command, [
    ['berth volume rm shop_data', 'asks first'],
    ['berth volume rm shop_data --confirm shop_data', 'for scripts'],
    ['berth volume rm shop_data --trash', 'and not to be had back'],
  ]);
  onRun<{ confirm?: string; trash?: boolean }>(cli, command, async ({ options, output, args }) => {
    const given = args[0] ?? '';
    const trash = options.trash === true;
    const client = await connect(cli, options);
    let typed = options.confirm;
    if (typed === undefined) {
      const found = await client.call('getVolume', { params: { volume: given }, signal: cli.signal });
      output.warn(
        `${found.name} (${usedOf(found)} used) will be ${trash ? 'gone for good' : 'moved to the trash'}.`,
      );
      typed = await ask(
        cli,
        'Type the name of the volume to remove it: ',
        `\`berth volume rm ${given}${trash ? ' --trash' : ''} --confirm ${found.name}\``,
      );
    }
    const removed = await client.call('deleteVolume', {
      params: { volume: given },
      query: { confirm: typed.trim(), trash },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(removed);
    output.note(
      trash
        ? `${output.noteStyle.green('✓')} ${removed.name} is removed for good`
        : `${output.noteStyle.green('✓')} ${removed.name} is in the trash until ${removed.restorableUntil}; \`berth volume restore ${removed.name}\` brings it back`,
    );
  });
}

function restore(volume: Command, cli: Cli): void {
  const command = withContext(volume.command('restore'))
    .summary('bring a volume back from the trash')
    .description('Brings a removed volume back, under its name or another; the last removed of its name.')
    .argument('<name>', 'the volume, or its id')
    .option('--as <name>', 'under another name, where its own is taken');
  withExamples(command, [
    ['berth volume restore shop_data', 'as it was'],
    ['berth volume restore shop_data --as shop_before', 'beside the one that has its name now'],
  ]);
  onRun<{ as?: string }>(cli, command, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const back = await client.call('restoreVolume', {
      params: { volume: args[0] ?? '' },
      body: options.as === undefined ? {} : { as: options.as },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(back);
    output.note(`${output.noteStyle.green('✓')} ${back.name} is back on ${back.node}`);
  });
}

function columnsAt(now: number): readonly Column<Volume>[] {
  return [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'USED BY', value: usersOf, flexible: true },
    { title: 'NODE', value: ({ node }) => node },
    { title: 'DRIVER', value: ({ driver }) => driver },
    {
      title: 'SIZE',
      value: ({ sizeBytes }) => (sizeBytes === undefined ? '-' : formatBytes(sizeBytes)),
      align: 'right',
    },
    {
      title: 'USED',
      value: usedOf,
      align: 'right',
      paint: (text, found, style) =>
        found.fault !== undefined || isNearlyFull(found) ? style.red(text) : text,
    },
    { title: 'OWNER', value: ({ owner }) => owner },
    { title: 'AGO', value: ({ createdAt }) => formatAge(createdAt, now), align: 'right' },
  ];
}

const trashColumns: readonly Column<Volume>[] = [
  { title: 'NAME', value: ({ name }) => name, flexible: true },
  { title: 'ID', value: ({ id }) => id },
  { title: 'NODE', value: ({ node }) => node },
  { title: 'USED', value: usedOf, align: 'right' },
  { title: 'REMOVED', value: ({ removedAt }) => removedAt ?? '' },
  { title: 'RESTORABLE UNTIL', value: ({ restorableUntil }) => restorableUntil ?? '' },
];

const usersOf = ({ users }: Pick<Volume, 'users'>): string =>
  users.length === 0
    ? '-'
    : users.map(({ app, service, readOnly }) => `${app}/${service}${readOnly ? ' (ro)' : ''}`).join(', ');

function usedOf({
  bytesUsed,
  bytesTotal,
  fault,
}: Pick<Volume, 'bytesUsed' | 'bytesTotal' | 'fault'>): string {
  if (bytesUsed === undefined) return fault === undefined ? '?' : 'broken';
  const share = bytesTotal === undefined ? '' : ` (${Math.round((bytesUsed / bytesTotal) * 100)} %)`;
  return `${formatBytes(bytesUsed)}${share}`;
}

const isNearlyFull = ({ bytesUsed = 0, bytesTotal }: Pick<Volume, 'bytesUsed' | 'bytesTotal'>): boolean =>
  bytesTotal !== undefined && bytesUsed >= bytesTotal * 0.8;

function parseSize(text: string): number {
  const size = parseBytes(text);
  if (size === undefined || size <= 0)
    throw new InvalidArgumentError('It must be a size such as 512M or 4G.');
  return size;
}
