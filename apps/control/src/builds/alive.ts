import type { Clock } from '@berth/runtime/clock';
import { formatBytes } from '@berth/source/walk';
import type { BuildHooks } from './ports.ts';

/** A watcher hears something at least this often. */
const aliveEveryMs = 5_000;

/** Sees to it that a watcher hears something at least every 5 s. */
export function keepAlive(hooks: BuildHooks, clock: Clock) {
  const end = new AbortController();
  let [current, far, since, lastEventAt] = ['starting', '', clock.now(), clock.now()];
  const beat = async () => {
    for (;;) {
      await clock.sleep(aliveEveryMs / 2, end.signal);
      if (clock.now() - lastEventAt < aliveEveryMs / 2) continue;
      lastEventAt = clock.now();
      hooks.onEvent({ kind: 'alive', text: `${current}${far}`, forMs: clock.now() - since });
    }
  };
  const beating = beat().catch((cause: unknown) => {
    if (!end.signal.aborted) throw cause;
  });
  return {
    onEvent: ((event) => {
      lastEventAt = clock.now();
      hooks.onEvent(event);
    }) as BuildHooks['onEvent'],
    at(text: string): void {
      if (text === current) return;
      [current, far, since] = [text, '', clock.now()];
    },
    /** How far it is with that. */
    bytes({ done, of }: { done: number; of: number }): void {
      far = `: ${formatBytes(done)} of ${formatBytes(of)}`;
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      await beating;
    },
  };
}
