import { refuse } from '@berth/contract/errors';
import type { Engine } from '@berth/engine/engine';
import { EngineStatusError } from '@berth/engine/transport';
import { usageOf } from '../tasks/inside/usage.ts';
import type { ChangedLimits } from './store.ts';

/** Limits as the engine's update of a container names them. Pure. */
export function renderLimits(limits: ChangedLimits): Record<string, number> {
  const { memoryBytesMax, cpusMax, pidsMax } = limits;
  return {
    // Both at once: the engine keeps the one within the other, and tasks do not swap.
    ...(memoryBytesMax === undefined ? {} : { Memory: memoryBytesMax, MemorySwap: memoryBytesMax }),
    ...(cpusMax === undefined ? {} : { NanoCpus: Math.round(cpusMax * 1e9) }),
    ...(pidsMax === undefined ? {} : { PidsLimit: pidsMax }),
  };
}

/** Sets the limits of a running container. Rejects with the engine's words; a container that is gone is 404. */
export async function applyLimits(
  engine: Engine,
  containerId: string,
  limits: ChangedLimits,
  signal: AbortSignal,
): Promise<void> {
  const update = renderLimits(limits);
  if (Object.keys(update).length > 0) await engine.updateContainer(containerId, update, { signal });
}

/** Refuses a limit under what the task uses: the kernel would refuse it, or end the task. */
export async function checkRoom(
  task: {
    readonly engine: Engine;
    readonly containerId: string;
    readonly service: string;
    readonly slot: number;
  },
  limits: ChangedLimits,
  signal: AbortSignal,
): Promise<void> {
  const used = usageOf(await task.engine.containerStats(task.containerId, { signal }));
  const name = `${task.service}.${task.slot}`;
  const mebi = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
  if (limits.memoryBytesMax !== undefined && used.memoryBytes > limits.memoryBytesMax)
    throw refuse(
      'conflict',
      `${name} uses ${mebi(used.memoryBytes)} of memory, more than ${mebi(limits.memoryBytesMax)}. Deploy with the smaller limit, so that new tasks begin with it.`,
    );
  if (limits.pidsMax !== undefined && used.pids > limits.pidsMax)
    throw refuse('conflict', `${name} has ${used.pids} processes, more than ${limits.pidsMax}.`);
}

export const asRefusal = (error: unknown, task: { service: string; slot: number }): unknown =>
  error instanceof EngineStatusError && error.status >= 400
    ? refuse('engine_refused', `${task.service}.${task.slot} was not resized: ${error.engineMessage}`, {
        cause: error,
      })
    : error;
