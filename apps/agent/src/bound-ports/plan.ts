import { type BoundPort, printEndpoint } from '@berth/domain/bound-port';
import type { RelayTarget } from '@berth/runtime/relay-targets';

/** A running task with ports bound to addresses of the node. */
export interface BoundTask {
  /** Its Swarm service: tasks of one share what comes. */
  readonly run: string;
  /** A release has switched to it. */
  readonly isLeading: boolean;
  /** Address the node reaches it at. */
  readonly host: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** The engine's health check has succeeded, or there is none. */
  readonly isHealthy: boolean;
  readonly ports: readonly BoundPort[];
  /** Clients its ports are open for; undefined: any. */
  readonly allowFrom?: readonly string[];
}

/** A port to be open, and where it leads: groups in order of preference. */
export interface Opening extends Pick<BoundPort, 'address' | 'port' | 'protocol'> {
  readonly groups: readonly (readonly RelayTarget[])[];
  /** As the tasks that are first say. */
  readonly allowFrom?: readonly string[];
}

export const openingKey = ({ address, port, protocol }: Omit<Opening, 'groups' | 'allowFrom'>): string =>
  `${printEndpoint(port, address)}/${protocol}`;

/**
 * What is to be open, and to whom it leads. Healthy tasks come first, and of them those of the run a release has
 * switched to, so that all its services switch at once; where that is not known, those of the oldest. Pure.
 */
export function planOpenings(tasks: readonly BoundTask[]): Opening[] {
  const openings = new Map<string, { port: BoundPort; tasks: (BoundTask & { target: number })[] }>();
  for (const task of tasks)
    for (const port of task.ports) {
      const key = openingKey(port);
      const known = openings.get(key) ?? { port, tasks: [] };
      known.tasks.push({ ...task, target: port.target });
      openings.set(key, known);
    }
  return [...openings.values()].map(({ port: { address, port, protocol }, tasks: of }) => {
    const groups = [true, false].flatMap((isHealthy) =>
      groupsOf(of.filter((task) => task.isHealthy === isHealthy)),
    );
    const allowFrom = groups[0]?.[0]?.allowFrom;
    return {
      address,
      port,
      protocol,
      groups: groups.map((group) => group.map(({ host, target }) => ({ host, port: target }))),
      ...(allowFrom === undefined ? {} : { allowFrom }),
    };
  });
}

type Targeted = BoundTask & { target: number };

function groupsOf(tasks: readonly Targeted[]): Targeted[][] {
  const byRun = Map.groupBy(tasks, ({ run }) => run);
  const ageOf = (of: readonly BoundTask[]) => Math.min(...of.map(({ createdAt }) => createdAt));
  const follows = (of: readonly BoundTask[]) => (of.some(({ isLeading }) => isLeading) ? 0 : 1);
  return [...byRun.values()].sort((one, other) => follows(one) - follows(other) || ageOf(one) - ageOf(other));
}
