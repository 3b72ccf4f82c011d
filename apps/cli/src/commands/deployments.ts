import type { ItemOf } from '@berth/client/client';
import { type DeploymentState, deploymentStates } from '@berth/domain/deployment';
import { type Command, Option } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import { type PhaseTime, phasesOf, summarisePhases, totalMs } from '../phase-times.ts';
import { formatAge, formatDuration } from '../span.ts';
import type { Column } from '../table.ts';

type Deployment = ItemOf<'listDeployments'>;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('deployments')
    .summary('the deployments of an app, how long each phase took, and p50 and p95')
    .description('Each deployment with its phases, newest first, and half and 95 % of those that succeeded.')
    .option('-n, --limit <count>', 'how many', parseCount(1000, 1), 20)
    .addOption(new Option('--state <state>', 'only those in this state').choices(deploymentStates));
  withExamples(withApp(command), [
    ['berth deployments', 'the last 20'],
    ['berth deployments -n 200 --json', 'times of 200, for a script'],
  ]);
  onRun<{ limit: number; state?: DeploymentState }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const deployments = await client.list('listDeployments', {
      params: { app: name },
      query: { state: options.state },
      itemsMax: options.limit,
      signal: cli.signal,
    });
    const times = summarisePhases(deployments);
    output.json({ deployments, times });
    if (deployments.length === 0) return output.note(`${name} has no deployment yet: \`berth deploy\`.`);
    output.table(columnsAt(cli.clock.now()), deployments);
    if (times.length === 0) return;
    output.line('');
    output.table(timeColumns, times);
  });
}

const columnsAt = (now: number): readonly Column<Deployment>[] => [
  {
    title: 'RELEASE',
    value: ({ toRelease }) => (toRelease === undefined ? '-' : String(toRelease)),
    align: 'right',
  },
  { title: 'KIND', value: ({ kind }) => kind },
  {
    title: 'STATE',
    value: ({ state }) => state,
    paint: (text, { state }, style) =>
      state === 'succeeded' ? style.green(text) : state === 'failed' ? style.red(text) : text,
  },
  { title: 'AGO', value: ({ createdAt }) => formatAge(createdAt, now), align: 'right' },
  {
    title: 'TOOK',
    value: (deployment) => {
      const ms = totalMs(deployment);
      return ms === undefined ? '-' : formatDuration(ms);
    },
    align: 'right',
  },
  {
    title: 'PHASES',
    value: (deployment) =>
      [...phasesOf(deployment)].map(([phase, ms]) => `${phase} ${formatDuration(ms)}`).join(', '),
    flexible: true,
  },
];

const timeColumns: readonly Column<PhaseTime>[] = [
  { title: 'PHASE', value: ({ phase }) => phase },
  { title: 'P50', value: ({ p50Ms }) => formatDuration(p50Ms), align: 'right' },
  { title: 'P95', value: ({ p95Ms }) => formatDuration(p95Ms), align: 'right' },
  { title: 'OF', value: ({ count }) => String(count), align: 'right' },
];
