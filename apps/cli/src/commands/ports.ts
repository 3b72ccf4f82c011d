import type { ItemOf } from '@berth/client/client';
import { printEndpoint } from '@berth/domain/bound-port';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withContext, withExamples } from '../options.ts';
import type { Column } from '../table.ts';

const columns: readonly Column<ItemOf<'listPorts'>>[] = [
  {
    title: 'PORT',
    value: (port) => `${printEndpoint(port.port, port.address)}/${port.protocol}`,
    align: 'right',
  },
  { title: 'NODE', value: (port) => port.node },
  { title: 'OWNER', value: (port) => port.owner, flexible: true },
];

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('ports')
    .summary('who has which port of the nodes')
    .description(
      'Every port that is published on a node, and who has it: the platform, a service of an app, or something else. A service gets ports with `ports` in its manifest; one that names no port gets one that is free and keeps it.',
    );
  withExamples(withContext(command), [
    ['berth ports', 'all of them'],
    ['berth ports --json', 'for a script'],
  ]);
  onRun(cli, command, async ({ options, output }) => {
    const client = await connect(cli, options);
    const found = await client.list('listPorts', { signal: cli.signal });
    output.json(found);
    output.table(columns, found);
  });
}
