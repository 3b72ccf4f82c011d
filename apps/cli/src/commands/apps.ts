import type { Command } from 'commander';
import { environmentOf } from '../app-name.ts';
import { appColumns } from '../app-view.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withContext, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const apps = program
    .command('apps')
    .summary('apps: ls, create')
    .description(
      'The apps of the platform. `berth deploy` makes an app by itself; create it first to set variables before.',
    );

  const list = apps
    .command('ls', { isDefault: true })
    .summary('all apps')
    .description('All apps with their state.')
    .option('-q, --quiet', 'names alone')
    .option('-e, --environment <name>', 'only of this environment')
    .option('--project <name>', 'only of this project');
  withExamples(withContext(list), [
    ['berth apps', 'all apps'],
    ['berth apps -q', 'their names, for scripts'],
    ['berth apps -e staging', 'those of staging'],
  ]);
  onRun<{ quiet?: boolean; project?: string }>(cli, list, async ({ options, output }) => {
    const client = await connect(cli, options);
    const found = await client.list('listApps', {
      query: { project: options.project, environment: options.environment },
      signal: cli.signal,
    });
    output.json(found);
    if (options.quiet === true) for (const app of found) output.line(app.name);
    else if (found.length === 0) output.note('No apps yet: `berth deploy` in the directory of one makes it.');
    else output.table(appColumns, found);
  });

  const create = apps
    .command('create')
    .summary('make an app')
    .description('Makes an app without deploying it. One that is already there is no error.')
    .argument('<name>', 'a DNS label')
    .option('-e, --environment <name>', 'the app of this environment: NAME-ENVIRONMENT')
    .option('--project <name>', 'the project it belongs to');
  withExamples(withContext(create), [
    [
      'berth apps create shop && berth env set -a shop DATABASE_URL=- --no-deploy',
      'variables before the first deployment',
    ],
  ]);
  onRun<{ project?: string }>(cli, create, async ({ options, output, args }) => {
    const environment = environmentOf(cli, options);
    const client = await connect(cli, options);
    const app = await client.call('createApp', {
      body: {
        name: args[0] ?? '',
        ...(environment === undefined ? {} : { environment }),
        ...(options.project === undefined ? {} : { project: options.project }),
      },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json(app);
    output.note(
      `${output.noteStyle.green('✓')} ${app.name} is there; deploy it: berth deploy -a ${app.name}`,
    );
  });
}
