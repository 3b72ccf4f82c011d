import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Cli } from './cli.ts';

type World = Pick<Cli, 'cwd' | 'env'>;

/**
 * The variables of whoever called `berth`, which are what a manifest names: the script that starts the command
 * line adds to PATH, its shell sets PWD, and it passes on what both were before.
 */
export function variablesOfCaller({ env }: Pick<World, 'env'>): Record<string, string> {
  const { BERTH_CALLER_PATH: path, BERTH_CALLER_PWD: directory, ...rest } = env;
  const entries = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const variables = Object.fromEntries(entries);
  if (path !== undefined) variables.PATH = path;
  if (directory === '') delete variables.PWD;
  else if (directory !== undefined) variables.PWD = directory.replace(/^PWD=/, '');
  return variables;
}

/** The working directory by the name the caller knows it by, which may go through symbolic links. */
export function directoryOfCaller(cli: World): string {
  const named = cli.env.PWD;
  return named !== undefined && isAbsolute(named) && isSame(named, cli.cwd) ? named : cli.cwd;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
