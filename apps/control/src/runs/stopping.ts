import { levelsOf } from '@berth/domain/order';
import type { Run } from '@berth/domain/run';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import { isGone, listTasksOf, scaleService } from '../swarm/services.ts';

/** How often Swarm is asked whether tasks are gone. */
const lookMs = 250;

/**
 * Stops the tasks of runs, each after those that depend on it: what is needed by a task that still ends what it
 * has is there until then. Resolves when the last are asked to stop.
 */
export async function stopInReverse(
  engine: Engine,
  runs: readonly Run[],
  options: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const { clock, signal } = options;
  const levels = levelsOf(runs).reverse();
  for (const [index, level] of levels.entries()) {
    for (const run of level) await scaleService(engine, run.name, 0, { signal });
    if (index === levels.length - 1) return;
    for (const run of level) await gone(engine, run.name, { clock, signal });
  }
}

/** Resolves when no task of a service is left running. */
export async function gone(
  engine: Engine,
  name: string,
  options: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const look = async () =>
    (await listTasksOf(engine, name, { signal: options.signal })).every(isGone) ? true : undefined;
  await until(look, { ...options, everyMs: lookMs });
}
