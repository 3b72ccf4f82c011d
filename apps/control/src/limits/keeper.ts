import type { ReachedLimit } from '@berth/contract/agent';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { EventLog } from '../events/log.ts';
import { followEachNode } from '../nodes/each-node.ts';
import type { NodeLink, Nodes } from '../nodes/ports.ts';

/** A bomb reaches its limit without end: it is one event in so long. */
const againMs = 10 * 60_000;
const shownMs = 10 * 60_000;
/** An agent of an earlier version has no such stream, and one that broke is opened again. */
const retryMs = 30_000;

/** Hears from each node which tasks reach their limit of processes, makes it an event, and remembers it for `berth ps`. */
export function createLimitKeeper(deps: {
  readonly nodes: Nodes;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'debug' | 'error'>;
}) {
  const { nodes, events, clock, log } = deps;
  /** By container, as the agents name it. */
  const reachedAt = new Map<string, number>();
  const toldAt = new Map<string, number>();

  async function note(link: NodeLink, reached: ReachedLimit): Promise<void> {
    const { app, service, slot, container, processesMax } = reached;
    const now = clock.now();
    for (const [id, at] of reachedAt) if (now - at > shownMs) reachedAt.delete(id);
    for (const [id, at] of toldAt) if (now - at > againMs) toldAt.delete(id);
    reachedAt.set(container, now);
    if (toldAt.has(container)) return;
    toldAt.set(container, now);
    await events.append({
      kind: 'task.process-limit',
      app,
      text: `${service}.${slot} reached its limit of ${processesMax} processes; it can start no more until some end`,
      data: { service, slot, container, node: link.id, processesMax },
    });
  }

  const listen = async (link: NodeLink, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        for await (const reached of link.limits.watch(signal)) await note(link, reached);
      } catch (error) {
        if (!signal.aborted) log.debug({ err: error, node: link.name }, 'reached limits are not heard of');
      }
      await clock.sleep(retryMs, signal).catch(() => undefined);
    }
  };

  return {
    ...followEachNode(nodes, listen),
    /** When a running container reached its limit last; undefined: not lately. */
    reachedAt(containerId: string): number | undefined {
      const at = reachedAt.get(containerId.slice(0, 12));
      return at === undefined || clock.now() - at > shownMs ? undefined : at;
    },
  };
}
