import type { StreamEvent } from '@berth/client/types';
import { formatDuration } from './span.ts';
import { type Style, sanitize } from './style.ts';

export type DeploymentEvent = StreamEvent<'watchDeployment'>;

export interface TimedStep {
  readonly state: string;
  readonly durationMs: number;
}

/** What has been seen of a deployment so far. */
export interface RolloutView {
  readonly startedAt: number | undefined;
  readonly current: { readonly state: string; readonly meaning: string; readonly since: number } | undefined;
  readonly progress: string | undefined;
  readonly steps: readonly TimedStep[];
}

export const emptyRollout: RolloutView = {
  startedAt: undefined,
  current: undefined,
  progress: undefined,
  steps: [],
};

/** Takes in one event: the view after it, and the lines to print for it. Pure. */
export function applyEvent(
  view: RolloutView,
  event: DeploymentEvent,
  options: { style: Style; isTerminal: boolean },
): { view: RolloutView; lines: string[] } {
  const { style, isTerminal } = options;
  const at = Date.parse(event.at);
  const startedAt = view.startedAt ?? at;
  const base = { ...view, startedAt };
  switch (event.kind) {
    case 'state': {
      const { steps, lines } = closeStep(base, at, style, event.state);
      const current = { state: event.state, meaning: event.meaning, since: at };
      const isEnd = endStates.includes(event.state);
      // A terminal shows the running step on its live line; elsewhere its begin is a line of its own.
      if (!isTerminal && !isEnd) lines.push(`${style.cyan('▸')} ${event.state}: ${event.meaning}`);
      return { view: { startedAt, current: isEnd ? undefined : current, progress: undefined, steps }, lines };
    }
    case 'progress': {
      // Some texts count for themselves, and one of one is no count.
      const isCounted = event.of === undefined || event.of < 2 || / of \d/.test(event.text);
      const counted = isCounted ? '' : ` (${event.done ?? 0} of ${event.of})`;
      const progress = `${sanitize(event.text)}${counted}`;
      const isNew = progress !== view.progress;
      return {
        view: { ...base, progress },
        lines: isNew && !isTerminal ? [`  ${progress}`] : [],
      };
    }
    case 'build':
      return { view: base, lines: event.text.split('\n').map((line) => style.dim(`  ${sanitize(line)}`)) };
    case 'warning':
      return { view: base, lines: [`${style.yellow('!')} ${sanitize(event.text)}`] };
    case 'end': {
      const { steps, lines } = closeStep(base, at, style, event.state);
      return { view: { startedAt, current: undefined, progress: undefined, steps }, lines };
    }
  }
}

const endStates: readonly string[] = ['succeeded', 'failed', 'cancelled'];

/** The step that ends because `next` begins: what comes next says whether it did what it was for. */
function closeStep(
  view: RolloutView,
  at: number,
  style: Style,
  next: string,
): { steps: TimedStep[]; lines: string[] } {
  if (view.current === undefined) return { steps: [...view.steps], lines: [] };
  const step = { state: view.current.state, durationMs: Math.max(0, at - view.current.since) };
  // Waiting for a turn is worth a word only when there was a wait.
  if (step.state === 'queued' && step.durationMs < 100) return { steps: [...view.steps], lines: [] };
  const isUndone = next === 'reverting' || next === 'failed' || next === 'cancelled';
  const mark = step.state === 'reverting' ? style.yellow('↺') : isUndone ? style.red('✗') : style.green('✓');
  const duration = style.dim(formatDuration(step.durationMs).padStart(8));
  return { steps: [...view.steps, step], lines: [`${mark} ${step.state.padEnd(10)} ${duration}`] };
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** The line that is repainted while a step runs; undefined when none does. */
export function renderLive(view: RolloutView, nowMs: number, style: Style): string | undefined {
  if (view.current === undefined) return undefined;
  const elapsed = Math.max(0, nowMs - view.current.since);
  const turn = spinner[Math.floor(nowMs / 100) % spinner.length] ?? '';
  const words = view.progress ?? view.current.meaning;
  return `${style.cyan(turn)} ${view.current.state.padEnd(10)} ${style.dim(formatDuration(elapsed).padStart(8))}  ${words}`;
}

/** `building 4.2 s · starting 0.6 s` */
export function renderSteps(steps: readonly TimedStep[]): string {
  return steps.map((step) => `${step.state} ${formatDuration(step.durationMs)}`).join(' · ');
}
