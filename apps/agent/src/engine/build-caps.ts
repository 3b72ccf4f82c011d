import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Log } from '../log.ts';
import { buildCpuShares } from './policy/images.ts';

export interface BuildLimits {
  readonly memoryBytesMax: number;
  readonly cpusMax: number;
}

/** One value in one file of the cgroup tree, below its root. */
export interface CgroupWrite {
  readonly file: string;
  readonly value: string;
  /** The kernel may be built without it (swap accounting): then nothing is lost but that. */
  readonly isOptional?: boolean;
}

const periodMicros = 100_000;
const pidsMax = 4_096;

/**
 * The engine's API takes no caps for BuildKit's containers; they land in a cgroup of their own (see
 * docs/builds-cgroups.md), whose limits hold for all builds together. Pure.
 */
export function planBuildCaps(
  limits: BuildLimits,
  cgroup: { version: '1' | '2'; directory: string },
): readonly CgroupWrite[] {
  const memory = String(limits.memoryBytesMax);
  const quota = String(Math.max(1_000, Math.round(limits.cpusMax * periodMicros)));
  const { directory } = cgroup;
  if (cgroup.version === '2') {
    const weight = Math.max(1, Math.round(1 + ((buildCpuShares - 2) * 9_999) / 262_142));
    return [
      { file: join(directory, 'memory.max'), value: memory },
      { file: join(directory, 'memory.swap.max'), value: '0', isOptional: true },
      { file: join(directory, 'cpu.max'), value: `${quota} ${periodMicros}` },
      { file: join(directory, 'cpu.weight'), value: String(weight) },
      { file: join(directory, 'pids.max'), value: String(pidsMax) },
    ];
  }
  return [
    { file: join('memory', directory, 'memory.limit_in_bytes'), value: memory },
    { file: join('memory', directory, 'memory.memsw.limit_in_bytes'), value: memory, isOptional: true },
    { file: join('cpu', directory, 'cpu.cfs_period_us'), value: String(periodMicros) },
    { file: join('cpu', directory, 'cpu.cfs_quota_us'), value: quota },
    { file: join('cpu', directory, 'cpu.shares'), value: String(buildCpuShares) },
    { file: join('pids', directory, 'pids.max'), value: String(pidsMax) },
  ];
}

const ignoreExisting = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

/** With the cgroupfs driver all of BuildKit's containers share this parent. */
const sharedParent = 'docker/buildkit';
/** With systemd each has a scope of its own; containers of the engine have 64 hexadecimal digits instead. */
const buildScope = /^docker-[a-z0-9]{25}\.scope$/;
const systemdSlice = 'system.slice';
const scopeLookMs = 250;

/** Holds BuildKit's containers to the limits. Where it may not, it says so once, and builds go on without. */
export function createBuildCaps(options: {
  limits: BuildLimits;
  engine: Engine;
  clock: Clock;
  log: Log;
  root?: string;
}): { hold(signal: AbortSignal): Promise<void> } {
  const { limits, engine, clock, log, root = '/sys/fs/cgroup' } = options;
  let isTold = false;
  let facts: Promise<{ version: '1' | '2'; driver: string }> | undefined;

  const askFacts = async (signal: AbortSignal) => {
    const info = await engine.info({ signal });
    return {
      version: info.CgroupVersion === '2' ? ('2' as const) : ('1' as const),
      driver: info.CgroupDriver,
    };
  };

  async function write(writes: readonly CgroupWrite[]): Promise<void> {
    for (const { file, value, isOptional } of writes) {
      const path = join(root, file);
      try {
        // Only the last directory: its parents are the engine's, and are there since its first container.
        await mkdir(join(path, '..')).catch(ignoreExisting);
        await writeFile(path, value);
      } catch (error) {
        if (isOptional !== true) throw error;
      }
    }
  }

  /** Until the signal aborts: scopes appear with each step of a build. */
  async function watchScopes(version: '1' | '2', signal: AbortSignal): Promise<void> {
    const capped = new Set<string>();
    const parent = version === '2' ? join(root, systemdSlice) : join(root, 'memory', systemdSlice);
    while (!signal.aborted) {
      for (const name of await readdir(parent)) {
        if (!buildScope.test(name) || capped.has(name)) continue;
        capped.add(name);
        await write(planBuildCaps(limits, { version, directory: join(systemdSlice, name) })).catch(tell);
      }
      await clock.sleep(scopeLookMs, signal).catch(() => undefined);
    }
  }

  function tell(error: unknown): void {
    if (!isTold) log.warn({ err: error }, 'builds run without caps: the cgroup tree cannot be written');
    isTold = true;
  }

  return {
    /** Resolves when the build may start; scopes are followed until the signal aborts. */
    hold: async (signal) => {
      try {
        facts ??= askFacts(signal);
        const { version, driver } = await facts;
        if (driver === 'systemd') watchScopes(version, signal).catch(tell);
        else await write(planBuildCaps(limits, { version, directory: sharedParent }));
      } catch (error) {
        facts = undefined;
        tell(error);
      }
    },
  };
}
