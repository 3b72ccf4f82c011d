import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { followAccepted } from '../follow-accepted.ts';
import { onRun, withApp, withExamples } from '../options.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('start')
    .summary('start a stopped app')
    .description('Starts the live release of a stopped app again and waits until its tasks run.')
    .option('--no-wait', 'return when it is accepted');
  withExamples(withApp(command), [['berth start -a shop', 'bring shop back']]);
  onRun<{ wait: boolean }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const accepted = await client.call('start', {
      params: { app: name },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    return followAccepted(cli, output, client, {
      app: name,
      accepted,
      wait: options.wait,
      done: `${name} is started`,
      missing: (now) =>
        now.services.some((service) => service.healthy < service.replicas) ? 'tasks are starting' : undefined,
    });
  });
}
