import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { followOrDetach } from '../follow-deployment.ts';
import { onRun, withApp, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('restart')
    .summary('new tasks of the live release, no request lost')
    .description(
      'Replaces every task by a new one of the same release; traffic moves when the new ones are healthy.',
    )
    .option('--detach', 'start it and return at once');
  withExamples(withApp(command), [['berth restart -a shop', 'replace the tasks of shop']]);
  onRun<{ detach?: boolean }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const deployment = await client.call('restart', {
      params: { app: name },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    return followOrDetach(cli, output, client, deployment, options);
  });
}
