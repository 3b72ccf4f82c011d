import { appNameIn, defaultEnvironment } from '@berth/domain/scope';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { followOrDetach } from '../follow-deployment.ts';
import { onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';
import { showPlan } from '../plan-view.ts';

interface PromoteOptions {
  readonly from: string;
  readonly to: string;
  readonly release?: number;
  readonly message?: string;
  readonly plan?: boolean;
  readonly exitCode?: boolean;
  readonly detach?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('promote')
    .summary('deploy what one environment runs to another, without a build')
    .description(
      `Deploys the images of the live release of one environment, digest for digest, to another one: with the
manifest of the same source, the overlay (compose.<environment>.yaml), variables and secrets of the target.`,
    )
    .argument('[app]', 'its name without an environment; by default the app of this directory')
    .requiredOption('--from <environment>', 'where it runs')
    .option('--to <environment>', 'where it shall run', defaultEnvironment)
    .option(
      '-r, --release <number>',
      'a kept release of the source; by default the live one',
      readReleaseNumber,
    )
    .option('--plan', 'say what it would do, and do nothing')
    .option('--exit-code', 'with --plan: 2 when something would change')
    .option('-m, --message <text>', 'why, kept with the release')
    .option('--detach', 'start it and return at once');
  withExamples(withApp(command), [
    ['berth promote shop --from staging', 'to production'],
    ['berth promote shop --from staging --plan', 'what that would change, and why'],
    ['berth promote shop --from dev --to staging', 'to staging'],
    ['berth promote --from staging -r 7', 'release 7 of staging, of the app of this directory'],
  ]);
  onRun<PromoteOptions>(cli, command, async ({ options, output, args }) => {
    if (options.environment !== undefined)
      throw new UsageError(
        '--environment says one environment, and here two are meant',
        'Give --from and --to.',
      );
    if (options.exitCode === true && options.plan !== true)
      throw new UsageError('--exit-code goes with --plan');
    const app = args[0] ?? options.app;
    const { family } = await findApp(cli, app === undefined ? {} : { app });
    const source = appNameIn(family, options.from);
    const target = appNameIn(family, options.to);
    if (source === target) throw new UsageError(`${options.from} is both the source and the target`);
    const client = await connect(cli, options);
    const from = {
      kind: 'promotion' as const,
      app: source,
      ...(options.release === undefined ? {} : { release: options.release }),
    };
    const place = { family, environment: options.to };
    if (options.plan === true)
      return showPlan(cli, output, client, { app: target, from, place, exitCode: options.exitCode === true });
    const deployment = await client.call('createDeployment', {
      params: { app: target },
      body: {
        from,
        place,
        ...(options.message === undefined ? {} : { message: options.message.slice(0, 500) }),
      },
      idempotencyKey: crypto.randomUUID(),
      retriesMax: 5,
      signal: cli.signal,
    });
    output.note(`${output.noteStyle.green('✓')} ${deployment.message ?? `${source} to ${target}`}`);
    return followOrDetach(cli, output, client, deployment, options);
  });
}
