import type { Command } from 'commander';
import { type Cli, exitCode } from '../cli.ts';
import { connect } from '../connection.ts';
import { onRun, parseCount, withApp, withExamples } from '../options.ts';
import { sayReconnect } from '../reconnect.ts';
import { sanitize } from '../style.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('events')
    .summary('what happens on the platform')
    .description('Deployments, tasks that start, end or fail, scaling, nodes that come and go.')
    .option('-f, --follow', 'go on until Ctrl-C')
    .option('-n, --tail <count>', 'how many of the last events', parseCount(1000), 50);
  withExamples(withApp(command), [
    ['berth events -f', 'everything, live'],
    ['berth events -a shop -n 200 --json', 'one app, for scripts'],
  ]);
  onRun<{ follow?: boolean; tail: number }>(cli, command, async ({ options, output }) => {
    const client = await connect(cli, options);
    const isFollowing = options.follow === true;
    try {
      const events = client.stream('watchEvents', {
        query: { app: options.app, follow: isFollowing, tail: options.tail },
        signal: cli.signal,
        ...(isFollowing
          ? { isEnd: () => false, giveUpAfterMs: 5 * 60_000, onReconnect: sayReconnect(output) }
          : {}),
      });
      for await (const event of events) {
        output.json(event);
        const app = event.app === undefined ? '' : `${output.style.cyan(event.app)}  `;
        output.line(`${output.style.dim(event.at)}  ${event.kind.padEnd(22)} ${app}${sanitize(event.text)}`);
        await output.taken();
      }
    } catch (error) {
      if (isFollowing && cli.signal.aborted) return exitCode.interrupted;
      throw error;
    }
    return exitCode.ok;
  });
}
