import { isAbsent } from '@berth/engine/engine';
import type { ContainerInspect, Task } from '@berth/engine/types';
import type { Logger } from 'pino';
import type { Nodes } from '../nodes/ports.ts';
import { isGone } from '../swarm/services.ts';
import { containerOf } from './task-view.ts';

/** How long a node may take to say how an ended task's container ended. */
const inspectMs = 3_000;

/** How the containers of ended tasks ended, by task, where the engine still has them. */
export async function endsOf(
  deps: { readonly nodes: Pick<Nodes, 'find'>; readonly log: Pick<Logger, 'debug'> },
  tasks: readonly Task[],
): Promise<Map<string, ContainerInspect['State']>> {
  const ends = new Map<string, ContainerInspect['State']>();
  await Promise.all(
    tasks.filter(isGone).map(async (task) => {
      const id = containerOf(task);
      const link = deps.nodes.find(task.NodeID ?? '');
      if (id === undefined || link === undefined) return;
      try {
        const { State } = await link.engine.inspectContainer(id, { signal: AbortSignal.timeout(inspectMs) });
        if (!State.Running) ends.set(task.ID, State);
      } catch (error) {
        // More than Swarm itself knows is a bonus: an agent that goes meanwhile costs only that.
        if (!isAbsent(error))
          deps.log.debug({ err: error, task: task.ID }, 'an ended task was not looked into');
      }
    }),
  );
  return ends;
}
