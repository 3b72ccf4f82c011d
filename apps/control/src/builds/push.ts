import { type AppError, refuse } from '@berth/contract/errors';
import type { Engine } from '@berth/engine/engine';
import { pushOnce } from '@berth/engine/push';
import type { Clock } from '@berth/runtime/clock';
import { backoffMs } from '@berth/runtime/retry';
import { translateLoss } from './lost.ts';
import type { RegistryAccess } from './registry-client.ts';

export interface PushOptions {
  readonly registry: RegistryAccess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: { done: number; of: number }) => void;
}

const attemptsMax = 6;
const backoff = { firstMs: 500, maxMs: 4_000, factor: 2 } as const;

/**
 * Pushes `repository:tag` to the platform's registry and gives the digest it has there. A registry that is
 * just restarting is tried again; what it refuses is not.
 */
export async function pushImage(
  engine: Engine,
  image: { repository: string; tag: string },
  options: PushOptions,
): Promise<string> {
  const { registry, signal, onProgress } = options;
  const auth = {
    username: registry.username,
    password: registry.password.reveal(),
    serveraddress: registry.address,
  };
  for (let attempt = 1; ; attempt++) {
    const result = await pushOnce(engine, image, { auth, signal, onProgress }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw translateLoss(cause, 'the push');
    });
    if (result.kind === 'pushed') return result.digest;
    if (attempt >= attemptsMax || !isTransient(result.because)) throw explain(image, result.because);
    await options.clock.sleep(backoffMs(backoff, attempt), signal);
  }
}

const isTransient = (because: string): boolean =>
  /connection refused|connection reset|EOF|i\/o timeout|no such host|unexpected HTTP status: 5\d\d|without a digest|received unexpected HTTP status/i.test(
    because,
  );

function explain(image: { repository: string; tag: string }, because: string): AppError {
  if (isDiskFull(because))
    return refuse('disk_full', `The registry has no room for ${image.repository}: ${because}.`);
  if (isTransient(because))
    return refuse('engine_unreachable', `The registry does not take ${image.repository}: ${because}.`);
  return refuse('engine_refused', `${image.repository} could not be pushed to the registry: ${because}.`);
}

/** How the kernel, the engine and the registry say it. */
export function isDiskFull(text: string): boolean {
  return /no space left on device|disk quota exceeded|ENOSPC/i.test(text);
}
