import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { Builds } from '../builds/ports.ts';

/** How often images nobody keeps are looked for. */
const everyMs = 6 * 60 * 60_000;
/** The first time, long enough after the start that deployments under way have been resumed. */
const firstMs = 10 * 60_000;

/** Removes images of releases that are no longer kept. What is kept is asked anew each time. */
export function createImageGarbage(deps: {
  clock: Clock;
  log: Logger;
  builds: Pick<Builds, 'collectGarbage'>;
  keptImages(): Promise<ReadonlySet<string>>;
}) {
  const stop = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  async function pass(): Promise<void> {
    const images = await deps.keptImages();
    const keep = new Set([...images].map((image) => image.slice(image.indexOf('@') + 1)));
    const report = await deps.builds.collectGarbage({ keep, signal: stop.signal });
    deps.log.info(report, 'images collected');
  }

  async function forever(): Promise<void> {
    for (let pauseMs = firstMs; ; pauseMs = everyMs) {
      await deps.clock.sleep(pauseMs, stop.signal);
      await pass().catch((error: unknown) => {
        if (!stop.signal.aborted) deps.log.warn({ err: error }, 'images not collected; trying again later');
      });
    }
  }

  return {
    pass,
    start(): void {
      loop = forever().catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    },
    async close(): Promise<void> {
      stop.abort(new Error('shutdown'));
      await loop;
    },
  };
}
