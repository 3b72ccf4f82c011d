import type { Client } from '@berth/client/client';
import type { Command } from 'commander';
import { findApp } from '../app-name.ts';
import type { Cli } from '../cli.ts';
import { connect } from '../connection.ts';
import { followDeployment } from '../follow-deployment.ts';
import { onRun, withApp, withExamples } from '../options.ts';
import type { Output } from '../output.ts';

interface DiffOptions {
  readonly repair?: boolean;
  readonly exitCode?: boolean;
}

/** As `terraform plan -detailed-exitcode`. */
const driftExitCode = 2;

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('diff')
    .summary('how what runs differs from what was released')
    .description(
      `Compares the services, networks and replicas of Docker, and what the edges serve, with the live release:
what somebody changed by hand, or what was lost. --repair undoes it: tasks that differ are replaced by a
deployment, proven before they get traffic, and nothing else is touched.`,
    )
    .option('--repair', 'undo the drift')
    .option('--exit-code', '2 when something differs, 0 when nothing does');
  withExamples(withApp(command), [
    ['berth diff', 'what differs'],
    ['berth diff --exit-code --json', 'for scripts'],
    ['berth diff --repair', 'make it as released'],
  ]);
  onRun<DiffOptions>(cli, command, async ({ options, output }) => {
    const { name } = await findApp(cli, options);
    const client = await connect(cli, options);
    if (options.repair === true) return repair(cli, output, client, name);
    const drift = await client.call('getDrift', { params: { app: name }, signal: cli.signal });
    output.json(drift);
    for (const { object, text, repair: remedy } of drift.findings)
      output.line(
        `${output.style.yellow(object)}: ${text}${remedy === undefined ? '' : ` (--repair: ${remedy})`}`,
      );
    if (!drift.drift)
      output.note(
        drift.release === undefined
          ? `${name} has nothing that is to run.`
          : `What runs of ${name} is release ${drift.release}, nothing else.`,
      );
    return options.exitCode === true && drift.drift ? driftExitCode : 0;
  });
}

async function repair(cli: Cli, output: Output, client: Client, app: string): Promise<number> {
  const done = await client.call('repairDrift', {
    params: { app },
    idempotencyKey: crypto.randomUUID(),
    signal: cli.signal,
  });
  for (const text of done.repaired) output.note(text);
  if (done.deployment === undefined) {
    output.json(done);
    if (done.repaired.length === 0) output.note(`${app}: there is nothing to repair.`);
    return 0;
  }
  const deployment = await client.call('getDeployment', {
    params: { id: done.deployment },
    signal: cli.signal,
  });
  return followDeployment(cli, output, client, deployment);
}
