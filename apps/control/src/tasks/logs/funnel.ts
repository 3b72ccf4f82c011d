/**
 * Many writers, one reader, and never more than `max` items between them: a writer waits until there is room.
 */
export function createFunnel<T>(max: number) {
  const items: T[] = [];
  const writers: (() => void)[] = [];
  let reader: (() => void) | undefined;

  return {
    /** Rejects with the signal's reason when that aborts while it waits; the item is then not in. */
    async push(item: T, signal: AbortSignal): Promise<void> {
      while (items.length >= max) await once((wake) => writers.push(wake), signal);
      signal.throwIfAborted();
      items.push(item);
      reader?.();
    },
    /** Rejects with the signal's reason. */
    async next(signal: AbortSignal): Promise<T> {
      for (;;) {
        signal.throwIfAborted();
        const item = items.shift();
        if (item !== undefined) {
          writers.shift()?.();
          return item;
        }
        await once((wake) => {
          reader = wake;
        }, signal);
      }
    },
  };
}

function once(register: (wake: () => void) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    register(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
