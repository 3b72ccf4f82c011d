import type { ItemOf } from '@berth/client/client';
import { printEndpoint } from '@berth/domain/bound-port';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withContext, withExamples } from '../options.ts';
import type { Column } from '../table.ts';

type Port = ItemOf<'listPorts'>;
type Row = Port & { readonly last: number };

const columns: readonly Column<Row>[] = [
  {
    title: 'PORT',
    value: ({ port, last, address, protocol }) =>
      `${printEndpoint(port, address)}${last === port ? '' : `-${last}`}/${protocol}`,
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
    output.table(columns, rangesOf(found));
  });
}

/** Ports that follow each other and have one owner are one line: of the edge there are many. Pure. */
export function rangesOf(ports: readonly Port[]): Row[] {
  const rows: Row[] = [];
  for (const port of ports) {
    const row = rows.findLast(
      (one) =>
        one.last === port.port - 1 &&
        one.node === port.node &&
        one.owner === port.owner &&
        one.protocol === port.protocol &&
        one.address === port.address,
    );
    if (row === undefined) rows.push({ ...port, last: port.port });
    else rows[rows.indexOf(row)] = { ...row, last: port.port };
  }
  return rows;
}
