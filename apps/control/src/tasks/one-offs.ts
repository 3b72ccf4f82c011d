import { label } from '@berth/domain/label';
import { type Engine, isAbsent } from '@berth/engine/engine';
import type { Logger } from 'pino';
import type { NodeLink, Nodes } from '../nodes/ports.ts';

/**
 * Containers of `berth run`. INVARIANT: one exists only while its session does: the session removes it, and
 * what a crash or a lost agent left is removed when the agent connects next.
 */
export interface OneOffs {
  /** While held, a container of this name is not swept. */
  hold(name: string): void;
  release(name: string): void;
  isHeld(name: string): boolean;
  /** Sweeps the nodes that are connected and those that connect later, until `stop`. */
  start(): void;
  stop(): void;
}

export function createOneOffs(deps: { nodes: Nodes; platform: string; log: Logger }): OneOffs {
  const held = new Set<string>();
  let unsubscribe: (() => void) | undefined;
  const isHeld = (name: string) => held.has(name);
  const sweep = (link: NodeLink) => {
    sweepOneOffs(link, { platform: deps.platform, isHeld }).then(
      (removed) => {
        if (removed > 0) deps.log.info({ node: link.name, removed }, 'removed one-offs left behind');
      },
      (error: unknown) => deps.log.warn({ node: link.name, err: error }, 'one-offs were not swept'),
    );
  };
  return {
    hold: (name) => void held.add(name),
    release: (name) => void held.delete(name),
    isHeld,
    start() {
      unsubscribe = deps.nodes.onChange((event) => {
        const link = event.kind === 'connected' ? deps.nodes.find(event.id) : undefined;
        if (link !== undefined) sweep(link);
      });
      for (const link of deps.nodes.list()) sweep(link);
    },
    stop: () => unsubscribe?.(),
  };
}

const sweepMs = 60_000;

/** Removes the one-off containers of a node that no session holds; gives how many. */
export async function sweepOneOffs(
  { engine, memory }: Pick<NodeLink, 'engine' | 'memory'>,
  options: { readonly platform: string; readonly isHeld: (name: string) => boolean },
): Promise<number> {
  const signal = AbortSignal.timeout(sweepMs);
  const found = await engine.listContainers({
    all: true,
    filters: { label: [`${label.platform}=${options.platform}`, `${label.purpose}=one-off`] },
    signal,
  });
  const left = found.filter(({ Names }) => !Names.some((name) => options.isHeld(name.replace(/^\//, ''))));
  for (const { Id, Names } of left) {
    await removeContainer(engine, Id, signal);
    for (const name of Names) await memory.remove(name.replace(/^\//, ''), signal);
  }
  return left.length;
}

/** Removes a container with its anonymous volumes, running or not; one that is gone is fine. */
export async function removeContainer(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  try {
    await engine.removeContainer(id, { force: true, volumes: true, signal });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
