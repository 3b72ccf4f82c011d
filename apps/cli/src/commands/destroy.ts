import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';
import { ask } from '../prompt.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('destroy')
    .summary('remove an app and its releases')
    .description(
      `Removes the app, its tasks, releases, variables and domains. Volumes are kept. Asks for the name of the app
to be typed.`,
    )
    .option('--confirm <name>', 'the name of the app again, for scripts');
  withExamples(withApp(command), [
    ['berth destroy -a shop', 'asks first'],
    ['berth destroy -a shop --confirm shop', 'for scripts'],
  ]);
  onRun<{ confirm?: string }>(cli, command, async ({ options, output }) => {
    const { name, origin } = await findApp(cli, options);
    const client = await connect(cli, options);
    if (options.confirm === undefined) {
      const app = await client.call('getApp', { params: { app: name }, signal: cli.signal });
      output.warn(
        `${name} (from ${origin}; ${app.state}) and its releases, variables and domains will be removed.`,
      );
    }
    const typed =
      options.confirm ??
      (await ask(
        cli,
        `Type the name of the app to remove it: `,
        `\`berth destroy -a ${name} --confirm ${name}\``,
      ));
    if (typed.trim() !== name)
      throw new UsageError(`"${typed.trim()}" is not "${name}"; nothing was removed`);
    await client.call('deleteApp', {
      params: { app: name },
      query: { confirm: name },
      idempotencyKey: crypto.randomUUID(),
      signal: cli.signal,
    });
    output.json({ removed: name });
    output.note(`${output.noteStyle.green('✓')} ${name} is removed; its volumes are kept`);
  });
}
