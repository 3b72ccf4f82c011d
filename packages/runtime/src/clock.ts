import { setTimeout as delay } from 'node:timers/promises';

/** Time comes in through the door: production passes `systemClock`, tests a fake. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (cause) {
      if (signal?.aborted === true) throw signal.reason;
      throw cause;
    }
  },
};

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
