import { label } from '@berth/domain/label';
import { parseTaskLimits } from '@berth/domain/task-limits';
import { followContainers } from '@berth/engine/container-events';
import { isAbsent } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import { followEachNode } from '../nodes/each-node.ts';
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
  const labels = [`${label.platform}=${deps.platform}`, label.app, label.service];

  async function keep(
    link: NodeLink,
    id: string,
    of: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    if (of[label.purpose] !== undefined) return;
    const limits = (await deps.store.of(of[label.app] ?? '')).get(of[label.service] ?? '');
    if (limits === undefined) return;
    try {
      await applyLimits(link.engine, id, limits, parseTaskLimits(of[label.taskLimits]) ?? {}, signal);
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
      see: ({ id, labels: of }) => keep(link, id, of, signal),
      broken: (error) => deps.log.debug({ err: error, node: link.name }, 'events of an engine ended'),
    });

  return followEachNode(deps.nodes, listen);
}
