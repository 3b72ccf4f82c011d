import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';

interface ExecOptions {
  readonly service?: string;
  readonly slot?: number;
  readonly tty?: boolean;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('exec')
    .summary('a command in a running task')
    .description(
      `Runs a command in a running task, with your terminal when you are at one: size, Ctrl-C and exit code are
those of the command. For a task of its own, see \`berth run\`. Needs an admin token and is audited.`,
    )
    .argument('<command...>', 'the command with its arguments; no shell is in between')
    .option('-s, --service <name>', 'the service; by default the one that is routed')
    .option('--slot <number>', 'the replica', parseCount(500, 1))
    .option('-t, --tty', 'ask for a terminal')
    .option('-T, --no-tty', 'no terminal, also when at one')
    .passThroughOptions();
  withExamples(withApp(command), [
    ['berth exec sh', 'a shell in the first task'],
    ['berth exec -s worker --slot 2 -- ps aux', 'in the second task of worker'],
    ['berth exec -T -- cat /etc/os-release > release.txt', 'without a terminal, for scripts'],
    ['gunzip -c dump.gz | berth exec -- psql shop', 'standard input goes to the command'],
  ]);
  onRun<ExecOptions>(cli, command, async ({ options, args }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { runSession, wantsTerminal } = await import('../session.ts');
    const tty = wantsTerminal(cli, options.tty);
    const address = client.socket('exec', {
      params: { app: name },
      query: {
        command: [...args],
        tty,
        service: options.service,
        slot: options.slot,
        ...(tty ? { rows: cli.stdout.rows, columns: cli.stdout.columns } : {}),
      },
    });
    return runSession(cli, client, address, { tty });
  });
}
