import type { Clock } from '@berth/runtime/clock';

export interface FakeClock extends Clock {
  /** Moves time on and wakes, in order, everything that waited for it; lets woken code run between. */
  advance(ms: number): Promise<void>;
  /** Moves to the next waiting sleep; false when nothing waits. */
  next(): Promise<boolean>;
  /** How many sleeps are waiting. */
  waiting(): number;
  /** While `work` runs, every sleep ends as soon as nothing else is left to do. */
  run<T>(work: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Time that moves only when told. Begins at 2026-01-01T00:00:00Z unless `startMs` says otherwise. */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  let order = 0;
  const sleepers = new Set<Sleeper>();

  const earliest = (): Sleeper | undefined =>
    [...sleepers].sort((a, b) => a.at - b.at || a.order - b.order)[0];
  const wake = async (sleeper: Sleeper): Promise<void> => {
    sleepers.delete(sleeper);
    nowMs = Math.max(nowMs, sleeper.at);
    sleeper.wake();
    await settle();
  };

  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const stop = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          at: nowMs + Math.max(0, ms),
          order: order++,
          wake: () => {
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', stop, { once: true });
      }),
    waiting: () => sleepers.size,
    async advance(ms) {
      const until = nowMs + ms;
      await settle();
      for (let next = earliest(); next !== undefined && next.at <= until; next = earliest()) await wake(next);
      nowMs = until;
      await settle();
    },
    async next() {
      await settle();
      const sleeper = earliest();
      if (sleeper === undefined) return false;
      await wake(sleeper);
      return true;
    },
    async run(work) {
      let isDone = false;
      const ended = work.finally(() => {
        isDone = true;
      });
      ended.catch(() => undefined);
      while (!isDone) {
        await settle();
        const sleeper = earliest();
        if (!isDone && sleeper !== undefined) await wake(sleeper);
      }
      return await ended;
    },
  };
}

/** Lets promise reactions and I/O callbacks that are ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
