import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { Handlers } from '../http/handler.ts';
import { pageAfter } from '../http/page.ts';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import { keyOf, listPortOwners, type PortFacts } from './ports.ts';
import { reservedByNode, viewNode } from './view.ts';

export interface NodeDependencies {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly apps: { list(): Promise<PortFacts['apps']> };
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a node may take to answer before the list goes without its part. */
const askMs = 3_000;

/** Nodes and ports: what is there and who has it. Both answer without any agent, with less in them. */
export function nodeHandlers(deps: NodeDependencies): Pick<Handlers, 'listNodes' | 'listPorts'> {
  /** `otherwise` when the part does not answer: half a list says more than a refusal. */
  async function ask<T>(what: string, act: (signal: AbortSignal) => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await act(AbortSignal.timeout(askMs));
    } catch (error) {
      deps.log.debug({ err: error, what }, 'a part of the list is missing');
      return otherwise;
    }
  }
  const manager = (): NodeLink | undefined => deps.nodes.list().find((link) => link.facts().swarm.isManager);

  return {
    listNodes: async ({ query }) => {
      const links = deps.nodes.list();
      const engine = manager()?.engine;
      const [swarm, tasks] = await Promise.all([
        ask('nodes', async (signal) => engine?.listNodes({ signal }) ?? [], []),
        ask(
          'tasks',
          async (signal) => engine?.listTasks({ filters: { 'desired-state': ['running'] }, signal }) ?? [],
          [],
        ),
      ]);
      const reserved = reservedByNode(tasks);
      const ids = [...new Set([...links.map((link) => link.id), ...swarm.map((node) => node.ID)])].sort();
      const views = ids.map((id) =>
        viewNode({
          id,
          facts: links.find((link) => link.id === id)?.facts(),
          swarm: swarm.find((node) => node.ID === id),
          reserved: reserved.get(id),
          nowMs: deps.clock.now(),
        }),
      );
      return pageAfter(views, query, (view) => view.id);
    },

    listPorts: async ({ query }) => {
      const engine = manager()?.engine;
      const [apps, services, nodes] = await Promise.all([
        deps.apps.list(),
        ask('services', async (signal) => engine?.listServices({ signal }) ?? [], []),
        Promise.all(
          deps.nodes.list().map(async (link) => ({
            facts: link.facts(),
            containers: await ask('containers', (signal) => link.engine.listContainers({ signal }), []),
          })),
        ),
      ]);
      return pageAfter(listPortOwners({ platform: deps.platform, nodes, apps, services }), query, keyOf);
    },
  };
}
