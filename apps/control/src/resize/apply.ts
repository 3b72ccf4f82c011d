import { refuse } from '@berth/contract/errors';
import { memorySwapFor, unlimitedBytes } from '@berth/domain/task-limits';
import type { Engine } from '@berth/engine/engine';
import { EngineStatusError } from '@berth/engine/transport';
import { usageOf } from '../tasks/inside/usage.ts';
import type { ChangedLimits } from './store.ts';

/** What a task was started with of memory and swap; empty where nothing was said of swap. */
export type MemoryBefore = Parameters<typeof memorySwapFor>[0];

/** Limits as the engine's update of a container names them. Pure. */
export function renderLimits(limits: ChangedLimits, before: MemoryBefore): Record<string, number> {
  const { memoryBytesMax, cpusMax, pidsMax } = limits;
  return {
    // Both at once: the engine keeps the one within the other.
    ...(memoryBytesMax === undefined ? {} : memoryOf(memoryBytesMax, before)),
    ...(cpusMax === undefined ? {} : { NanoCpus: Math.round(cpusMax * 1e9) }),
    ...(pidsMax === undefined ? {} : { PidsLimit: pidsMax }),
  };
}

function memoryOf(memoryBytesMax: number, before: MemoryBefore): Record<string, number> {
  const swap = memorySwapFor(before, memoryBytesMax);
  return { Memory: memoryBytesMax, MemorySwap: swap === -1 ? unlimitedBytes : swap };
}

/** Sets the limits of a running container. Rejects with the engine's words; a container that is gone is 404. */
export async function applyLimits(
  engine: Engine,
  containerId: string,
  limits: ChangedLimits,
  before: MemoryBefore,
  signal: AbortSignal,
): Promise<void> {
  const update = renderLimits(limits, before);
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
