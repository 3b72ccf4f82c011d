import type { Client } from '@berth/client/client';
import type { Command } from 'commander';
import { exitCode } from '../cli.ts';
import { connect } from '../connection.ts';
import { followDeployment } from '../follow-deployment.ts';
import type { Invocation } from '../options.ts';
import { findScope, type ScopeOptions } from '../scope.ts';

export interface ChangeOptions extends ScopeOptions {
  readonly deploy: boolean;
  readonly detach?: boolean;
}

/** What a change of variables made. */
export interface VariablesChanged {
  readonly version: number;
  readonly deployments: readonly { readonly app: string; readonly id: string }[];
  readonly undeployed: readonly { readonly app: string; readonly because: string }[];
}

/** Options of every command that changes variables. */
export function changing(command: Command): Command {
  return command
    .option('--no-deploy', 'keep the change for the next deployment')
    .option('--detach', 'start the deployments and return at once');
}

/** Asks for a change of the scope that the options name, and follows the deployments it makes. */
export async function change(
  { cli, options, output }: Invocation<ChangeOptions>,
  words: string,
  call: (client: Client, scope: string) => Promise<VariablesChanged>,
): Promise<number> {
  const scope = await findScope(cli, options);
  const client = await connect(cli, options);
  const changed = await call(client, scope.text);
  const { deployments, undeployed } = changed;
  const isDone = deployments.length === 0 || options.detach === true;
  if (isDone) output.json(changed);
  const when = deployments.length > 0 ? '' : '; the next deployment brings it to the tasks';
  output.note(`${output.noteStyle.green('✓')} ${words} for ${scope.name}, version ${changed.version}${when}`);
  for (const { app, because } of undeployed)
    output.note(`  ${app} has it from its next deployment: ${because}`);
  if (isDone) return exitCode.ok;
  let code: number = exitCode.ok;
  for (const deployment of deployments) {
    if (deployments.length > 1) output.note(`${output.noteStyle.bold(deployment.app)}`);
    code = Math.max(code, await followDeployment(cli, output, client, deployment));
  }
  return code;
}
