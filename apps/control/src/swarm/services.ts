import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import { type Engine, isAbsent, isConflict, type RegistryAuth } from '@berth/engine/engine';
import { replicasOf, withReplicas } from '@berth/engine/replicas';
import { EngineStatusError } from '@berth/engine/transport';
import type { Service, ServiceSpec, Task } from '@berth/engine/types';
import type { Nodes } from '../nodes/ports.ts';
import { withOwnDelay } from './restart-delay.ts';

type Options = { readonly signal?: AbortSignal };

/** Makes the service unless one of its name is there already. */
export async function ensureService(
  engine: Engine,
  spec: ServiceSpec,
  auth: RegistryAuth | undefined,
  options: Options = {},
): Promise<void> {
  try {
    await engine.createService(spec, { auth, ...options });
  } catch (error) {
    if (!isConflict(error)) throw error;
    const owner = (await engine.inspectService(spec.Name, options)).Spec.Labels[label.platform];
    if (owner === spec.Labels[label.platform]) return;
    throw refuse(
      'conflict',
      `The engine has a service "${spec.Name}" already that ${owner === undefined ? 'Berth did not make' : `belongs to the platform ${owner}`}.`,
    );
  }
}

export async function findService(
  engine: Engine,
  name: string,
  options: Options = {},
): Promise<Service | undefined> {
  try {
    return await engine.inspectService(name, options);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * Sets the replicas of a service; one of a task per node has none (0) or its own. Absent is `absent`, not an
 * error: the caller decides what that means.
 */
export async function scaleService(
  engine: Engine,
  name: string,
  replicas: number,
  options: Options = {},
): Promise<'scaled' | 'already' | 'absent'> {
  for (;;) {
    const service = await findService(engine, name, options);
    if (service === undefined) return 'absent';
    // No task is there, or will be: a delay that grew while tasks failed is forgotten.
    const isIdle = replicas === 0 || replicasOf(service.Spec) === 0;
    const spec = withReplicas(isIdle ? withOwnDelay(service.Spec) : service.Spec, replicas);
    if (spec === undefined) return 'already';
    try {
      await engine.updateService(service.ID, service.Version.Index, spec, options);
      return 'scaled';
    } catch (error) {
      // Somebody wrote in between, or removed it: look again.
      if (!isOutOfSequence(error) && !isAbsent(error)) throw error;
    }
  }
}

/** Somebody changed the service since it was read. */
export const isOutOfSequence = (error: unknown): boolean =>
  error instanceof EngineStatusError && error.engineMessage.includes('update out of sequence');

/**
 * Removes a service with the containers of its tasks that have ended: Swarm takes those of a job for history and
 * leaves them for ever.
 */
export async function removeService(
  nodes: Pick<Nodes, 'list' | 'manager'>,
  name: string,
  options: Options = {},
): Promise<void> {
  const { engine } = await nodes.manager(options);
  const mode = (await findService(engine, name, options))?.Spec.Mode;
  await unlessGone(engine.removeService(name, options));
  const isJob = mode?.ReplicatedJob !== undefined || mode?.GlobalJob !== undefined;
  for (const node of nodes.list()) {
    const filters = {
      label: [`com.docker.swarm.service.name=${name}`],
      // Swarm stops the tasks of a service that goes, but not those of a job.
      ...(isJob ? {} : { status: ['exited', 'dead'] }),
    };
    for (const { Id, State } of await node.engine.listContainers({ all: true, filters, ...options })) {
      if (State === 'running') await unlessGone(node.engine.stopContainer(Id, options));
      await unlessGone(node.engine.removeContainer(Id, { force: true, ...options }));
    }
  }
}

/** Gone, or being removed at the same moment, is as good. */
async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isAbsent(error) && !isConflict(error)) throw error;
  }
}

export async function listTasksOf(engine: Engine, service: string, options: Options = {}): Promise<Task[]> {
  try {
    return await engine.listTasks({ filters: { service: [service] }, ...options });
  } catch (error) {
    // Swarm answers 404 for a filter that names no service.
    if (isAbsent(error)) return [];
    throw error;
  }
}

export async function removeNetwork(
  engine: Engine,
  name: string,
  options: Options = {},
): Promise<'removed' | 'absent' | 'in-use'> {
  try {
    await engine.removeNetwork(name, options);
    return 'removed';
  } catch (error) {
    if (isAbsent(error)) return 'absent';
    // Swarm has removed it, and this node still knows its name.
    if (error instanceof EngineStatusError && error.status === 500 && /not found/.test(error.engineMessage))
      return 'absent';
    if (
      error instanceof EngineStatusError &&
      (error.status === 403 || error.status === 409 || error.status === 400)
    )
      return 'in-use';
    throw error;
  }
}

/** Swarm tells none of the network of the node. */
export const addressesOf = (task: Task): string[] =>
  (task.NetworksAttachments ?? []).flatMap((attachment) =>
    (attachment.Addresses ?? []).map((address) => address.split('/')[0] ?? address),
  );

/** Newest first in each slot. */
export const isGone = (task: Task): boolean =>
  ['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'].includes(task.Status.State);
