import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { registerDesiredState } from '../desired-state.ts';

export const register = (program: Command, cli: Cli): void =>
  registerDesiredState(program, cli, {
    operation: 'start',
    summary: 'start a stopped app',
    description: 'Starts the live release of a stopped app again and waits until its tasks run.',
    example: ['berth start -a shop', 'bring shop back'],
    done: 'started',
    missing: 'tasks are starting',
    isSo: ({ healthy, replicas }) => healthy >= replicas,
  });
