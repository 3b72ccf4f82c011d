import type { ItemOf } from '@berth/client/client';
import { type Command, Option } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { collect, onRun, parseCount, withContext, withExamples } from '../options.ts';
import { formatAge } from '../span.ts';
import type { Column } from '../table.ts';

type External = ItemOf<'listExternals'>;

export function register(program: Command, cli: Cli): void {
  const externals = program
    .command('externals')
    .summary('names in apps for endpoints outside: ls, add, retarget, rm')
    .description(
      'An external service is a name inside apps for an endpoint outside: `x-berth: {externals: [NAME]}` in a manifest, and the app reaches it as NAME:PORT. When the endpoint moves, the name is retargeted; no task of an app is touched.',
    );

  const list = externals
    .command('ls', { isDefault: true })
    .summary('all external services')
    .description('All external services: where they lead, and which apps use them.');
  withExamples(withContext(list), [['berth externals', 'all of them']]);
  onRun(cli, list, async ({ options, output }) => {
    const client = await connect(cli, options);
    const found = await client.list('listExternals', { signal: cli.signal });
    output.json(found);
    output.table(columnsAt(cli.clock.now()), found);
  });

  const add = externals
    .command('add')
    .summary('give an endpoint a name')
    .description(
      'Gives an endpoint outside a name inside apps. Of several targets, the first that answers is used.',
    )
    .argument('<name>', 'the name in apps')
    .requiredOption('--to <host:port>', 'where it leads; several with commas, the preferred one first')
    .option(
      '--port <port>',
      'where apps reach it; by default that of the first target',
      parseCount(65_535, 1),
    )
    .addOption(
      new Option('--protocol <name>', 'what the endpoint speaks').choices(['tcp', 'udp']).default('tcp'),
    )
    .option('--for <app>', 'only this app may use it; may be given again', collect);
  withExamples(withContext(add), [
    ['berth externals add postgres --to db.example.com:5432', 'apps reach postgres:5432'],
    ['berth externals add mail --to 10.0.0.5:2525,10.0.0.6:2525 --port 25 --for shop', 'with a second one'],
    ['berth externals add dns --to 10.0.0.53:53 --protocol udp', 'apps ask dns:53'],
  ]);
  onRun<{ to: string; port?: number; protocol: 'tcp' | 'udp'; for?: string[] }>(
    cli,
    add,
    async ({ options, output, args }) => {
      const client = await connect(cli, options);
      const made = await client.call('createExternal', {
        body: {
          name: args[0] ?? '',
          targets: targetsOf(options.to),
          protocol: options.protocol,
          ...(options.port === undefined ? {} : { port: options.port }),
          ...(options.for === undefined ? {} : { apps: options.for }),
        },
        idempotencyKey: crypto.randomUUID(),
        signal: cli.signal,
      });
      output.json(made);
      output.note(
        `${output.noteStyle.green('✓')} ${made.name}:${made.port} leads to ${made.targets.join(', ')}. In a manifest:`,
      );
      output.note(`x-berth: {externals: [${made.name}]}`);
    },
  );

  const retarget = externals
    .command('retarget')
    .summary('move the name to another endpoint')
    .description('Moves the name to other endpoints at once. Tasks that use it are not touched.')
    .argument('<name>', 'the external service')
    .requiredOption('--to <host:port>', 'where it leads now; several with commas');
  withExamples(withContext(retarget), [
    ['berth externals retarget postgres --to db2.example.com:5432', 'the database has moved'],
  ]);
  onRun<{ to: string }>(cli, retarget, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const made = await client.call('retargetExternal', {
      params: { name: args[0] ?? '' },
      body: { targets: targetsOf(options.to) },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(made);
    output.note(
      `${output.noteStyle.green('✓')} ${made.name}:${made.port} leads to ${made.targets.join(', ')} now`,
    );
  });

  const remove = externals
    .command('rm')
    .summary('remove an external service')
    .description('Removes an external service that no app declares.')
    .argument('<name>', 'the external service');
  withExamples(withContext(remove), [['berth externals rm postgres', 'when no app declares it']]);
  onRun(cli, remove, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const name = args[0] ?? '';
    await client.call('deleteExternal', {
      params: { name },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json({ removed: name });
    output.note(`${output.noteStyle.green('✓')} the external service ${name} is gone`);
  });
}

function targetsOf(text: string): string[] {
  const targets = text.split(',').map((target) => target.trim());
  const bad = targets.find((target) => !/^[^:\s]+:\d{1,5}$/.test(target));
  if (bad !== undefined)
    throw new UsageError(`"${bad}" is not HOST:PORT`, 'Write it like db.example.com:5432.');
  return targets;
}

function columnsAt(now: number): readonly Column<External>[] {
  return [
    {
      title: 'NAME',
      value: (external) => `${external.name}:${external.port}${external.protocol === 'udp' ? '/udp' : ''}`,
    },
    { title: 'LEADS TO', value: (external) => external.targets.join(', '), flexible: true },
    { title: 'FOR', value: (external) => external.apps?.join(', ') ?? 'any app' },
    { title: 'USED BY', value: (external) => external.usedBy.join(', ') },
    { title: 'MOVED', value: (external) => formatAge(external.updatedAt, now), align: 'right' },
  ];
}
