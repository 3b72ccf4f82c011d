import type { Client } from '@berth/client/client';
import type { CallInput, CallOutput } from '@berth/client/types';
import type { Cli } from './cli.ts';
import type { Output } from './output.ts';
import type { Style } from './style.ts';

type Plan = CallOutput<'planDeployment'>;
type Planned = Plan['services'][number];

/** As `terraform plan -detailed-exitcode`. */
const changesExitCode = 2;

/** Asks for a plan and shows it. Gives the exit code. */
export async function showPlan(
  cli: Cli,
  output: Output,
  client: Client,
  wanted: {
    app: string;
    from: CallInput<'planDeployment'>['body']['from'];
    place?: CallInput<'planDeployment'>['body']['place'];
    exitCode: boolean;
  },
): Promise<number> {
  const plan = await client.call('planDeployment', {
    params: { app: wanted.app },
    body: { from: wanted.from, ...(wanted.place === undefined ? {} : { place: wanted.place }) },
    signal: cli.signal,
  });
  output.json(plan);
  for (const warning of plan.warnings) output.warn(warning);
  for (const line of describePlan(plan, output.style)) output.line(line);
  return wanted.exitCode && plan.changes ? changesExitCode : 0;
}

const signs = {
  created: ['+', 'green', 'is created'],
  replaced: ['~', 'yellow', 'is replaced'],
  'replaced-in-place': ['!', 'yellow', 'is replaced in place: its old tasks stop before the new ones start'],
  run: ['>', 'green', 'runs once'],
  scheduled: ['@', 'yellow', 'runs by its schedule, from its next time on so'],
  scaled: ['~', 'yellow', 'is scaled, no task is replaced'],
  untouched: [' ', 'dim', 'is not touched'],
  removed: ['-', 'red', 'is removed'],
} as const satisfies Record<Planned['action'], readonly [string, keyof Style, string]>;

/** A plan in words, what changes first, in the order it happens. */
export function describePlan(plan: Plan, style: Style): string[] {
  const rank = (one: Planned) =>
    one.wave === undefined ? (one.action === 'untouched' ? 1e6 : 1e5) : one.wave;
  const width = Math.max(0, ...plan.services.map((one) => one.service.length));
  const lines = [...plan.services]
    .sort((x, y) => rank(x) - rank(y))
    .map((one) => {
      const [sign, colour, what] = signs[one.action];
      const waits = one.waitsFor.length === 0 ? '' : `, once ${one.waitsFor.join(' and ')}`;
      const paint = style[colour] as (text: string) => string;
      return `${paint(`${sign} ${one.service.padEnd(width)}`)}  ${what}${waits}: ${one.reasons.join('; ')}`;
    });
  const other = plan.others.map((text) => `${style.yellow('~')} ${text}`);
  const against = plan.release === undefined ? 'nothing runs yet' : `compared with release ${plan.release}`;
  return [...lines, ...other, '', summary(plan, against)];
}

function summary(plan: Plan, against: string): string {
  if (!plan.changes) return `${plan.app}: nothing to do (${against}).`;
  const count = (...actions: readonly Planned['action'][]) =>
    plan.services.filter((one) => actions.includes(one.action)).length;
  const parts = [
    [count('created'), 'created'],
    [count('replaced', 'replaced-in-place'), 'replaced'],
    [count('run'), 'run'],
    [count('scheduled'), 'scheduled'],
    [count('scaled'), 'scaled'],
    [count('removed'), 'removed'],
    [count('untouched'), 'untouched'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${plan.app}: ${words.join(', ')} (${against}). Traffic moves to all of it at once, or to none.`;
}
