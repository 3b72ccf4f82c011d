import type { NodeLink, Nodes } from './ports.ts';

/**
 * Keeps `listen` running on each connected node, over its newest link only; what it rejects with ends it until
 * the node connects anew.
 */
export function followEachNode(
  nodes: Nodes,
  listen: (link: NodeLink, signal: AbortSignal) => Promise<void>,
): { start(): void; close(): Promise<void> } {
  const stop = new AbortController();
  const listening = new Map<string, AbortController>();
  const work = new Set<Promise<void>>();

  function follow(id: string): void {
    listening.get(id)?.abort();
    const link = nodes.find(id);
    if (link === undefined) return;
    const own = new AbortController();
    listening.set(id, own);
    const listener = listen(link, AbortSignal.any([stop.signal, own.signal])).catch(() => undefined);
    work.add(listener);
    void listener.finally(() => work.delete(listener));
  }

  let unsubscribe: () => void = () => undefined;
  return {
    start(): void {
      unsubscribe = nodes.onChange(({ id }) => follow(id));
      for (const { id } of nodes.list()) follow(id);
    },
    async close(): Promise<void> {
      unsubscribe();
      stop.abort(new Error('shutdown'));
      await Promise.allSettled(work);
    },
  };
}
