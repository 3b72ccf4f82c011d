import { resolve } from 'node:path';
import type { Command } from 'commander';
import { findApp, placeOf } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import {
  checkDirectory,
  checkSource,
  type SourceOptions,
  sourceOf,
  withSource,
} from '../deployment-source.ts';
import { onRun, withApp, withExamples } from '../options.ts';
import { showPlan } from '../plan-view.ts';

interface PlanOptions extends SourceOptions {
  readonly exitCode?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('plan')
    .summary('what a deployment would do, and why; nothing is changed')
    .description(
      `Uploads the directory and says of each service whether it would be created, replaced, left alone or
removed, in which order, and why; then what changes of routes, networks, volumes and files. Variables and
secrets are named, never shown. Images are not built: they are compared by what they would be built from.`,
    )
    .option('--exit-code', '2 when something would change, 0 when nothing would');
  withExamples(withApp(withSource(command)), [
    ['berth plan', 'deploying this directory'],
    ['berth plan --exit-code --json', 'for scripts'],
    ['berth plan --release 7', 'rolling back to release 7'],
  ]);
  onRun<PlanOptions>(cli, command, async ({ options, output, args }) => {
    checkSource(options);
    const directory = resolve(cli.cwd, args[0] ?? '.');
    const isUpload = options.image === undefined && options.release === undefined;
    if (isUpload && args[0] === undefined) checkDirectory(cli, directory);
    const { name, family, environment } = await findApp(cli, options, directory);
    const client = await connect(cli, options);
    const place = placeOf({ family, environment, project: undefined }) ?? {};
    const from = await sourceOf(cli, output, client, { app: name, place, directory, options });
    return showPlan(cli, output, client, { app: name, from, exitCode: options.exitCode === true });
  });
}
