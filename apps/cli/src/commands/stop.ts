import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { followAccepted } from '../follow-accepted.ts';
import { onRun, withApp, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('stop')
    .summary('stop all tasks; the app answers 503')
    .description(
      'Stops every task of the app and keeps its releases, variables and domains. `berth start` brings it back.',
    )
    .option('--no-wait', 'return when it is accepted');
  withExamples(withApp(command), [['berth stop -a shop', 'stop shop until `berth start -a shop`']]);
  onRun<{ wait: boolean }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const accepted = await client.call('stop', {
      params: { app: name },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    return followAccepted(cli, output, client, {
      app: name,
      accepted,
      wait: options.wait,
      done: `${name} is stopped`,
      missing: (now) =>
        now.services.some((service) => service.running > 0) ? 'tasks are ending' : undefined,
    });
  });
}
