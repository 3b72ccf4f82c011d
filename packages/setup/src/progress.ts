/** What a long command says while it works: one event per step that begins, moves and ends. */
export type ProgressEvent =
  | { readonly kind: 'begun'; readonly step: string }
  /** `done` of `of`, where the step can tell how far it is. */
  | {
      readonly kind: 'moved';
      readonly step: string;
      readonly text: string;
      readonly done?: number;
      readonly of?: number;
    }
  | {
      readonly kind: 'done';
      readonly step: string;
      readonly text: string;
      readonly tookMs: number;
      readonly isChanged: boolean;
    }
  | { readonly kind: 'failed'; readonly step: string; readonly tookMs: number }
  | { readonly kind: 'warning'; readonly text: string };

export type Report = (event: ProgressEvent) => void;

/** What a step gives: its result, and whether it had to do anything. */
export interface StepOutcome<T> {
  readonly value: T;
  readonly isChanged: boolean;
  /** What came of it, in a few words. */
  readonly text: string;
}

export type Move = (text: string, far?: { done: number; of: number }) => void;

/** Runs one step and reports its begin, moves and end. */
export async function runStep<T>(
  report: Report,
  step: string,
  run: (move: Move) => Promise<StepOutcome<T>>,
): Promise<T> {
  const startedAt = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedAt);
  report({ kind: 'begun', step });
  try {
    const { value, isChanged, text } = await run((moved, far) =>
      report({ kind: 'moved', step, text: moved, ...far }),
    );
    report({ kind: 'done', step, text, tookMs: tookMs(), isChanged });
    return value;
  } catch (cause) {
    report({ kind: 'failed', step, tookMs: tookMs() });
    throw cause;
  }
}
