import type { Clock } from './clock.ts';

/** A pass that is made again when it says it is due, or when somebody hints that something changed. */
export interface Repeated {
  start(): void;
  /** Something changed: the next pass begins as soon as the one under way is over. */
  hint(): void;
  /** Resolves when the pass under way is over. */
  close(): Promise<void>;
}

/**
 * `pass` gives the milliseconds until it is due again. One that rejects is told to `failed` and made again after
 * `againMs`. The signal is the caller's: it aborts before `close` is called.
 */
export function repeat(options: {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly againMs: number;
  pass(): Promise<number>;
  failed(error: unknown): void;
}): Repeated {
  const { clock, signal } = options;
  let isHinted = false;
  let wake: () => void = () => undefined;
  let loop: Promise<void> = Promise.resolve();

  async function forever(): Promise<void> {
    while (!signal.aborted) {
      isHinted = false;
      let pauseMs = options.againMs;
      try {
        pauseMs = await options.pass();
      } catch (error) {
        if (signal.aborted) return;
        options.failed(error);
      }
      // A hint that came during the pass is about what the pass may not have seen.
      if (isHinted) continue;
      const timer = new AbortController();
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([
        woken,
        clock.sleep(pauseMs, AbortSignal.any([signal, timer.signal])).catch(() => undefined),
      ]);
      timer.abort();
    }
  }

  return {
    start(): void {
      loop = forever();
    },
    hint(): void {
      isHinted = true;
      wake();
    },
    async close(): Promise<void> {
      wake();
      await loop;
    },
  };
}
