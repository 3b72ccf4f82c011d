import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { followOrDetach } from '../follow-deployment.ts';
import { onRun, readReleaseNumber, withApp, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('rollback')
    .summary('return to an earlier release, without a build')
    .description(
      `Brings a kept release back whole: images, configuration and routes. Without a number, the one before the
live one. A warm release (see \`berth releases\`) is back within two seconds.`,
    )
    .argument('[release]', 'number of the release')
    .option('--detach', 'start it and return at once');
  withExamples(withApp(command), [
    ['berth rollback', 'return to the release before'],
    ['berth rollback 7', 'return to release 7'],
  ]);
  onRun<{ detach?: boolean }>(cli, command, async ({ options, output, args }) => {
    const release = args[0] === undefined ? undefined : readReleaseNumber(args[0]);
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const deployment = await client.call('rollback', {
      params: { app: name },
      body: release === undefined ? {} : { release },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    return followOrDetach(cli, output, client, deployment, options);
  });
}
