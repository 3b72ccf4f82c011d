import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { collect, onRun, withContext, withExamples } from '../options.ts';
import type { Column } from '../table.ts';

type Network = ItemOf<'listNetworks'>;

const columns: readonly Column<Network>[] = [
  { title: 'NETWORK', value: (network) => network.name },
  { title: 'OF', value: (network) => network.app ?? network.kind },
  { title: 'SUBNET', value: (network) => network.subnet ?? '' },
  {
    title: 'FREE',
    value: (network) => String(Math.max(0, network.addresses - network.addressesUsed)),
    align: 'right',
  },
  {
    title: 'IS',
    value: (network) =>
      [network.internal ? 'internal' : '', network.encrypted ? 'encrypted' : ''].filter(Boolean).join(', '),
  },
  { title: 'SERVICES', value: membersOf, flexible: true },
];

function membersOf(network: Network): string {
  return network.members
    .map(({ app, service }) => (app === network.app ? service : `${app}/${service}`))
    .join(', ');
}

export function register(program: Command, cli: Cli): void {
  const networks = program
    .command('networks')
    .summary('networks of apps, and those they share: ls, inspect, create, rm')
    .description(
      'Each app has networks of its own, which no other app reaches. A shared network is made here, and joined by apps that declare it: `networks: {NAME: {external: true}}`.',
    );

  const list = networks
    .command('ls', { isDefault: true })
    .summary('all networks, with subnets and free addresses')
    .description(
      'All networks of the platform: whose, with which subnet, how many free addresses, who joins.',
    );
  withExamples(withContext(list), [['berth networks', 'all of them']]);
  onRun(cli, list, async ({ options, output }) => {
    const client = await connect(cli, options);
    const [found, pool] = await Promise.all([
      client.list('listNetworks', { signal: cli.signal }),
      client.call('getNetworkPool', { signal: cli.signal }),
    ]);
    output.json({ networks: found, pool });
    output.table(columns, found);
    output.note(
      `${pool.subnetsFree} of ${pool.subnets} subnets (/${pool.subnetBits}) of ${pool.pool} are free.`,
    );
  });

  const inspect = networks
    .command('inspect')
    .summary('one network')
    .description('Everything about one network: a shared one by its name, one of an app as APP/NAME.')
    .argument('<name>', 'NAME, or APP/NAME');
  withExamples(withContext(inspect), [
    ['berth networks inspect backbone', 'a shared one'],
    ['berth networks inspect shop/default', 'one of the app shop'],
  ]);
  onRun(cli, inspect, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const wanted = args[0] ?? '';
    const found = (await client.list('listNetworks', { signal: cli.signal })).find((network) =>
      network.app === undefined ? network.name === wanted : `${network.app}/${network.name}` === wanted,
    );
    if (found === undefined)
      throw new UsageError(`there is no network "${wanted}"`, 'List them with `berth networks`.');
    output.json(found);
    output.line(`name       ${found.name}`);
    output.line(`of         ${found.app ?? found.kind}`);
    output.line(`engine     ${found.engineName}`);
    output.line(`subnet     ${found.subnet ?? 'none'}`);
    output.line(`addresses  ${found.addressesUsed} of ${found.addresses} used by tasks`);
    output.line(`internal   ${found.internal ? 'yes: no way out' : 'no'}`);
    output.line(`encrypted  ${found.encrypted ? 'yes' : 'no'}`);
    if (found.apps !== undefined) output.line(`for        ${found.apps.join(', ')}`);
    output.line(`services   ${membersOf(found) || 'none'}`);
  });

  const create = networks
    .command('create')
    .summary('make a network that apps share')
    .description('Makes a network that apps join by declaring it as external.')
    .argument('<name>', 'its name in manifests')
    .option('--for <app>', 'only this app may join; may be given again', collect)
    .option('--subnet <cidr>', 'by default a free one is chosen')
    .option('--internal', 'without a way out')
    .option('--encrypted', 'between nodes; the kernels must be able to');
  withExamples(withContext(create), [
    ['berth networks create backbone', 'for any app'],
    ['berth networks create data --for shop --for crm --internal', 'for two apps'],
  ]);
  onRun<{ for?: string[]; subnet?: string; internal?: boolean; encrypted?: boolean }>(
    cli,
    create,
    async ({ options, output, args }) => {
      const client = await connect(cli, options);
      const made = await client.call('createNetwork', {
        body: {
          name: args[0] ?? '',
          internal: options.internal ?? false,
          encrypted: options.encrypted ?? false,
          ...(options.subnet === undefined ? {} : { subnet: options.subnet }),
          ...(options.for === undefined ? {} : { apps: options.for }),
        },
        idempotencyKey: crypto.randomUUID(),
        signal: cli.signal,
      });
      output.json(made);
      output.note(
        `${output.noteStyle.green('✓')} ${made.name} has the subnet ${made.subnet ?? ''}. In a manifest:`,
      );
      output.note(`networks: {${made.name}: {external: true}}`);
    },
  );

  const remove = networks
    .command('rm')
    .summary('remove a shared network')
    .description('Removes a shared network that no service joins.')
    .argument('<name>', 'the network');
  withExamples(withContext(remove), [['berth networks rm backbone', 'when nothing joins it']]);
  onRun(cli, remove, async ({ options, output, args }) => {
    const client = await connect(cli, options);
    const name = args[0] ?? '';
    await client.call('deleteNetwork', {
      params: { name },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json({ removed: name });
    output.note(`${output.noteStyle.green('✓')} the network ${name} is gone`);
  });
}
