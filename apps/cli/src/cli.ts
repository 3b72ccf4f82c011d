import type { Clock } from '@berth/runtime/clock';

/** A stream the CLI writes to; a terminal has a size. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** It holds what its reader has not taken yet, and says `drain` when it takes more. */
  readonly writableNeedDrain?: boolean;
  once?(event: 'drain' | 'close', listener: () => void): unknown;
}

/** The world of one invocation. Commands reach nothing of `process` but through it. */
export interface Cli {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborted with `Interrupted` at Ctrl-C. */
  readonly signal: AbortSignal;
  /** What the process ends with; commands set it when it is not 0. */
  exitCode: number;
  /** Which app was meant and how that was known, for the words of an error. */
  meant?: { readonly app: string; readonly origin: string };
}

export const exitCode = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Ctrl-C, SIGTERM. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}
