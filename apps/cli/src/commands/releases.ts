import type { ItemOf } from '@berth/client/client';
import type { CallOutput } from '@berth/client/types';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, readReleaseNumber, withApp, withExamples } from '../options.ts';
import type { Output } from '../output.ts';
import { formatAge, formatBytes } from '../span.ts';
import type { Column } from '../table.ts';

type Release = ItemOf<'listReleases'>;
type Layers = CallOutput<'listLayers'>['items'][number];

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('releases')
    .summary('the kept releases of an app, newest first')
    .description(
      'Each release with what changed against the one before. A warm one is back within two seconds.',
    )
    .argument('[number]', 'show this release whole, with the Dockerfile it was built from')
    .option('--layers', 'with the number: each step of its images and what it added')
    .option('-n, --limit <count>', 'how many', parseCount(1000, 1), 20);
  withExamples(withApp(command), [
    ['berth releases', 'the last 20'],
    ['berth releases 7', 'release 7 whole'],
    ['berth releases 7 --layers', 'how its images came to be, and what makes them large'],
  ]);
  onRun<{ limit: number; layers?: boolean }>(cli, command, async ({ options, output, args }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    if (args[0] !== undefined) {
      const number = readReleaseNumber(args[0]);
      if (options.layers === true) {
        const params = { app: name, number };
        const { items } = await client.call('listLayers', { params, signal: cli.signal });
        output.json(items);
        for (const image of items) showLayers(output, image);
        return;
      }
      const release = await client.call('getRelease', { params: { app: name, number }, signal: cli.signal });
      output.json(release);
      for (const line of describeRelease(release)) output.line(line);
      return;
    }
    const releases = await client.list('listReleases', {
      params: { app: name },
      itemsMax: options.limit,
      signal: cli.signal,
    });
    output.json(releases);
    if (releases.length === 0) output.note(`${name} has no release yet: \`berth deploy\` makes the first.`);
    else output.table(columnsAt(cli.clock.now()), releases);
  });
}

const statePaint = { live: 'green', draining: 'yellow', warm: 'cyan', kept: 'dim' } as const;

function columnsAt(now: number): readonly Column<Release>[] {
  return [
    { title: 'RELEASE', value: (release) => String(release.number), align: 'right' },
    {
      title: 'STATE',
      value: (release) => release.state,
      paint: (text, release, style) => style[statePaint[release.state]](text),
    },
    { title: 'AGO', value: (release) => formatAge(release.createdAt, now), align: 'right' },
    { title: 'BY', value: (release) => release.actor },
    { title: 'MESSAGE', value: (release) => release.message ?? '' },
    { title: 'CHANGES', value: (release) => release.changes.join('; '), flexible: true },
  ];
}

const layerColumns: readonly Column<Layers['layers'][number]>[] = [
  { title: 'SIZE', value: ({ bytes }) => formatBytes(bytes), align: 'right' },
  { title: 'STEP', value: ({ command }) => command.replaceAll(/\s+/g, ' '), flexible: true },
];

function showLayers(output: Output, { service, image, bytes, committed, layers }: Layers): void {
  const how = committed ? output.style.yellow(', made by `docker commit`') : '';
  output.line(`${output.style.bold(service)}  ${image}  ${formatBytes(bytes)}${how}`);
  output.table(layerColumns, layers);
}

function describeRelease(release: Release): string[] {
  return [
    `release    ${release.number} (${release.state})`,
    `made       ${release.createdAt} by ${release.actor}`,
    ...(release.message === undefined ? [] : [`message    ${release.message}`]),
    ...release.services.map(
      (service) => `image      ${service.name}: ${service.imageLabel} (${service.image})`,
    ),
    ...release.changes.map((change) => `change     ${change}`),
    ...(release.dockerfile === undefined ? [] : ['', ...release.dockerfile.trimEnd().split('\n')]),
  ];
}
