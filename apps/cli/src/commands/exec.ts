import { PassThrough } from 'node:stream';
import type { Client } from '@berth/client/client';
import { refuse } from '@berth/contract/errors';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import type { Output } from '../output.ts';

interface ExecOptions {
  readonly service?: string;
  readonly slot?: number;
  readonly tty?: boolean;
  readonly all?: boolean;
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
    .option('--all', 'in every running task (of the service), one after the other, without input')
    .option('-t, --tty', 'ask for a terminal')
    .option('-T, --no-tty', 'no terminal, also when at one')
    .passThroughOptions();
  withExamples(withApp(command), [
    ['berth exec sh', 'a shell in the first task'],
    ['berth exec -s worker --slot 2 -- ps aux', 'in the second task of worker'],
    ['berth exec --all -s web -- cat /etc/hostname', 'in every task of web'],
    ['berth exec -T -- cat /etc/os-release > release.txt', 'without a terminal, for scripts'],
    ['gunzip -c dump.gz | berth exec -- psql shop', 'standard input goes to the command'],
  ]);
  onRun<ExecOptions>(cli, command, async ({ options, args, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    const { runSession, wantsTerminal } = await import('../session.ts');
    if (options.all === true)
      return runInAll(cli, client, { app: name, service: options.service, args, output });
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
    const code = await runSession(cli, client, address, { tty });
    if (notStarted.includes(code) && options.service === undefined) {
      const [first, ...rest] = args;
      const { services } = await client.call('getApp', { params: { app: name }, signal: cli.signal });
      if (services.some((service) => service.name === first))
        output.note(
          `${first} is a service of ${name}: \`berth exec -s ${first} -- ${rest.join(' ') || 'sh'}\` runs in it`,
        );
    }
    return code;
  });
}

/** What a shell, and the engine, say of a command that cannot be run, or is not there. */
const notStarted: readonly number[] = [126, 127];

/** Each task's output under its name; the exit code is the first that is not 0. */
async function runInAll(
  cli: Cli,
  client: Client,
  o: {
    readonly app: string;
    readonly service: string | undefined;
    readonly args: readonly string[];
    readonly output: Output;
  },
): Promise<number> {
  const { runSession } = await import('../session.ts');
  const tasks = (await client.list('listTasks', { params: { app: o.app }, signal: cli.signal })).filter(
    (task) => task.state === 'running' && (o.service === undefined || task.service === o.service),
  );
  if (tasks.length === 0) throw refuse('not_found', `No task of ${o.service ?? o.app} is running.`);
  let worst = 0;
  for (const { service, slot } of tasks) {
    o.output.note(o.output.style.bold(`${service}.${slot}`));
    const address = client.socket('exec', {
      params: { app: o.app },
      query: { command: [...o.args], tty: false, service, slot },
    });
    const stdin = new PassThrough();
    stdin.end();
    const code = await runSession({ ...cli, stdin }, client, address, { tty: false });
    if (code !== 0) o.output.note(`${service}.${slot} ended with exit code ${code}`);
    if (worst === 0) worst = code;
  }
  return worst;
}
