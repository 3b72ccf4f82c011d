import type { CallOutput } from '@berth/client/types';
import { appNameIn } from '@berth/domain/scope';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';
import type { Style } from '../style.ts';
import type { Column } from '../table.ts';

type Explained = CallOutput<'explainEnv'>['items'][number]['variables'][number];
type Origin = Explained['origin'];
type Difference = CallOutput<'diffApps'>['items'][number];
type Row = Explained & { readonly service: string };

/** `berth env explain` and `berth env diff`. */
export function registerComparing(env: Command, cli: Cli): void {
  const explain = env
    .command('explain')
    .summary('where every variable comes from')
    .description(
      `The environment of each service with the origin of each value: the image, a line of the manifest or of an
env file, a scope, a secret, or Berth; and what it wins over. Values are shown where they are no secret of
yours: those that the image brings.`,
    )
    .argument('[name]', 'one variable')
    .option('--service <name>', 'of one service')
    .option('--reveal', 'all values; needs an admin token and is audited');
  withExamples(withApp(explain), [
    ['berth env explain', 'all variables of all services'],
    ['berth env explain HTTP_PROXY', 'who sets this one'],
    ['berth env explain --service worker --reveal', 'with values'],
  ]);
  onRun<{ service?: string; reveal?: boolean }>(cli, explain, async ({ options, output, args }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const answer = await client.call('explainEnv', {
      params: { app: name },
      query: {
        reveal: options.reveal === true,
        ...(options.service === undefined ? {} : { service: options.service }),
        ...(args[0] === undefined ? {} : { name: args[0] }),
      },
      signal: cli.signal,
    });
    output.json(answer);
    for (const item of answer.items)
      if (!item.imageKnown)
        output.warn(`${item.service}: its image is not at hand, what it sets is not shown`);
    const rows = answer.items.flatMap((item) =>
      item.variables.map((variable) => ({ ...variable, service: item.service })),
    );
    if (rows.length === 0) output.note(`No service of ${name} has ${args[0] ?? 'a variable'}.`);
    else output.table(explainColumns(answer.items.length > 1), rows);
    if (rows.some((row) => row.pending))
      output.note('* not in the live release yet: the next deployment brings it');
  });

  const diff = env
    .command('diff')
    .summary('how two environments differ')
    .description(
      `Compares the live releases of two environments of an app: images, variables, replicas, limits, files, routes
and settings. Only what differs is shown, of variables and secrets a fingerprint.`,
    )
    .argument('<environment>', 'for example staging')
    .argument('<other>', 'for example production');
  withExamples(withApp(diff), [
    ['berth env diff staging production', 'of the app of this directory'],
    ['berth env diff staging production -a shop --json', 'for scripts'],
  ]);
  onRun(cli, diff, async ({ options, output, args }) => {
    const { family } = await findApp(cli, options);
    const [left = '', right = ''] = args;
    const client = await connect(cli, options);
    const answer = await client.call('diffApps', {
      params: { app: appNameIn(family, left) },
      query: { with: appNameIn(family, right) },
      signal: cli.signal,
    });
    output.json(answer);
    const titles = [answer.left, answer.right].map((side) => `${side.environment} r${side.release}`);
    if (answer.items.length === 0) output.note(`${titles[0]} and ${titles[1]} of ${family} do not differ.`);
    else output.table(diffColumns(titles[0] ?? '', titles[1] ?? ''), answer.items);
  });
}

function explainColumns(isMany: boolean): readonly Column<Row>[] {
  return [
    ...(isMany ? [{ title: 'SERVICE', value: (row: Row) => row.service }] : []),
    {
      title: 'NAME',
      value: (row) => `${row.name}${row.pending ? '*' : ''}`,
      paint: (text: string, row: Row, style: Style) => (row.pending ? style.yellow(text) : text),
    },
    { title: 'FROM', value: (row) => originText(row.origin) },
    {
      title: 'WINS OVER',
      value: (row) =>
        row.overrides
          .map((origin) => `${originText(origin)}${origin.value === undefined ? '' : ` (${origin.value})`}`)
          .join(', ') || '-',
    },
    {
      title: 'VALUE',
      value: (row) => (row.state === 'absent' ? 'absent' : (row.origin.value ?? 'set')),
      flexible: true,
    },
  ];
}

function originText(origin: Origin): string {
  if (origin.kind === 'scope') return origin.at ?? 'no scope any more';
  if (origin.kind === 'platform') return 'berth';
  const scope = origin.scope === undefined ? '' : ` of ${origin.scope}`;
  return origin.at === undefined ? origin.kind : `${origin.kind} ${origin.at}${scope}`;
}

function diffColumns(left: string, right: string): readonly Column<Difference>[] {
  return [
    { title: 'WHAT', value: (item) => item.what },
    { title: 'SERVICE', value: (item) => item.service ?? '-' },
    { title: 'NAME', value: (item) => item.name },
    { title: left.toUpperCase(), value: (item) => item.left },
    { title: right.toUpperCase(), value: (item) => item.right, flexible: true },
  ];
}
