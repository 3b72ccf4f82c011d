import { AppError, errorTable } from '@berth/contract/errors';
import { RemoteError } from './problem.ts';

/** Delay before repeat number `repeat` (1 is the first), unless the server named one. */
export function repeatDelayMs(repeat: number, random: number): number {
  return Math.round(Math.min(2_000, 150 * 3 ** (repeat - 1)) * (0.8 + 0.4 * random));
}

/** May this failed attempt be repeated without doing something twice? */
export function mayRepeat(attempt: {
  method: string;
  isHarmlessTwice: boolean;
  bodyIsReplayable: boolean;
  error: AppError;
}): boolean {
  const isSafe = attempt.method === 'GET' || attempt.isHarmlessTwice;
  return isSafe && attempt.bodyIsReplayable && isPassing(attempt.error);
}

/** A fault of the moment: control is away or restarting. A deployment that runs is not one. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  if (error.code === 'control_unreachable' || error.code === 'shutting_down') return true;
  const status = error instanceof RemoteError ? error.status : errorTable[error.code].status;
  return (status === 429 || status === 503) && (!(error instanceof RemoteError) || error.retryable);
}

/** Resolves after `ms`; rejects with the signal's reason when aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
