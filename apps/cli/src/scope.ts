import { findNameFault } from '@berth/domain/name';
import {
  describeScope,
  environmentNameLengthMax,
  printScope,
  projectNameLengthMax,
  type Scope,
} from '@berth/domain/scope';
import type { Command } from 'commander';
import { environmentOf, findApp } from './app-name.ts';
import { type Cli, UsageError } from './cli.ts';

export interface ScopeOptions {
  readonly app?: string;
  readonly environment?: string;
  readonly project?: string;
  readonly service?: string;
}

/** Options that say for what a variable, a secret or a config file is said; without them, for the app. */
export function withScope(command: Command): Command {
  return command
    .option('--service <name>', 'for one service of the app alone')
    .option('--project <name>', 'for all apps of a project; with -e, for those of that environment');
}

/** The scope the options name, as the API takes it, and for people. */
export async function findScope(cli: Cli, options: ScopeOptions): Promise<{ text: string; name: string }> {
  const scope = await chooseScope(cli, options);
  return { text: printScope(scope), name: describeScope(scope) };
}

async function chooseScope(cli: Cli, options: ScopeOptions): Promise<Scope> {
  const { project, service } = options;
  if (project === undefined) {
    const { name } = await findApp(cli, options);
    return service === undefined ? { kind: 'app', app: name } : { kind: 'service', app: name, service };
  }
  if (service !== undefined)
    throw new UsageError('--service is of an app, --project of many', 'Give one of them.');
  checkName(project, 'project', projectNameLengthMax);
  const environment = environmentOf(cli, options);
  if (environment === undefined) return { kind: 'project', project };
  checkName(environment, 'environment', environmentNameLengthMax);
  return { kind: 'environment', project, environment };
}

function checkName(name: string, what: string, max: number): void {
  if (findNameFault(name, max) === undefined) return;
  throw new UsageError(
    `"${name}" cannot be the name of ${what === 'environment' ? 'an' : 'a'} ${what}`,
    `Up to ${max} lower-case letters, digits and hyphens, starting with a letter.`,
  );
}
