import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { findTarget, openClient } from '../connection.ts';
import { onRun, withContext, withExamples } from '../options.ts';
import { version } from '../version.ts';

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('version')
    .summary('versions of this command line and of the platform')
    .description('The version of this command line and, when it answers, of the platform.')
    .option('--client', 'this command line alone');
  withExamples(withContext(command), [['berth version --json', 'for scripts']]);
  onRun<{ client?: boolean }>(cli, command, async ({ options, output }) => {
    const server = options.client === true ? undefined : await findServer(cli, options);
    output.json({ client: version, node: process.version, ...(server === undefined ? {} : { server }) });
    output.line(`berth ${version} (Node.js ${process.version})`);
    if (server === undefined) return;
    if ('version' in server) output.line(`platform ${server.platform} ${server.version} at ${server.url}`);
    else output.note(`platform: ${server.error}`);
  });
}

type Server =
  | { readonly url: string; readonly version: string; readonly platform: string; readonly startedAt: string }
  | { readonly url: string; readonly error: string };

/** What the platform says of itself within a second; that it says nothing is an answer here, not a failure. */
async function findServer(cli: Cli, options: { context?: string }): Promise<Server | undefined> {
  const target = await findTarget(cli, options);
  if (target.kind === 'none') return undefined;
  const { url } = target.context;
  const client = await openClient(target.context);
  const { AppError } = await import('@berth/contract/errors');
  const deadline = AbortSignal.timeout(1_000);
  try {
    const answer = await client.call('getVersion', {
      signal: AbortSignal.any([cli.signal, deadline]),
      retriesMax: 0,
    });
    return { url, version: answer.version, platform: answer.platform, startedAt: answer.startedAt };
  } catch (error) {
    if (error instanceof AppError) return { url, error: error.message };
    if (deadline.aborted && !cli.signal.aborted) return { url, error: `no answer from ${url} within 1 s` };
    throw error;
  }
}
