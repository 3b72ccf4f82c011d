import { deploymentNext, deploymentStateMeaning } from '@berth/domain/deployment';
import { runNext, runStateMeaning } from '@berth/domain/run';
import { executionNext, executionStateMeaning } from '@berth/domain/schedule';

interface Machine {
  readonly title: string;
  readonly about: string;
  readonly source: string;
  readonly first: string;
  readonly next: Readonly<Record<string, readonly string[]>>;
  readonly meaning: Readonly<Record<string, string>>;
}

/** Every state machine of Berth, by the name of its page in `docs/states/`. */
export const machines: Readonly<Record<string, Machine>> = {
  deployment: {
    title: 'States of a deployment',
    about:
      'One attempt to make an app run a release. Each state is one step; a crash between two repeats the step.',
    source: 'packages/domain/src/deployment.ts',
    first: 'queued',
    next: deploymentNext,
    meaning: deploymentStateMeaning,
  },
  execution: {
    title: 'States of an execution',
    about: 'An execution is one run of a job, of a detached one-off or of a command after a deployment.',
    source: 'packages/domain/src/schedule.ts',
    first: 'due',
    // Decided upon before it is written down.
    next: { due: ['starting', 'skipped'], ...executionNext },
    meaning: { due: 'its time has come, or somebody asked for it', ...executionStateMeaning },
  },
  run: {
    title: 'States of a run',
    about: 'A run is a release of one service in being: one Swarm service.',
    source: 'packages/domain/src/run.ts',
    first: 'starting',
    next: runNext,
    meaning: runStateMeaning,
  },
};

/** A state machine as a page: a table for reading, a picture for seeing. */
export function renderStates(machine: Machine): string {
  const states = Object.keys(machine.next);
  const rows = states.map((state) => {
    const next = machine.next[state]!;
    return `| \`${state}\` | ${machine.meaning[state]} | ${next.length === 0 ? 'the end' : next.map((to) => `\`${to}\``).join(', ')} |`;
  });
  const arrows = states.flatMap((state) => {
    const next = machine.next[state]!;
    return next.length === 0 ? [`  ${state} --> [*]`] : next.map((to) => `  ${state} --> ${to}`);
  });
  return `${[
    `# ${machine.title}`,
    '',
    `${machine.about} Generated from \`${machine.source}\` by \`npm run docs\`.`,
    '',
    '| state | meaning | may become |',
    '|---|---|---|',
    ...rows,
    '',
    '```mermaid',
    'stateDiagram-v2',
    `  [*] --> ${machine.first}`,
    ...arrows,
    '```',
  ].join('\n')}\n`;
}
