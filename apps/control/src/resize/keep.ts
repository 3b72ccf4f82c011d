import { label } from '@berth/domain/label';
import { followContainers } from '@berth/engine/container-events';
import { isAbsent } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import { applyLimits } from './apply.ts';
import type { ResizeStore } from './store.ts';

/**
 * Gives tasks that Swarm starts anew the limits their service was resized to since its Swarm service was made:
 * an update of that would replace every task. What started while nobody listened is found when it is listened
 * again; each node is listened to over its newest link only.
 */
export function createResizeKeeper(deps: {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly store: Pick<ResizeStore, 'of'>;
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

  const listen = (link: NodeLink, signal: AbortSignal): Promise<void> =>
    followContainers({
      engine: link.engine,
      clock: deps.clock,
      signal,
      labels,
      events: ['start'],
      see: ({ id, labels: of }) => keep(link, id, of),
      broken: (error) => deps.log.debug({ err: error, node: link.name }, 'events of an engine ended'),
    });

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
