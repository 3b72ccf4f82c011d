import { label } from '@berth/domain/label';
import { isAbsent } from '@berth/engine/engine';
import { ndjson } from '@berth/engine/streams';
import type { Clock } from '@berth/runtime/clock';
import { backoffMs } from '@berth/runtime/retry';
import type { Logger } from 'pino';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import { applyLimits } from './apply.ts';
import type { ResizeStore } from './store.ts';

const backoff = { firstMs: 250, maxMs: 10_000, factor: 2 };

interface StartEvent {
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

/**
 * Gives tasks that Swarm starts anew the limits their service was resized to since its Swarm service was made:
 * an update of that would replace every task. What started while nobody listened is found when it is listened
 * again; each node is listened to over its newest link only.
 */
export function createResizeKeeper(deps: {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly store: Pick<ResizeStore, 'of' | 'all'>;
  readonly clock: Clock;
  readonly log: Logger;
}) {
  const stop = new AbortController();
  const listening = new Map<string, AbortController>();
  const work = new Set<Promise<void>>();
  const labels = [`${label.platform}=${deps.platform}`, label.app, label.service];

  async function keep(link: NodeLink, id: string, of: Readonly<Record<string, string>>): Promise<void> {
    if (of[label.purpose] !== undefined) return;
    const limits = (await deps.store.of(of[label.app] ?? '')).get(of[label.service] ?? '');
    if (limits === undefined) return;
    try {
      await applyLimits(link.engine, id, limits, stop.signal);
    } catch (error) {
      if (!isAbsent(error))
        deps.log.warn({ container: id.slice(0, 12), err: error }, 'a resized limit was not set');
    }
  }

  async function listen(link: NodeLink, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const events = await link.engine.events({
          filters: { type: ['container'], event: ['start'], label: labels },
          signal,
        });
        attempt = 1;
        if ((await deps.store.all()).length > 0)
          for (const { Id, Labels } of await link.engine.listContainers({
            filters: { label: labels },
            signal,
          }))
            await keep(link, Id, Labels);
        for await (const { Actor } of ndjson<StartEvent>(events))
          if (Actor?.ID !== undefined) await keep(link, Actor.ID, Actor.Attributes ?? {});
      } catch (error) {
        if (signal.aborted) return;
        deps.log.debug({ err: error, node: link.name }, 'events of an engine ended');
      }
      await deps.clock.sleep(backoffMs(backoff, attempt), signal).catch(() => undefined);
    }
  }

  function follow(id: string): void {
    listening.get(id)?.abort();
    const link = deps.nodes.find(id);
    if (link === undefined) return;
    const own = new AbortController();
    listening.set(id, own);
    const listener = listen(link, AbortSignal.any([stop.signal, own.signal]));
    work.add(listener);
    void listener.finally(() => work.delete(listener));
  }

  let unsubscribe: () => void = () => undefined;
  return {
    start(): void {
      unsubscribe = deps.nodes.onChange(({ id }) => follow(id));
      for (const { id } of deps.nodes.list()) follow(id);
    },
    async close(): Promise<void> {
      unsubscribe();
      stop.abort(new Error('shutdown'));
      await Promise.allSettled(work);
    },
  };
}
