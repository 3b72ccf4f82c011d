import { readFile } from 'node:fs/promises';
import type { NodeFacts } from '@berth/contract/agent';

type Used = NonNullable<NodeFacts['used']>;

/** Over less than this, a share says little. */
const windowMs = 5_000;

interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

/** Of the first line of /proc/stat, in ticks since the boot. Waiting for a disk is not work. Pure. */
export function parseCpuTimes(stat: string): CpuTimes {
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, steal = 0] = (
    /^cpu +(.*)$/m.exec(stat)?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  const busy = user + nice + system + irq + softIrq + steal;
  return { busy, all: busy + idle + wait };
}

/** Memory that could not be given to somebody at once. Pure. */
export function parseMemoryUsed(meminfo: string): number {
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  return Math.max(0, kilobytes('MemTotal') - kilobytes('MemAvailable')) * 1024;
}

/** What all of the node uses: CPU since it was asked before, memory now. The files of /proc are the host's. */
export function createUsage(
  read: (path: string) => Promise<string> = (path) => readFile(path, 'utf8'),
  now: () => number = Date.now,
): (cpus: number) => Promise<Used> {
  let before: { readonly at: number; readonly times: CpuTimes; readonly share: number } | undefined;
  return async (cpus) => {
    const [stat, meminfo] = await Promise.all([read('/proc/stat'), read('/proc/meminfo')]);
    const at = now();
    // The first time: since the boot.
    const last = before ?? { at: 0, times: { busy: 0, all: 0 }, share: 0 };
    if (at - last.at >= windowMs) {
      const times = parseCpuTimes(stat);
      const all = times.all - last.times.all;
      before = { at, times, share: all <= 0 ? last.share : (times.busy - last.times.busy) / all };
    }
    const share = before?.share ?? 0;
    return { cpus: Math.round(share * cpus * 100) / 100, memoryBytes: parseMemoryUsed(meminfo) };
  };
}
