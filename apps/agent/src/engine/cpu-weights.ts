import { label } from '@berth/domain/label';
import type { Engine } from '@berth/engine/engine';
import { isAbsent } from '@berth/engine/engine';
import { ndjson } from '@berth/engine/streams';
import type { Clock } from '@berth/runtime/clock';
import { backoffMs } from '@berth/runtime/retry';
import type { Log } from '../log.ts';

const backoff = { firstMs: 250, maxMs: 10_000, factor: 2 };

interface StartEvent {
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

/** The weight a task's label asks for, in the engine's CPU shares; undefined for none or nonsense. */
export function parseCpuWeight(labels: Readonly<Record<string, string>>): number | undefined {
  const weight = Number(labels[label.cpuWeight]);
  return Number.isInteger(weight) && weight >= 2 && weight <= 262_144 ? weight : undefined;
}

/**
 * Gives tasks their CPU weight: a Swarm service has no field for it, a container on its node has. Set when a
 * container starts; those that started while nobody listened are found when the events are heard again.
 */
export async function keepCpuWeights(options: {
  platform: string;
  engine: Engine;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { engine, clock, log, signal } = options;
  const labels = [`${label.platform}=${options.platform}`, label.cpuWeight];

  const weigh = async (id: string, of: Readonly<Record<string, string>>): Promise<void> => {
    const weight = parseCpuWeight(of);
    if (weight === undefined) return;
    try {
      await engine.updateContainer(id, { CpuShares: weight }, { signal });
    } catch (error) {
      // It has ended meanwhile.
      if (!isAbsent(error)) log.warn({ container: id.slice(0, 12), err: error }, 'no CPU weight set');
    }
  };

  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const events = await engine.events({
        filters: { type: ['container'], event: ['start'], label: labels },
        signal,
      });
      attempt = 1;
      for (const container of await engine.listContainers({ filters: { label: labels }, signal }))
        await weigh(container.Id, container.Labels);
      for await (const { Actor } of ndjson<StartEvent>(events))
        if (Actor?.ID !== undefined) await weigh(Actor.ID, Actor.Attributes ?? {});
    } catch (error) {
      if (signal.aborted) return;
      log.debug({ err: error }, 'events of the engine ended');
    }
    await clock.sleep(backoffMs(backoff, attempt), signal).catch(() => undefined);
  }
}
