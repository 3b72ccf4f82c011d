import type { CallOutput } from '@berth/client/types';
import type { Command } from 'commander';
import { findApp } from './app-name.ts';
import type { Cli } from './cli.ts';
import { connect } from './connection.ts';
import { followAccepted } from './follow-accepted.ts';
import { onRun, withApp, withExamples } from './options.ts';

/** `berth start` and `berth stop`: the whole app, until it is so. */
export function registerDesiredState(
  program: Command,
  cli: Cli,
  of: {
    readonly operation: 'start' | 'stop';
    readonly summary: string;
    readonly description: string;
    readonly example: readonly [string, string];
    readonly done: string;
    /** Words while a service is not so yet. */
    readonly missing: string;
    isSo(service: CallOutput<'getApp'>['services'][number]): boolean;
  },
): void {
  const command = program
    .command(of.operation)
    .summary(of.summary)
    .description(of.description)
    .option('--no-wait', 'return when it is accepted');
  withExamples(withApp(command), [of.example]);
  onRun<{ wait: boolean }>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const accepted = await client.call(of.operation, {
      params: { app: name },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    return followAccepted(cli, output, client, {
      app: name,
      accepted,
      wait: options.wait,
      done: `${name} is ${of.done}`,
      missing: ({ services }) => (services.every(of.isSo) ? undefined : of.missing),
    });
  });
}
