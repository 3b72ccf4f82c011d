import { appNameIn, defaultEnvironment } from '@berth/domain/scope';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { followOrDetach } from '../follow-deployment.ts';
import { onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';

interface PromoteOptions {
  readonly from: string;
  readonly to: string;
  readonly release?: number;
  readonly message?: string;
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
    .option('-m, --message <text>', 'why, kept with the release')
    .option('--detach', 'start it and return at once');
  withExamples(withApp(command), [
    ['berth promote shop --from staging', 'to production'],
    ['berth promote shop --from dev --to staging', 'to staging'],
    ['berth promote --from staging -r 7', 'release 7 of staging, of the app of this directory'],
  ]);
  onRun<PromoteOptions>(cli, command, async ({ options, output, args }) => {
    if (options.environment !== undefined)
      throw new UsageError(
        '--environment says one environment, and here two are meant',
        'Give --from and --to.',
      );
    const app = args[0] ?? options.app;
    const { family } = await findApp(cli, app === undefined ? {} : { app });
    const source = appNameIn(family, options.from);
    const target = appNameIn(family, options.to);
    if (source === target) throw new UsageError(`${options.from} is both the source and the target`);
    const client = await connect(cli, options);
    const deployment = await client.call('createDeployment', {
      params: { app: target },
      body: {
        from: {
          kind: 'promotion',
          app: source,
          ...(options.release === undefined ? {} : { release: options.release }),
        },
        place: { family, environment: options.to },
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
