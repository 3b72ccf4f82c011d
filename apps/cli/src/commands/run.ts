import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import { type Cli, UsageError } from '../cli.ts';
import { connect } from '../connection.ts';
import { followExecution } from '../executions.ts';
import { collect, onRun, parseSeconds, withApp, withExamples } from '../options.ts';

interface RunOptions {
  readonly service?: string;
  readonly tty?: boolean;
  readonly detach?: boolean;
  readonly volumesFrom?: readonly string[];
  readonly timeout?: number;
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
    .option('-d, --detach', 'run as a task of its own and return; its log and exit code are kept')
    .option('--volumes-from <service>', 'mount its volumes too, read-only (with -d)', collect)
    .option('--timeout <span>', 'stop it after this long (with -d; default 1h)', parseSeconds)
    .option('-t, --tty', 'ask for a terminal')
    .option('-T, --no-tty', 'no terminal, also when at one')
    .passThroughOptions();
  withExamples(withApp(command), [
    ['berth run npm run migrate', 'a migration by hand'],
    ['berth run -s web -- node -i', 'a console of the app'],
    ['berth run -d -s tools --volumes-from db -- backup.sh', 'a backup that goes on when you leave'],
    ['berth run -T -- npm run export > export.csv', 'for scripts'],
  ]);
  onRun<RunOptions>(cli, command, async ({ options, args, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    if (options.detach === true) {
      const execution = await client.call('createExecution', {
        params: { app: name },
        body: {
          command: [...args],
          ...(options.service === undefined ? {} : { service: options.service }),
          ...(options.timeout === undefined ? {} : { timeoutSeconds: options.timeout }),
          ...(options.volumesFrom === undefined ? {} : { volumesFrom: [...options.volumesFrom] }),
        },
        signal: cli.signal,
      });
      return followExecution(cli, client, output, { app: name, execution, detach: true });
    }
    if (options.volumesFrom !== undefined || options.timeout !== undefined)
      throw new UsageError('--volumes-from and --timeout go with --detach');
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
