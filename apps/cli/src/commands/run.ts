import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, withApp, withExamples } from '../options.ts';

interface RunOptions {
  readonly service?: string;
  readonly tty?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('run')
    .summary('a one-off: a command in a fresh container of the live release')
    .description(
      `Runs a command in a new container with the image, variables and networks of the live release, and removes
it after. Exit code, terminal and Ctrl-C are those of the command. Needs an admin token and is audited.`,
    )
    .argument('<command...>', 'the command with its arguments; no shell is in between')
    .option('-s, --service <name>', 'the service whose image and variables are used')
    .option('-t, --tty', 'ask for a terminal')
    .option('-T, --no-tty', 'no terminal, also when at one')
    .passThroughOptions();
  withExamples(withApp(command), [
    ['berth run npm run migrate', 'a migration by hand'],
    ['berth run -s web -- node -i', 'a console of the app'],
    ['berth run -T -- npm run export > export.csv', 'for scripts'],
  ]);
  onRun<RunOptions>(cli, command, async ({ options, args }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { runSession, wantsTerminal } = await import('../session.ts');
    const tty = wantsTerminal(cli, options.tty);
    const address = client.socket('run', {
      params: { app: name },
      query: {
        command: [...args],
        tty,
        service: options.service,
        ...(tty ? { rows: cli.stdout.rows, columns: cli.stdout.columns } : {}),
      },
    });
    return runSession(cli, client, address, { tty });
  });
}
