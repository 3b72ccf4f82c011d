import { type Resources, safeDefaults } from './service.ts';

/**
 * Limits of a running container that a Swarm service has no field for. They travel in a label of the task;
 * the agent of its node sets them when the container starts.
 */
export interface TaskLimits {
  /** Against other tasks of the node: twice the weight, twice the time. */
  readonly cpuWeight?: number;
  /** Like `0-1,3`. */
  readonly cpuset?: string;
  /** Without it the engine takes no limit of memory and swap. */
  readonly memoryBytesMax?: number;
  readonly memoryBytesReserved?: number;
  /** Memory and swap together; -1: no limit. */
  readonly memorySwapBytesMax?: number;
  readonly blockIoWeight?: number;
}

/** What of a service's resources the agent has to set; undefined when Swarm does it all. */
export function taskLimitsOf(resources: Resources): TaskLimits | undefined {
  const { cpuWeight, cpuset, memoryBytesReserved, memorySwapBytesMax, blockIoWeight } = resources;
  const limits: TaskLimits = {
    ...(cpuWeight === safeDefaults.resources.cpuWeight ? {} : { cpuWeight }),
    ...(cpuset === undefined ? {} : { cpuset }),
    ...(memoryBytesReserved === undefined ? {} : { memoryBytesReserved }),
    ...(memorySwapBytesMax === undefined
      ? {}
      : { memoryBytesMax: resources.memoryBytesMax, memorySwapBytesMax }),
    ...(blockIoWeight === undefined ? {} : { blockIoWeight }),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

/** More than any node has: the engine notes a -1 of a container that runs, and leaves its limit what it was. */
export const unlimitedBytes = Number.MAX_SAFE_INTEGER;

/**
 * Memory and swap together once the memory is another: as much swap as before; where nothing was said, as much as
 * memory, which is what the engine gives a new container.
 */
export function memorySwapFor(
  before: { readonly memoryBytesMax?: number; readonly memorySwapBytesMax?: number },
  memoryBytesMax: number,
): number {
  const { memoryBytesMax: memory, memorySwapBytesMax: both } = before;
  if (memory === undefined || both === undefined) return 2 * memoryBytesMax;
  return both === -1 ? -1 : memoryBytesMax + (both - memory);
}

const isIn = (min: number, max: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

/** Values the engine takes. */
const isLimit: Readonly<Record<keyof TaskLimits, (value: unknown) => boolean>> = {
  cpuWeight: isIn(2, 262_144),
  cpuset: (value) => typeof value === 'string' && cpusetPattern.test(value),
  memoryBytesMax: isIn(6 * 1024 * 1024, Number.MAX_SAFE_INTEGER),
  memoryBytesReserved: isIn(1, Number.MAX_SAFE_INTEGER),
  memorySwapBytesMax: isIn(-1, Number.MAX_SAFE_INTEGER),
  blockIoWeight: isIn(10, 1000),
};

/** Processors by number and range, as the kernel lists them. */
export const cpusetPattern = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;

/** Text of the label. */
export const printTaskLimits = (limits: TaskLimits): string => JSON.stringify(limits);

/** The label read back: what is no limit is left out, as anybody may have written it. */
export function parseTaskLimits(text: string | undefined): TaskLimits | undefined {
  if (text === undefined) return undefined;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return undefined;
  }
  if (typeof given !== 'object' || given === null) return undefined;
  const entries = Object.entries(given).filter(
    ([key, value]) => Object.hasOwn(isLimit, key) && isLimit[key as keyof TaskLimits](value),
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
