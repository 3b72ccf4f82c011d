import type { Clock } from './clock.ts';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly factor: number;
}

/** Delay before attempt `attempt` (1 = the first repeat), with up to 20 % of jitter from `random` in [0, 1). */
export function backoffMs(backoff: Backoff, attempt: number, random: () => number = Math.random): number {
  const base = Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** (attempt - 1));
  return Math.round(base * (0.9 + 0.2 * random()));
}

/**
 * Asks `look` until it gives something other than undefined. Rejects with the signal's reason when aborted:
 * callers pass a deadline, always.
 */
export async function until<T>(
  look: () => Promise<T | undefined> | T | undefined,
  options: { clock: Clock; everyMs: number; signal: AbortSignal },
): Promise<T> {
  for (;;) {
    options.signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await options.clock.sleep(options.everyMs, options.signal);
  }
}
