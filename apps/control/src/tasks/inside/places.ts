import { posix } from 'node:path';
import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { Engine } from '@berth/engine/engine';
import type { Task } from '@berth/engine/types';
import type { NodeLink, Nodes } from '../../nodes/ports.ts';
import { containerOf, isJob, labelOf, orderTasks } from '../task-view.ts';

/** A running task and the way into it. */
export interface Place {
  readonly service: string;
  readonly slot: number;
  readonly task: string;
  readonly node: string;
  readonly containerId: string;
  readonly startedAt: string;
  /** Paths whose content is in memory: configs, secrets and tmpfs. The engine sees none of it from outside. */
  readonly inMemory: readonly string[];
  readonly engine: Engine;
}

export interface Which {
  readonly service?: string | undefined;
  readonly slot?: number | undefined;
}

/**
 * The running tasks that are meant, by service and slot. A task of a node whose agent is away is left out.
 * Refuses with `not_found` when none is meant, naming those that run. Pure.
 */
export function placesOf(
  tasks: readonly Task[],
  which: Which,
  find: (node: string) => NodeLink | undefined,
): Place[] {
  const all = orderTasks(tasks).flatMap((task): Place[] => {
    const containerId = containerOf(task);
    const link = find(task.NodeID ?? '');
    if (isJob(task) || task.Status.State !== 'running' || containerId === undefined || link === undefined)
      return [];
    return [
      {
        service: labelOf(task, label.service),
        slot: task.Slot ?? 0,
        task: task.ID,
        node: link.name,
        containerId,
        startedAt: task.Status.Timestamp,
        inMemory: inMemoryOf(task),
        engine: link.engine,
      },
    ];
  });
  const meant = all.filter(
    (place) =>
      (which.service === undefined || place.service === which.service) &&
      (which.slot === undefined || place.slot === which.slot),
  );
  if (meant.length > 0 || (which.service === undefined && which.slot === undefined)) return meant;
  const running = [...new Set(all.map((place) => `${place.service}.${place.slot}`))].join(', ');
  throw refuse(
    'not_found',
    `No task ${which.service ?? ''}${which.slot === undefined ? '' : `.${which.slot}`} is running; running: ${running || 'none'}.`,
  );
}

interface Delivered {
  readonly File?: { readonly Name?: string };
}

/** Pure. */
export function inMemoryOf({ Spec }: Task): string[] {
  const { Secrets = [], Configs = [], Mounts = [] } = Spec.ContainerSpec;
  return [
    ...(Secrets as readonly Delivered[]).map(({ File }) => below('/run/secrets', File?.Name)),
    ...(Configs as readonly Delivered[]).map(({ File }) => below('/', File?.Name)),
    ...Mounts.filter(({ Type }) => Type === 'tmpfs').map(({ Target }) => String(Target)),
  ];
}

const below = (home: string, name = ''): string => (name.startsWith('/') ? name : posix.join(home, name));

export async function findPlaces(
  deps: { readonly nodes: Nodes; readonly platform: string },
  app: string,
  which: Which,
  signal: AbortSignal,
): Promise<Place[]> {
  const { engine } = await deps.nodes.manager({ signal });
  const tasks = await engine.listTasks({
    filters: {
      label: [`${label.platform}=${deps.platform}`, `${label.app}=${app}`],
      'desired-state': ['running'],
    },
    signal,
  });
  return placesOf(tasks, which, deps.nodes.find);
}

export const placeView = ({ service, slot, task, node }: Place) => ({ service, slot, task, node });
