import type { NodeFacts } from '@berth/contract/agent';
import type { NodeView } from '@berth/contract/nodes';
import type { ServiceSpec, SwarmNode, Task } from '@berth/engine/types';
import { isoTime } from '@berth/runtime/clock';
import type * as z from 'zod';

type View = z.input<typeof NodeView>;
export interface Reserved {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly tasks: number;
}

const nothing: Reserved = { cpus: 0, memoryBytes: 0, tasks: 0 };

/** What the running tasks of each node have been promised: their reservation, or else their limit. Pure. */
export function reservedByNode(
  tasks: readonly Pick<Task, 'NodeID' | 'Status' | 'Spec'>[],
): Map<string, Reserved> {
  const sums = new Map<string, Reserved>();
  for (const task of tasks) {
    if (task.NodeID === undefined || task.Status.State !== 'running') continue;
    const sum = sums.get(task.NodeID) ?? nothing;
    const promised = promiseOf(task.Spec.Resources);
    sums.set(task.NodeID, {
      cpus: sum.cpus + promised.cpus,
      memoryBytes: sum.memoryBytes + promised.memoryBytes,
      tasks: sum.tasks + 1,
    });
  }
  return sums;
}

function promiseOf(resources: ServiceSpec['TaskTemplate']['Resources']): Omit<Reserved, 'tasks'> {
  const { Reservations, Limits } = resources ?? {};
  const either = (x: number | undefined, y: number | undefined): number =>
    x !== undefined && x > 0 ? x : (y ?? 0);
  return {
    cpus: either(Reservations?.NanoCPUs, Limits?.NanoCPUs) / 1e9,
    memoryBytes: either(Reservations?.MemoryBytes, Limits?.MemoryBytes),
  };
}

/** A node as its agent describes it; without an agent, as Swarm does. Pure. */
export function viewNode(node: {
  readonly id: string;
  readonly facts: NodeFacts | undefined;
  readonly swarm: SwarmNode | undefined;
  readonly reserved: Reserved | undefined;
  readonly nowMs: number;
}): View {
  const { facts, swarm } = node;
  const { tasks, ...reserved } = node.reserved ?? nothing;
  const isManager = facts?.swarm.isManager ?? swarm?.Spec.Role === 'manager';
  return {
    id: node.id,
    name: facts?.name ?? swarm?.Description.Hostname ?? node.id,
    role: isManager ? 'manager' : 'worker',
    connected: facts !== undefined,
    address: facts?.addresses[0] ?? swarm?.Status.Addr ?? '',
    engineVersion: facts?.engineVersion ?? swarm?.Description.Engine.EngineVersion ?? '',
    os: facts?.os ?? '',
    kernel: facts?.kernel ?? '',
    storageDriver: facts?.storageDriver ?? '',
    security: facts?.security ?? [],
    allow: facts?.allow ?? [],
    cpus: facts?.cpus ?? (swarm?.Description.Resources.NanoCPUs ?? 0) / 1e9,
    memoryBytes: facts?.memoryBytes ?? swarm?.Description.Resources.MemoryBytes ?? 0,
    reserved,
    ...(facts?.used === undefined ? {} : { used: facts.used }),
    ...(facts === undefined ? {} : { diskBytesFree: facts.diskBytesFree }),
    ...(facts?.diskBytes === undefined ? {} : { diskBytes: facts.diskBytes }),
    tasks,
    observedAt: isoTime(node.nowMs),
  };
}
