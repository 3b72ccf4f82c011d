import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { EventLog } from '../events/log.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { Volumes } from './volumes.ts';

const lookEveryMs = 10 * 60_000;

/** Empties the trash of what has been there for the grace period. A node that is away keeps its own. */
export function createVolumePurge(deps: {
  volumes: Pick<Volumes, 'store' | 'purge'>;
  nodes: Pick<Nodes, 'find'>;
  events: Pick<EventLog, 'append'>;
  clock: Clock;
  log: Logger;
}) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();

  async function purgeDue(): Promise<void> {
    for (const volume of await deps.volumes.store.list({ trash: true })) {
      if ((volume.removed?.purgeAt ?? Number.POSITIVE_INFINITY) > deps.clock.now()) continue;
      if (deps.nodes.find(volume.node) === undefined) continue;
      await deps.volumes.purge(volume, signal);
      await deps.events.append({
        kind: 'volume.purged',
        ...(volume.app === undefined ? {} : { app: volume.app }),
        text: `volume ${volume.name}: its time in the trash is over`,
        data: { volume: volume.name, id: volume.id },
      });
    }
  }
  async function loop(): Promise<void> {
    while (!signal.aborted) {
      await purgeDue().catch((error: unknown) => {
        if (!signal.aborted) deps.log.warn({ err: error }, 'the trash of volumes is emptied later');
      });
      await deps.clock.sleep(lookEveryMs, signal).catch(() => undefined);
    }
  }
  return {
    purgeDue,
    start: () => {
      running = loop();
    },
    async close(): Promise<void> {
      stopping.abort(new Error('control stops'));
      await running;
    },
  };
}
