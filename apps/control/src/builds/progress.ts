import type { BuildEvent, BuildFailure, BuildStep } from './ports.ts';

/** One line of the engine's answer to a build. */
export interface BuildLine {
  readonly id?: string;
  readonly stream?: string;
  readonly status?: string;
  readonly aux?: unknown;
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
}

export type StepEvent = Extract<BuildEvent, { kind: 'step' | 'log' }>;

/** Reads a builder's lines: what happened, as events, and in the end what came of it. */
export interface Progress {
  /** Events of one line, in order. */
  take(line: BuildLine): readonly StepEvent[];
  /** What it is at now, for people. */
  readonly current: string;
  readonly steps: readonly BuildStep[];
  readonly imageId: string | undefined;
  /** Set once the builder has said that it failed. */
  readonly failure: BuildFailure | undefined;
}

export const lastLinesMax = 50;
const lineLengthMax = 2_000;
/** Lines of output one build may show. What fails is quoted all the same. */
export const logLinesMax = 5_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences are what it is for
const terminalSequence = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Output of a build is shown on people's terminals: without sequences that would steer them. */
export function cleanLine(text: string): string {
  // A progress bar redraws its line: what it ends with counts.
  const line = text.replace(terminalSequence, '').trimEnd();
  const shown = line.slice(line.lastIndexOf('\r') + 1).replace(controlCharacter, '');
  return shown.length > lineLengthMax ? `${shown.slice(0, lineLengthMax)}…` : shown;
}

/** Events are stored: a build that never stops talking must not fill the disk with them. */
export function limitLog(onEvent: (event: StepEvent) => void): (event: StepEvent) => void {
  let count = 0;
  return (event) => {
    if (event.kind !== 'log') return onEvent(event);
    count += 1;
    if (count <= logLinesMax) onEvent(event);
    if (count === logLinesMax) onEvent({ ...event, text: '… further output is not shown' });
  };
}

/** A progress bar may redraw one line for ever. */
const restLengthMax = 64 * 1024;

/** Collects text that comes in pieces into lines. */
export class Lines {
  #rest = '';
  take(text: string): string[] {
    const parts = (this.#rest + text).split('\n');
    this.#rest = (parts.pop() ?? '').slice(-restLengthMax);
    return parts.map(cleanLine).filter((line) => line !== '');
  }
  /** What came after the last line break. */
  end(): string[] {
    const rest = cleanLine(this.#rest);
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}

/** The exit code in a builder's words: BuildKit before 23, after it, and the classic builder. */
export function findExitCode(message: string): number | undefined {
  const match = /exit code: (\d+)|returned a non-zero code: (\d+)/.exec(message);
  const digits = match?.[1] ?? match?.[2];
  return digits === undefined ? undefined : Number(digits);
}
