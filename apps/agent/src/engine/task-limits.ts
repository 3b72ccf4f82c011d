import { label } from '@berth/domain/label';
import { parseTaskLimits, type TaskLimits, unlimitedBytes } from '@berth/domain/task-limits';
import { followContainers } from '@berth/engine/container-events';
import { isAbsent } from '@berth/engine/engine';
import type { Keeper } from '../keeper.ts';

/** Limits as the engine's update of a container names them. */
export function renderUpdate(limits: TaskLimits): Record<string, unknown> {
  const { cpuWeight, cpuset, memoryBytesMax, memoryBytesReserved, memorySwapBytesMax, blockIoWeight } =
    limits;
  return {
    ...(cpuWeight === undefined ? {} : { CpuShares: cpuWeight }),
    ...(cpuset === undefined ? {} : { CpusetCpus: cpuset }),
    ...(memoryBytesMax === undefined ? {} : { Memory: memoryBytesMax }),
    ...(memoryBytesReserved === undefined ? {} : { MemoryReservation: memoryBytesReserved }),
    ...(memorySwapBytesMax === undefined
      ? {}
      : { MemorySwap: memorySwapBytesMax === -1 ? unlimitedBytes : memorySwapBytesMax }),
    ...(blockIoWeight === undefined ? {} : { BlkioWeight: blockIoWeight }),
  };
}

/**
 * Gives tasks the limits a Swarm service has no field for, and a container on its node has. Set when a
 * container starts; those that started while nobody listened are found when the events are heard again.
 */
export async function keepTaskLimits(options: Keeper): Promise<void> {
  const { engine, clock, log, signal } = options;
  const labels = [`${label.platform}=${options.platform}`, label.taskLimits];

  const limit = async (id: string, of: Readonly<Record<string, string>>): Promise<void> => {
    const limits = parseTaskLimits(of[label.taskLimits]);
    if (limits === undefined) return;
    // One by one: where the node lacks one (a disk scheduler without weights), the others hold.
    for (const [key, value] of Object.entries(renderUpdate(limits))) {
      if (key === 'Memory') continue;
      // The engine takes a limit of swap only together with that of memory.
      const update =
        key === 'MemorySwap' ? { Memory: limits.memoryBytesMax, [key]: value } : { [key]: value };
      try {
        await engine.updateContainer(id, update, { signal });
      } catch (error) {
        // It has ended meanwhile.
        if (isAbsent(error)) return;
        log.warn({ container: id.slice(0, 12), limit: key, err: error }, 'a limit of a task was not set');
      }
    }
  };

  await followContainers({
    engine,
    clock,
    signal,
    labels,
    events: ['start'],
    see: ({ id, labels: of }) => limit(id, of),
    broken: (error) => log.debug({ err: error }, 'events of the engine ended'),
  });
}
