import type { Client } from '@berth/client/client';
import type { CallOutput } from '@berth/client/types';
import { until } from '@berth/runtime/retry';
import { type Cli, exitCode } from './cli.ts';
import { followDeployment } from './follow-deployment.ts';
import { LiveLine } from './live-line.ts';
import type { Output } from './output.ts';

type App = CallOutput<'getApp'>;

/**
 * After a change that control accepted: follows the deployment it started, or else asks until the app is as
 * wanted. Ctrl-C stops waiting, not the change.
 */
export async function followAccepted(
  cli: Cli,
  output: Output,
  client: Client,
  change: {
    app: string;
    accepted: CallOutput<'scale'>;
    /** Words while it is not so; undefined when it is. */
    missing: (app: App) => string | undefined;
    done: string;
    wait: boolean;
    deadlineMs?: number;
  },
): Promise<number> {
  const { accepted, app } = change;
  if (!change.wait) {
    output.json(accepted);
    output.note(`Accepted; see \`berth status -a ${app}\``);
    return exitCode.ok;
  }
  if (accepted.deployment !== undefined)
    return followDeployment(cli, output, client, { id: accepted.deployment, app });

  const live = new LiveLine(output.isJson ? { write: () => undefined } : cli.stderr);
  const deadline = AbortSignal.timeout(change.deadlineMs ?? 120_000);
  let missing: string | undefined;
  try {
    const last = await until(
      async () => {
        const now = await client.call('getApp', { params: { app }, signal: cli.signal });
        const words = change.missing(now);
        if (words !== undefined && words !== missing && !live.isLive) output.note(`  ${words}`);
        missing = words;
        if (missing !== undefined) live.show(`${output.noteStyle.cyan('▸')} ${missing}`);
        return missing === undefined ? now : undefined;
      },
      { clock: cli.clock, everyMs: 250, signal: AbortSignal.any([cli.signal, deadline]) },
    );
    live.clear();
    output.json(last);
    output.note(`${output.noteStyle.green('✓')} ${change.done}`);
    return exitCode.ok;
  } catch (error) {
    if (!deadline.aborted || cli.signal.aborted) throw error;
    const { refuse } = await import('@berth/contract/errors');
    throw refuse('deadline_exceeded', `${app} is not there yet: ${missing ?? 'no answer'}`, { cause: error });
  } finally {
    live.clear();
  }
}
