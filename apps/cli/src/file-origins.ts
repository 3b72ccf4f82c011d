import type { CallOutput } from '@berth/client/types';
import type { FileKind } from '@berth/domain/file';
import type { Command } from 'commander';
import { findApp } from './app-name.ts';
import type { Cli } from './cli.ts';
import { connect } from './connection.ts';
import { onRun, withApp, withExamples } from './options.ts';
import type { Column } from './table.ts';

type Explained = CallOutput<'explainFiles'>['items'][number];

/** `explain` of `berth secret` and `berth config-file`; `parent` gets it. */
export function registerExplain(
  parent: Command,
  cli: Cli,
  stored: { readonly kind: FileKind; readonly command: string; readonly words: string },
): void {
  const { kind, command, words } = stored;
  const explain = withApp(parent.command('explain'))
    .summary(`where every ${words} comes from`)
    .description(
      `The ${words}s of each service of the live release with the origin of their content: a scope, a variable, or the
source; and the other scopes that have one of the name. Never the content.`,
    )
    .argument('[name]', 'of the manifest')
    .option('--service <name>', 'of one service');
  withExamples(explain, [
    [`berth ${command} explain`, 'of all services'],
    [`berth ${command} explain db_password --service worker`, 'why that one has it'],
  ]);
  onRun<{ service?: string }>(cli, explain, async ({ options, output, args }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const answer = await client.call('explainFiles', {
      params: { app: name },
      query: { ...(options.service === undefined ? {} : { service: options.service }) },
      signal: cli.signal,
    });
    const rows = answer.items.filter(
      (item) => item.kind === kind && (args[0] === undefined || item.name === args[0]),
    );
    output.json({ ...answer, items: rows });
    if (rows.length === 0) output.note(`No service of ${name} has ${args[0] ?? `a ${words}`}.`);
    else output.table(columns, rows);
    if (rows.some((row) => row.pending))
      output.note('* not in the live release yet: the next deployment brings another one');
  });
}

const columns: readonly Column<Explained>[] = [
  { title: 'SERVICE', value: (row) => row.service },
  { title: 'NAME', value: (row) => `${row.name}${row.pending ? '*' : ''}` },
  { title: 'FROM', value: (row) => originText(row.origin) },
  { title: 'ALSO IN', value: (row) => row.overrides.join(', ') || '-' },
  {
    title: 'AT',
    value: (row) => [...row.targets, ...row.variables.map((variable) => `$${variable}`)].join(', '),
    flexible: true,
  },
];

function originText(origin: Explained['origin']): string {
  switch (origin.kind) {
    case 'content':
      return 'the source';
    case 'variable':
      return `variable ${origin.variable}`;
    case 'stored':
      return `${origin.scope} version ${origin.version}`;
  }
}
