import { label } from '@berth/domain/label';
import { followContainers } from '@berth/engine/container-events';
import { isAbsent } from '@berth/engine/engine';
import { readEntries } from '@berth/engine/log-entries';
import { EngineStatusError } from '@berth/engine/transport';
import type { Keeper } from '../keeper.ts';
import { archiveLimits, type LogArchive } from './archive.ts';

const sweepMs = 3_600_000;

type Labels = Readonly<Record<string, string>>;

/** A task's container, from its labels and name (`<service>.<slot>.<task>`); undefined for other containers. */
export function taskOf(id: string, name: string, labels: Labels) {
  const app = labels[label.app];
  const service = labels[label.service];
  const task = labels['com.docker.swarm.task.id'];
  if (app === undefined || service === undefined || task === undefined) return undefined;
  if (labels[label.purpose] !== undefined) return undefined;
  return {
    app,
    container: id.slice(0, 12),
    service,
    release: Number(labels[label.release]) || 0,
    slot: Number(name.replace(/^\//, '').split('.')[1]) || 0,
    task,
  };
}

/**
 * Keeps the log of each task that ends. INVARIANT: nothing is read while a task runs. Swarm removes a container
 * right after it stopped it, and tells it to stop first: from that event (`kill`) on its log is followed to its
 * end, which the engine serves also while it removes it. A task that ends by itself is read when it has ended;
 * those that ended while nobody listened, when they are found.
 */
export async function keepLogs(
  options: Keeper & {
    archive: LogArchive;
  },
): Promise<void> {
  const { archive, engine, clock, log, signal } = options;
  const labels = [`${label.platform}=${options.platform}`, label.app];
  const reading = new Map<string, Promise<void>>();

  async function capture(id: string, name: string, of: Labels): Promise<void> {
    const task = taskOf(id, name, of);
    if (task === undefined) return;
    const { app, ...rest } = task;
    try {
      // Asked for at once: a moment later the container may be gone.
      const [body, isKept] = await Promise.all([
        engine.containerLogs(id, { follow: true, timestamps: true, tail: archiveLimits.linesMax, signal }),
        archive.isKept(app, task.container),
      ]);
      if (isKept) return void body.destroy();
      await archive.keep(app, rest, readEntries(body));
    } catch (error) {
      // Gone already, or a driver whose logs cannot be read.
      if (isAbsent(error) || error instanceof EngineStatusError || signal.aborted) return;
      log.warn({ container: task.container, err: error }, 'the log of a task was not kept');
    }
  }

  const begin = (id: string, name: string, of: Labels): void => {
    if (reading.has(id)) return;
    const work = capture(id, name, of).finally(() => reading.delete(id));
    reading.set(id, work);
  };

  const sweeping = (async () => {
    while (!signal.aborted) {
      await archive.sweep().catch((error: unknown) => log.warn({ err: error }, 'kept logs were not swept'));
      await clock.sleep(sweepMs, signal).catch(() => undefined);
    }
  })();

  await archive.start();
  await followContainers({
    engine,
    clock,
    signal,
    labels,
    events: ['kill', 'die'],
    status: ['exited', 'dead'],
    see: ({ id, name, labels: of }) => begin(id, name, of),
    broken: (error) => log.debug({ err: error }, 'events of the engine ended'),
  });
  await Promise.allSettled([sweeping, ...reading.values()]);
}
