import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { registerDesiredState } from '../desired-state.ts';

export const register = (program: Command, cli: Cli): void =>
  registerDesiredState(program, cli, {
    operation: 'stop',
    summary: 'stop all tasks; the app answers 503',
    description:
      'Stops every task of the app and keeps its releases, variables and domains. `berth start` brings it back.',
    example: ['berth stop -a shop', 'stop shop until `berth start -a shop`'],
    done: 'stopped',
    missing: 'tasks are ending',
    isSo: ({ running }) => running === 0,
  });
