import type { ItemOf } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { followExecution, printExecutionLog } from '../executions.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import { formatAge } from '../span.ts';
import type { Column } from '../table.ts';

type Job = ItemOf<'listJobs'>;
type Execution = ItemOf<'listExecutions'>;

export function register(program: Command, cli: Cli): void {
  const jobs = program
    .command('jobs')
    .summary('scheduled commands: ls, run, history, logs, cancel, pause, resume')
    .description(
      `Services that run by a schedule (\`x-berth: {schedule: "0 3 * * *"}\`), and what became of each execution,
of detached one-offs (\`berth run -d\`) and of commands after a deployment, too.`,
    );

  const list = jobs
    .command('ls', { isDefault: true })
    .summary('the jobs of an app')
    .description('Each job with its next and its last execution.');
  withExamples(withApp(list), [['berth jobs', 'the jobs of the app of this directory']]);
  onRun(cli, list, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { items } = await client.call('listJobs', { params: { app: name }, signal: cli.signal });
    output.json(items);
    if (items.length === 0)
      output.note(`${name} has no jobs: a service becomes one by \`x-berth: {schedule: …}\`.`);
    else output.table(jobColumns(cli.clock.now()), items);
  });

  const run = jobs
    .command('run')
    .summary('run a job now')
    .description('Runs the job once, outside its schedule, and follows it. Its exit code is this command’s.')
    .argument('<job>')
    .option('-d, --detach', 'do not wait for its end');
  withExamples(withApp(run), [
    ['berth jobs run backup', 'run it and see what it says'],
    ['berth jobs run backup -d', 'start it and leave'],
  ]);
  onRun<{ detach?: boolean }>(cli, run, async ({ options, output, args: [job = ''] }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const execution = await client.call('runJob', { params: { app: name, job }, signal: cli.signal });
    return followExecution(cli, client, output, { app: name, execution, detach: options.detach === true });
  });

  const history = jobs
    .command('history')
    .summary('executions, newest first')
    .description('When each ran, how it ended, and why one did not run.')
    .argument('[job]', 'only of this job; `run` for detached one-offs')
    .option('-n, --limit <number>', 'how many', parseCount(1_000, 1), 20);
  withExamples(withApp(history), [
    ['berth jobs history', 'of all jobs'],
    ['berth jobs history backup -n 5', 'the last five of one'],
  ]);
  onRun<{ limit: number }>(cli, history, async ({ options, output, args: [job] }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const items = await client.list('listExecutions', {
      params: { app: name },
      query: { job },
      itemsMax: options.limit,
      signal: cli.signal,
    });
    output.json(items);
    if (items.length === 0) output.note('Nothing has run yet.');
    else output.table(executionColumns(cli.clock.now()), items);
  });

  const logs = jobs
    .command('logs')
    .summary('what an execution said')
    .description('The last lines of an execution; while it runs, those so far.')
    .argument('<execution>', 'an id, or a job: its last one')
    .option('-f, --follow', 'until it ends');
  withExamples(withApp(logs), [
    ['berth jobs logs 01kpe3…', 'an execution of `berth jobs history`'],
    ['berth jobs logs backup', 'the last one of the job'],
    ['berth jobs logs -f 01kpe3…', 'until it ends'],
  ]);
  onRun<{ follow?: boolean }>(cli, logs, async ({ options, output, args: [id = ''] }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    await printExecutionLog(cli, client, output, { app: name, id, follow: options.follow === true });
  });

  const cancel = jobs
    .command('cancel')
    .summary('stop an execution')
    .description('Stops its task, as with any: the stop signal first, then, after its grace, the end.')
    .argument('<execution>');
  withExamples(withApp(cancel), [['berth jobs cancel 01kpe3…', 'stop it']]);
  onRun(cli, cancel, async ({ options, output, args: [id = ''] }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const execution = await client.call('cancelExecution', {
      params: { app: name, id },
      signal: cli.signal,
    });
    output.json(execution);
    output.note(`${execution.job} is being stopped`);
  });

  for (const [verb, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    const command = jobs
      .command(verb)
      .summary(paused ? 'stop a schedule' : 'let a schedule go on')
      .description(
        paused
          ? 'Nothing runs by this schedule until it is resumed; `berth jobs run` still does.'
          : 'From now on; what was due meanwhile is not made up for.',
      )
      .argument('<job>');
    withExamples(withApp(command), [[`berth jobs ${verb} backup`, 'one job']]);
    onRun(cli, command, async ({ options, output, args: [job = ''] }) => {
      const { name } = await findApp(cli, options);
      const client = await connect(cli, options);
      const view = await client.call('pauseJob', {
        params: { app: name, job },
        body: { paused },
        signal: cli.signal,
      });
      output.json(view);
      output.note(paused ? `${job} is paused` : `${job} runs next at ${view.nextAt ?? 'no time'}`);
    });
  }
}

function jobColumns(now: number): readonly Column<Job>[] {
  return [
    { title: 'JOB', value: (job) => job.name },
    { title: 'SCHEDULE', value: (job) => job.cron },
    { title: 'ZONE', value: (job) => job.timeZone },
    { title: 'NEXT', value: (job) => (job.paused ? 'paused' : (job.nextAt ?? '-')) },
    {
      title: 'LAST',
      value: ({ last }) => (last === undefined ? '-' : `${last.state} ${formatAge(last.createdAt, now)} ago`),
      paint: (text, { last }, style) => (last?.state === 'failed' ? style.red(text) : text),
    },
  ];
}

function executionColumns(now: number): readonly Column<Execution>[] {
  return [
    { title: 'EXECUTION', value: (one) => one.id },
    { title: 'JOB', value: (one) => one.job },
    { title: 'RELEASE', value: (one) => String(one.release), align: 'right' },
    { title: 'BY', value: (one) => (one.trigger === 'manual' ? one.actor : one.trigger) },
    {
      title: 'STATE',
      value: (one) => one.state,
      paint: (text, one, style) =>
        one.state === 'failed' ? style.red(text) : one.state === 'succeeded' ? style.green(text) : text,
    },
    { title: 'AGE', value: (one) => formatAge(one.createdAt, now), align: 'right' },
    {
      title: 'END',
      value: (one) =>
        [
          one.exitCode === undefined ? '' : `exit ${one.exitCode}`,
          one.oomKilled === true ? 'out of memory' : '',
          one.reason ?? '',
        ]
          .filter((part) => part !== '')
          .join(', '),
      flexible: true,
    },
  ];
}
