import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { describeFailure } from '../app-view.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';
import { formatAge } from '../span.ts';
import type { Column } from '../table.ts';

type Task = ItemOf<'listTasks'>;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('ps')
    .summary('the tasks of an app, with what the edge sees')
    .description('Every task: where it runs, its state, its health as the edge sees it, and why it ended.')
    .option('--all', 'ended tasks too')
    .option('-s, --service <name>', 'only of this service');
  withExamples(withApp(command), [
    ['berth ps', 'the running tasks of the app of this directory'],
    ['berth ps -a shop --all', 'those that ended, too, with exit codes'],
  ]);
  onRun<{ all?: boolean; service?: string }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const tasks = await client.list('listTasks', {
      params: { app: name },
      query: { all: options.all === true, service: options.service },
      signal: cli.signal,
    });
    output.json(tasks);
    if (tasks.length > 0) return output.table(columnsAt(cli.clock.now()), tasks);
    const app = await client.call('getApp', { params: { app: name }, signal: cli.signal });
    if (app.release === undefined && app.failure !== undefined)
      output.note(`${name} has no tasks: ${describeFailure(app, cli.clock.now())}.`);
    else
      output.note(
        `${name} has no tasks; \`berth ${app.state === 'stopped' ? 'start' : 'deploy'}\` makes them.`,
      );
  });
}

const healthPaint = { healthy: 'green', unhealthy: 'red', checking: 'yellow', unrouted: 'dim' } as const;

function columnsAt(now: number): readonly Column<Task>[] {
  return [
    { title: 'TASK', value: (task) => `${task.service}.${task.slot}` },
    { title: 'RELEASE', value: (task) => String(task.release), align: 'right' },
    {
      title: 'STATE',
      value: (task) => task.state,
      paint: (text, task, style) => (task.state === 'running' ? style.green(text) : text),
    },
    {
      title: 'HEALTH',
      value: (task) => task.health,
      paint: (text, task, style) => style[healthPaint[task.health]](text),
    },
    { title: 'NODE', value: (task) => task.node },
    { title: 'UP', value: (task) => formatAge(task.startedAt, now), align: 'right' },
    { title: 'RESTARTS', value: (task) => formatRestarts(task, now), align: 'right' },
    { title: 'ADDRESS', value: (task) => task.address ?? '-' },
    {
      title: 'END',
      value: (task) =>
        formatEnd(task) ||
        formatLimit(task, now) ||
        formatEnd({
          exitCode: task.restarts?.lastExitCode,
          oomKilled: task.restarts?.lastOomKilled,
          error: task.restarts?.lastError,
        }),
      paint: (text, _, style) => style.red(text),
      flexible: true,
    },
  ];
}

/** `2`, `5, again in 2 s`: of what Swarm remembers, which is the last five. */
function formatRestarts({ restarts }: Pick<Task, 'restarts'>, now: number): string {
  if (restarts === undefined) return '-';
  const count = restarts.count < 5 ? String(restarts.count) : `${restarts.count}+`;
  if (restarts.startsAt === undefined) return count;
  const seconds = Math.max(0, Math.ceil((Date.parse(restarts.startsAt) - now) / 1000));
  return `${count}, again in ${seconds} s`;
}

/** Empty when its processes have not reached their limit lately. */
export const formatLimit = ({ processLimitReachedAt }: Task, now: number): string =>
  processLimitReachedAt === undefined
    ? ''
    : `process limit reached ${formatAge(processLimitReachedAt, now)} ago`;

/** What a task that is started again and again is told of; empty for one that never ended. */
export function describeRestarts({ restarts }: Task, now: number): string {
  if (restarts === undefined || restarts.count === 0) return '';
  const { lastExitCode: exitCode, lastOomKilled: oomKilled, lastError: error } = restarts;
  const end = formatEnd({ exitCode, oomKilled, error });
  const hint = exitCode === 0 ? ': its command ends; a service has to stay in the foreground' : '';
  return `restarts: ${formatRestarts({ restarts }, now)}${end === '' ? '' : `, last end: ${end}`}${hint}`;
}

interface End {
  readonly exitCode?: number | undefined;
  readonly oomKilled?: boolean | undefined;
  readonly error?: string | undefined;
}

const formatEnd = ({ exitCode, oomKilled, error }: End): string =>
  [exitCode === undefined ? '' : `exit ${exitCode}`, oomKilled === true ? 'out of memory' : '', error ?? '']
    .filter((part) => part !== '')
    .join(', ');
