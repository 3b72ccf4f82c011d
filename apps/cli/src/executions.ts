import type { Client } from '@berth/client/client';
import type { CallOutput } from '@berth/client/types';
import { type Cli, exitCode } from './cli.ts';
import type { Output } from './output.ts';
import { sanitize } from './style.ts';

type Execution = CallOutput<'getExecution'>;

/** What an execution said, on standard output or standard error as it said it. */
export async function printExecutionLog(
  cli: Cli,
  client: Client,
  output: Output,
  of: { readonly app: string; readonly id: string; readonly follow: boolean },
): Promise<void> {
  const lines = client.stream('streamExecutionLog', {
    params: { app: of.app, id: of.id },
    query: { follow: of.follow },
    signal: cli.signal,
  });
  for await (const line of lines) {
    output.json(line);
    if (line.stream === 'stdout') output.line(sanitize(line.text));
    else output.note(sanitize(line.text));
  }
}

const lookMs = 300;

/** Follows an execution to its end and gives its exit code; detached, says how to come back to it. */
export async function followExecution(
  cli: Cli,
  client: Client,
  output: Output,
  of: { readonly app: string; readonly execution: Execution; readonly detach: boolean },
): Promise<number> {
  const { app, execution } = of;
  const params = { app, id: execution.id };
  if (of.detach) {
    output.json(execution);
    output.line(execution.id);
    output.note(`runs on the platform; \`berth jobs logs -f ${execution.id} -a ${app}\` shows it`);
    return exitCode.ok;
  }
  await printExecutionLog(cli, client, output, { ...params, follow: true });
  let ended = await client.call('getExecution', { params, signal: cli.signal });
  while (ended.endedAt === undefined) {
    await cli.clock.sleep(lookMs, cli.signal);
    ended = await client.call('getExecution', { params, signal: cli.signal });
  }
  output.json(ended);
  if (ended.state === 'succeeded') output.note(`${ended.job} succeeded`);
  else
    output.note(
      `${ended.job} ${ended.state}: ${ended.reason ?? `exit code ${ended.exitCode ?? '?'}`}${ended.oomKilled === true ? ' (out of memory)' : ''}`,
    );
  return ended.exitCode ?? (ended.state === 'succeeded' ? exitCode.ok : exitCode.failed);
}
