import { label } from '@berth/domain/label';
import { ndjson } from '@berth/engine/streams';
import { backoffMs } from '@berth/runtime/retry';
import type { Keeper } from '../keeper.ts';
import { edgeName } from './container.ts';
import type { Edge } from './edge.ts';

interface ContainerEvent {
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
}

const lookEveryMs = 15_000;
const backoff = { firstMs: 250, maxMs: 10_000, factor: 2 };

/**
 * Keeps the edge running and equal to its files, with or without control: after each start, stop or
 * disappearance of its container that the engine tells of, and every 15 s whatever it tells. Its servers are
 * looked at when a task here starts or ends; the DNS says what is true.
 */
export function keepEdge(
  options: Keeper & {
    edge: Edge;
  },
): Promise<void> {
  const { edge, engine, clock, log, signal } = options;
  let wake = Promise.withResolvers<void>();
  const rouse = (): void => wake.resolve();

  const listen = async (): Promise<void> => {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const body = await engine.events({
          filters: {
            type: ['container'],
            label: [`${label.platform}=${options.platform}`],
            event: ['start', 'die', 'destroy'],
          },
          signal,
        });
        attempt = 1;
        rouse();
        for await (const { Actor } of ndjson<ContainerEvent>(body)) {
          if (Actor?.Attributes?.name === edgeName(options.platform)) rouse();
          else edge.rouse();
        }
      } catch (error) {
        if (signal.aborted) return;
        log.debug({ err: error }, 'events of the engine ended');
      }
      await clock.sleep(backoffMs(backoff, attempt), signal).catch(() => undefined);
    }
  };

  const settle = async (): Promise<void> => {
    let isStarted = false;
    for (let failures = 0; !signal.aborted; ) {
      // Renewed before the look, so that what happens during it is looked at again.
      wake = Promise.withResolvers();
      try {
        await (isStarted ? edge.settle(signal) : edge.start(signal));
        if (failures > 0) log.info('the edge runs again');
        isStarted = true;
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        if (failures === 1 || failures % 20 === 0)
          log.error({ err: error, failures }, 'the edge is not as it should be');
      }
      const pause = clock.sleep(failures === 0 ? lookEveryMs : backoffMs(backoff, failures), signal);
      await Promise.race([pause, wake.promise]).catch(() => undefined);
    }
  };
  return Promise.all([listen(), settle(), edge.attend(signal)]).then(() => undefined);
}
