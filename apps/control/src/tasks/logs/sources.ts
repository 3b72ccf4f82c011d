import { label } from '@berth/domain/label';
import type { Filters } from '@berth/engine/engine';
import type { Entry } from '@berth/engine/log-entries';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { NodeLink, Nodes } from '../../nodes/ports.ts';
import type { Budget } from './budget.ts';
import { startOf } from './position.ts';

export interface LogsDependencies {
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of logs followed. */
  readonly budget: Budget;
}

/** The log of one task. */
export interface LogSource {
  readonly containerId: string;
  readonly service: string;
  readonly task: string;
  readonly slot: number;
  readonly release: number;
  readonly node: string;
  readonly isRunning: boolean;
}

export interface SourcedEntry extends Entry {
  readonly source: LogSource;
}

export interface LogsOf {
  readonly platform: string;
  readonly app: string;
  /** Releases before this one were of removed apps of the name. */
  readonly firstRelease: number;
  /** Undefined: all services. */
  readonly service: string | undefined;
}

export const sourceFilters = (of: LogsOf): Filters => ({
  label: [
    `${label.platform}=${of.platform}`,
    `${label.app}=${of.app}`,
    ...(of.service === undefined ? [] : [`${label.service}=${of.service}`]),
  ],
});

/** The tasks' containers a node has, ended ones included, the newest first. */
export async function listSources(
  { engine, name: node }: Pick<NodeLink, 'engine' | 'name'>,
  of: LogsOf,
  signal: AbortSignal,
): Promise<LogSource[]> {
  const found = await engine.listContainers({ all: true, filters: sourceFilters(of), signal });
  return found
    .sort((x, y) => y.Created - x.Created)
    .map((one) =>
      toSource({
        id: one.Id,
        name: one.Names[0] ?? '',
        labels: one.Labels,
        node,
        isRunning: one.State === 'running',
      }),
    )
    .filter((source) => source !== undefined);
}

/** A container as a source; undefined for hooks and one-offs, which are no tasks. */
export function toSource(container: {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  readonly isRunning: boolean;
}): LogSource | undefined {
  const { labels } = container;
  if (labels[label.purpose] !== undefined) return undefined;
  // Swarm names a task's container `<service>.<slot>.<task id>`.
  const [, slot, task] = container.name.replace(/^\//, '').split('.');
  if (slot === undefined || task === undefined) return undefined;
  return {
    containerId: container.id,
    service: labels[label.service] ?? '',
    task: labels['com.docker.swarm.task.id'] ?? task,
    slot: Number(slot) || 0,
    release: Number(labels[label.release]) || 0,
    node: container.node,
    isRunning: container.isRunning,
  };
}

/** A line in the place of a log that cannot be read, as with the driver `none`. */
export function unreadable(because: string, source: LogSource, nowMs: number): SourcedEntry {
  const text = `berth: this log cannot be read: ${because}`;
  return { stamp: startOf(nowMs).stamp, stream: 'stderr', text, source };
}
