import type { Client } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import {
  type App,
  appColumns,
  type Deployment,
  describeFailure,
  findRunning,
  paintState,
  type Service,
} from '../app-view.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';
import type { Output } from '../output.ts';
import { formatAge, formatBytes, formatDuration } from '../span.ts';
import type { Column } from '../table.ts';
import { describeRestarts, formatLimit } from './ps.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('status')
    .summary('all apps, or one in detail with -a')
    .description(
      'All apps with their state, release, replicas and address; with -a, one app with its services, its last deployments and why the last one failed.',
    );
  withExamples(withApp(command), [
    ['berth status', 'all apps'],
    ['berth status -a shop', 'one app in detail'],
    ['berth status --json', 'for scripts'],
  ]);
  onRun(cli, command, async ({ options, output }) => {
    const client = await connect(cli, options);
    if (options.app !== undefined) return showApp(cli, client, output, options);
    const apps = await client.list('listApps', { signal: cli.signal });
    const running = (await Promise.all(apps.map((app) => findRunning(client, app, cli.signal)))).filter(
      (deployment) => deployment !== undefined,
    );
    output.json(apps.map((app) => ({ ...app, running: running.find((item) => item.app === app.name) })));
    if (apps.length === 0) {
      output.note('No apps yet: `berth deploy` in the directory of one makes it.');
      return;
    }
    output.table(appColumns, apps);
    for (const deployment of running) output.line(describeRunning(cli, output, deployment));
    for (const app of apps)
      if (app.failure !== undefined)
        output.line(`${output.style.red('✗')} ${app.name}: ${describeFailure(app, cli.clock.now())}`);
  });
}

function describeRunning(cli: Cli, output: Output, deployment: Deployment): string {
  const took = formatDuration(cli.clock.now() - Date.parse(deployment.createdAt));
  const words = deployment.progress ?? deployment.stateMeaning;
  const stalled = deployment.stalled ? output.style.yellow(' (no progress)') : '';
  return `${output.style.cyan('▸')} ${deployment.app}: ${deployment.kind} ${deployment.state}, ${took}: ${words}${stalled}`;
}

const serviceColumns: readonly Column<Service>[] = [
  { title: 'SERVICE', value: (service) => service.name },
  { title: 'RUNNING', value: (service) => `${service.running}/${service.replicas}`, align: 'right' },
  { title: 'HEALTHY', value: (service) => String(service.healthy), align: 'right' },
  { title: 'MEMORY MAX', value: (service) => formatBytes(service.memoryBytesMax), align: 'right' },
  { title: 'IMAGE', value: (service) => service.image, flexible: true },
];

async function showApp(cli: Cli, client: Client, output: Output, options: { app?: string }): Promise<void> {
  const { name } = await findApp(cli, options);
  const { signal } = cli;
  const [app, deployments, tasks] = await Promise.all([
    client.call('getApp', { params: { app: name }, signal }),
    client.list('listDeployments', { params: { app: name }, itemsMax: 5, signal }),
    client.list('listTasks', { params: { app: name }, signal }),
  ]);
  output.json({ ...app, deployments });
  const { style } = output;
  const release = app.release === undefined ? 'no release' : `release ${app.release}`;
  output.line(`${style.bold(app.name)}  ${paintState(app.state, style)}  ${release}`);
  for (const url of app.urls) output.line(`  ${url}`);
  if (app.services.length > 0) {
    output.line();
    output.table(serviceColumns, app.services);
  }
  for (const warning of app.warnings) output.line(`${style.yellow('!')} ${warning}`);
  for (const task of tasks) {
    const now = cli.clock.now();
    for (const words of [formatLimit(task, now), describeRestarts(task, now)])
      if (words !== '') output.line(`${style.yellow('!')} ${task.service}.${task.slot}: ${words}`);
  }
  if (deployments.length > 0) {
    output.line();
    output.table(deploymentColumns(cli), deployments);
  }
  sayLast(cli, output, app, deployments);
}

function deploymentColumns(cli: Cli): readonly Column<Deployment>[] {
  return [
    { title: 'DEPLOYMENT', value: (item) => item.id },
    { title: 'KIND', value: (item) => item.kind },
    {
      title: 'STATE',
      value: (item) => item.state,
      paint: (text, item, style) =>
        item.state === 'failed'
          ? style.red(text)
          : item.state === 'succeeded'
            ? style.green(text)
            : style.cyan(text),
    },
    { title: 'RELEASE', value: (item) => String(item.toRelease ?? '-'), align: 'right' },
    { title: 'AGO', value: (item) => formatAge(item.createdAt, cli.clock.now()), align: 'right' },
    {
      title: 'TOOK',
      value: (item) =>
        item.endedAt === undefined
          ? '-'
          : formatDuration(Date.parse(item.endedAt) - Date.parse(item.createdAt)),
      align: 'right',
    },
    { title: 'BY', value: (item) => item.actor },
    { title: 'MESSAGE', value: (item) => item.message ?? '', flexible: true },
  ];
}

/** The last deployment, when there is something to say about it: it runs, or it failed. */
function sayLast(cli: Cli, output: Output, app: App, deployments: readonly Deployment[]): void {
  const last = deployments[0];
  if (last === undefined) return;
  if (last.id === app.deployment) output.line(`\n${describeRunning(cli, output, last)}`);
  if (last.failure === undefined) return;
  const serves = app.release === undefined ? 'nothing of it serves yet' : `release ${app.release} serves`;
  output.line(`\n${output.style.red('✗')} the last ${last.kind} failed, ${serves}: ${last.failure.message}`);
  for (const line of last.failure.evidence) output.line(`  ${output.style.dim('│')} ${line}`);
  output.line(`${output.style.yellow('→')} ${last.failure.hint}`);
}
