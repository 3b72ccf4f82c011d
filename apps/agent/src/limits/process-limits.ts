import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReachedLimit } from '@berth/contract/agent';
import { label } from '@berth/domain/label';
import { type Engine, isAbsent } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Log } from '../log.ts';
import { taskOf } from '../logs/keep.ts';

/** The kernel counts forks it refused, in a file per container; asking for all of them takes a millisecond. */
const lookMs = 5_000;
/** Kept for a control that is not connected. */
const heldMax = 100;

/** Where containers have their cgroups: of version 1 and 2, by the engine's own driver and by systemd's. */
const parents = ['pids/docker', 'pids/system.slice', 'docker', 'system.slice'];
const ofContainer = /^(?:docker-)?([0-9a-f]{64})(?:\.scope)?$/;

export type ProcessLimits = ReturnType<typeof createProcessLimits>;

/**
 * Tells when a task's processes reach their limit (a fork bomb, or a limit that is too low). INVARIANT: one
 * sweep for the whole node, whatever runs on it, and the engine is asked about a container only when its
 * counter has risen. What had been counted before the agent began is not told.
 */
export function createProcessLimits(options: {
  readonly platform: string;
  readonly engine: Pick<Engine, 'inspectContainer'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly root?: string;
}) {
  const { platform, engine, clock, log, root = '/sys/fs/cgroup' } = options;
  let counted: ReadonlyMap<string, number> | undefined;
  const listeners = new Set<(reached: ReachedLimit) => void>();
  const held: ReachedLimit[] = [];

  async function describe(id: string, times: number, signal: AbortSignal): Promise<ReachedLimit | undefined> {
    try {
      const { Name, Config, HostConfig } = await engine.inspectContainer(id, { signal });
      if (Config.Labels[label.platform] !== platform) return undefined;
      const task = taskOf(id, Name, Config.Labels);
      if (task === undefined) return undefined;
      const { app, service, slot, container } = task;
      const processesMax = Number(HostConfig.PidsLimit ?? 0);
      return { app, service, slot, container, processesMax, times, at: clock.now() };
    } catch (error) {
      // Gone, or of another engine on this machine.
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** One look at all containers. */
  async function look(signal: AbortSignal): Promise<void> {
    const now = countRefusals(root);
    const before = counted;
    counted = now;
    if (before === undefined) return;
    for (const [id, count] of now) {
      const times = count - (before.get(id) ?? 0);
      if (times <= 0) continue;
      const reached = await describe(id, times, signal);
      if (reached === undefined) continue;
      if (listeners.size > 0) for (const listener of listeners) listener(reached);
      else {
        held.push(reached);
        if (held.length > heldMax) held.shift();
      }
    }
  }

  return {
    look,
    /** Until aborted. */
    async run(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        await look(signal).catch((error: unknown) => {
          if (!signal.aborted) log.debug({ err: error }, 'limits of processes were not looked at');
        });
        await clock.sleep(lookMs, signal).catch(() => undefined);
      }
    },
    /** Told of each from now on, and at once of those nobody was there to hear. */
    listen(listener: (reached: ReachedLimit) => void): () => void {
      listeners.add(listener);
      for (const reached of held.splice(0)) listener(reached);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Forks the kernel has refused, by container. Read synchronously: the files are in the kernel's memory, and a
 * read of one costs 10 µs so, and 65 by way of other threads.
 */
export function countRefusals(root: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const parent of parents)
    for (const name of listOrNone(join(root, parent))) {
      const id = ofContainer.exec(name)?.[1];
      if (id === undefined || counts.has(id)) continue;
      const count = /^max (\d+)$/m.exec(readOrNone(join(root, parent, name, 'pids.events')))?.[1];
      if (count !== undefined) counts.set(id, Number(count));
    }
  return counts;
}

/** Only one of the parents is there, and containers come and go. */
function listOrNone(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readOrNone(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
