import type { Client } from '@berth/client/client';
import { type Cli, exitCode } from './cli.ts';
import { renderFault } from './fault.ts';
import { LiveLine } from './live-line.ts';
import type { Output } from './output.ts';
import { applyEvent, type DeploymentEvent, emptyRollout, renderLive, renderSteps } from './rollout-view.ts';
import { formatDuration } from './span.ts';

type End = Extract<DeploymentEvent, { kind: 'end' }>;

/** Shows a deployment that was just begun until it ends; with `--detach` says only how to. */
export async function followOrDetach(
  cli: Cli,
  output: Output,
  client: Client,
  deployment: { id: string; app: string; kind?: string },
  options: { detach?: boolean },
): Promise<number> {
  if (options.detach !== true) return followDeployment(cli, output, client, deployment);
  const { id, app } = deployment;
  output.json(deployment);
  output.line(id);
  output.note(`Deployment ${id} of ${app} runs; follow it: berth deploy --attach -a ${app}`);
  return exitCode.ok;
}

/**
 * Shows a deployment until it ends and gives the exit code. Ctrl-C leaves it running and says how to come
 * back. A connection that breaks is taken up again: control may restart under a deployment.
 */
export async function followDeployment(
  cli: Cli,
  output: Output,
  client: Client,
  deployment: { id: string; app: string; kind?: string },
  options: { wants?: End['state'] } = {},
): Promise<number> {
  output.json({ kind: 'deployment', ...deployment });
  const style = output.noteStyle;
  const live = new LiveLine(output.isJson ? { write: () => undefined } : cli.stderr);
  let view = emptyRollout;
  // The clocks of the two ends differ: the newest event came at most this much after it happened.
  let skewMs = Number.POSITIVE_INFINITY;
  const liveText = () => renderLive(view, cli.clock.now() - skewMs, style) ?? '';
  const ticker = live.isLive ? setInterval(() => live.print([], liveText()), 100) : undefined;
  try {
    const events = client.stream('watchDeployment', {
      params: { id: deployment.id },
      signal: cli.signal,
      isEnd: (event) => event.kind === 'end',
      giveUpAfterMs: 5 * 60_000,
      onReconnect: (state) => {
        if (output.isJson) return;
        live.print([
          style.dim(state === 'lost' ? '  connection to control lost; trying again' : '  connected again'),
        ]);
      },
    });
    for await (const event of events) {
      output.json(event);
      skewMs = Math.min(skewMs, cli.clock.now() - Date.parse(event.at));
      const applied = applyEvent(view, event, { style, isTerminal: live.isLive });
      view = applied.view;
      live.print(applied.lines, liveText());
      if (event.kind === 'end') {
        live.clear();
        const totalMs = Date.parse(event.at) - (view.startedAt ?? Date.parse(event.at));
        sayEnd(output, deployment, event, totalMs);
        if (event.state === 'succeeded' && view.steps.length > 0)
          output.note(style.dim(`  ${renderSteps(view.steps)}`));
        if (event.state === 'succeeded' && deployment.kind !== 'create') {
          for (const url of event.urls) output.line(url);
          if (event.urls.length === 0)
            output.note(
              'Nothing of it is reached through the edge: name a port with `ports` in compose.yaml, without an address, to route one.',
            );
        }
        return event.state === (options.wants ?? 'succeeded') ? exitCode.ok : exitCode.failed;
      }
    }
    throw new Error(`the events of deployment ${deployment.id} ended without an end`);
  } catch (error) {
    if (!cli.signal.aborted) throw error;
    live.clear();
    output.note(`Detached: deployment ${deployment.id} of ${deployment.app} goes on.`);
    output.note(`${style.yellow('→')} Follow it: berth deploy --attach -a ${deployment.app}`);
    output.note(`${style.yellow('→')} Stop it:   berth deploy --cancel -a ${deployment.app}`);
    return exitCode.interrupted;
  } finally {
    clearInterval(ticker);
    live.clear();
  }
}

function sayEnd(
  output: Output,
  deployment: { id: string; app: string; kind?: string },
  event: End,
  totalMs: number,
): void {
  const style = output.noteStyle;
  const took = formatDuration(totalMs);
  if (event.state === 'succeeded' && deployment.kind === 'create') {
    output.note(
      `${style.green('✓')} ${style.bold(`Release ${event.release} of ${deployment.app} is made`)} in ${took}`,
    );
    output.note(
      `${style.yellow('→')} Start it: berth deploy --release ${event.release} -a ${deployment.app}`,
    );
    return;
  }
  if (event.state === 'succeeded') {
    const release = event.release === undefined ? '' : `Release ${event.release} of `;
    output.note(`${style.green('✓')} ${style.bold(`${release}${deployment.app} is live`)} in ${took}`);
    return;
  }
  if (event.state === 'cancelled' && event.failure === undefined) {
    output.note(`${style.yellow('✗')} The deployment of ${deployment.app} was cancelled after ${took}`);
    return;
  }
  const failure = event.failure ?? {
    code: 'internal',
    message: 'no reason was given',
    hint: '',
    evidence: [],
  };
  const lines = renderFault(
    {
      code: failure.code,
      message: `The deployment of ${deployment.app} ${event.state === 'failed' ? 'failed' : 'was cancelled'} after ${took}: ${failure.message}`,
      issues: [],
      evidence: failure.evidence,
      hints: failure.hint === '' ? [] : [failure.hint],
    },
    style,
  );
  for (const line of lines) output.note(line);
}
