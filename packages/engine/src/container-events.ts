import type { Clock } from '@berth/runtime/clock';
import { backoffMs } from '@berth/runtime/retry';
import type { Engine } from './engine.ts';
import { ndjson } from './streams.ts';

const backoff = { firstMs: 250, maxMs: 10_000, factor: 2 };

/** How far the events go back before the list. */
const overlapMs = 1_000;

export interface SeenContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface ContainerEvent {
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

/**
 * Gives `see` the containers that are there, then each that has one of the events, for ever: when the events end
 * it looks at all again. The events are those since a moment before the list is asked for (the engine answers
 * before it listens), so none is missed in between; a container may be seen twice. Resolves when the signal aborts; rejects with nothing.
 */
export async function followContainers(options: {
  readonly engine: Pick<Engine, 'events' | 'listContainers'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly labels: readonly string[];
  readonly events: readonly string[];
  /** Of those listed. Undefined: those that run. */
  readonly status?: readonly string[];
  see(container: SeenContainer): Promise<void> | void;
  /** Told why it begins again. */
  broken(error: unknown): void;
}): Promise<void> {
  const { engine, clock, signal, labels, status } = options;
  const filters = { label: labels };
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const events = await engine.events({
        since: String(Math.floor((clock.now() - overlapMs) / 1000)),
        filters: { ...filters, type: ['container'], event: options.events },
        signal,
      });
      attempt = 1;
      const there = await engine.listContainers({
        ...(status === undefined ? {} : { all: true }),
        filters: { ...filters, ...(status === undefined ? {} : { status }) },
        signal,
      });
      for (const { Id, Names, Labels } of there)
        await options.see({ id: Id, name: Names[0] ?? '', labels: Labels });
      for await (const { Actor } of ndjson<ContainerEvent>(events)) {
        const { ID: id, Attributes: attributes = {} } = Actor ?? {};
        if (id !== undefined) await options.see({ id, name: attributes.name ?? '', labels: attributes });
      }
    } catch (error) {
      if (signal.aborted) return;
      options.broken(error);
    }
    await clock.sleep(backoffMs(backoff, attempt), signal).catch(() => undefined);
  }
}
