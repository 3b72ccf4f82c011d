import { backoffMs } from '@berth/runtime/retry';
import type { Keeper } from '../keeper.ts';
import type { Volumes } from './volumes.ts';

const backoff = { firstMs: 500, maxMs: 30_000, factor: 2 };

/**
 * Attaches the disks of size-limited volumes when the agent starts: after a reboot none is. Until then tasks
 * that mount one fail to start, and Swarm tries them again; none ever writes into an empty mount point.
 */
export async function keepVolumes(
  options: Pick<Keeper, 'clock' | 'log' | 'signal'> & { volumes: Pick<Volumes, 'attach' | 'sweep'> },
): Promise<void> {
  const { volumes, clock, log, signal } = options;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      await volumes.sweep(signal);
      await volumes.attach(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (attempt === 1 || attempt % 20 === 0)
        log.error({ err: error, attempt }, 'disks of volumes are not attached');
    }
    await clock.sleep(backoffMs(backoff, attempt), signal).catch(() => undefined);
  }
}
