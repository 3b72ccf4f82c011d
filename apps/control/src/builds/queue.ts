import { refuse } from '@berth/contract/errors';

/** Builds wait here for their turn: first come, first served. */
export interface BuildQueue {
  /**
   * Runs `job` when its turn comes. `onPosition` is told its place (1: next) at once and at each change; not
   * at all when it may start. Aborting the signal takes it out. Refuses `rate_limited` when too many wait.
   */
  run<T>(
    job: () => Promise<T>,
    options: { signal: AbortSignal; onPosition?: (position: number) => void },
  ): Promise<T>;
  /** As `run`, but with nothing else running. */
  runAlone<T>(job: () => Promise<T>, options: { signal: AbortSignal }): Promise<T>;
}

interface Waiting {
  readonly slots: number;
  readonly start: () => void;
  readonly onPosition: (position: number) => void;
}

/**
 * INVARIANTS: `free` is `concurrency` minus the slots of running jobs; the head of `waiting` never fits into
 * `free`, else it would have been started.
 */
export function createBuildQueue(limits: { concurrency: number; waitingMax: number }): BuildQueue {
  let free = limits.concurrency;
  const waiting: Waiting[] = [];

  function advance(): void {
    for (let next = waiting[0]; next !== undefined && next.slots <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.slots;
      next.start();
    }
    for (const [index, item] of waiting.entries()) item.onPosition(index + 1);
  }

  async function take(slots: number, signal: AbortSignal, onPosition: (position: number) => void) {
    signal.throwIfAborted();
    if (waiting.length >= limits.waitingMax)
      throw refuse(
        'rate_limited',
        `${waiting.length} builds are waiting already. Try again when they are done.`,
      );
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const item: Waiting = { slots, start: () => resolve(undefined), onPosition };
    const leave = () => {
      const index = waiting.indexOf(item);
      // Not there: it has been started in this very moment, and the job sees the signal itself.
      if (index < 0) return;
      waiting.splice(index, 1);
      reject(signal.reason);
      advance();
    };
    signal.addEventListener('abort', leave, { once: true });
    waiting.push(item);
    advance();
    await promise.finally(() => signal.removeEventListener('abort', leave));
  }

  async function runWith<T>(
    slots: number,
    job: () => Promise<T>,
    signal: AbortSignal,
    onPosition: (position: number) => void,
  ): Promise<T> {
    await take(slots, signal, onPosition);
    try {
      return await job();
    } finally {
      free += slots;
      advance();
    }
  }

  return {
    run: (job, o) => runWith(1, job, o.signal, o.onPosition ?? (() => {})),
    runAlone: (job, o) => runWith(limits.concurrency, job, o.signal, () => {}),
  };
}
