import { type BoundPort, printEndpoint } from '@berth/domain/bound-port';
import type { RelayTarget } from '@berth/runtime/relay-targets';

/** A running task with ports bound to addresses of the node. */
export interface BoundTask {
  /** The release it runs, and which start of it: tasks of one share what comes. */
  readonly run: string;
  /** Address the node reaches it at. */
  readonly host: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** The engine's health check has succeeded, or there is none. */
  readonly isHealthy: boolean;
  readonly ports: readonly BoundPort[];
}

/** A port to be open, and where it leads: groups in order of preference. */
export interface Opening extends Pick<BoundPort, 'address' | 'port' | 'protocol'> {
  readonly groups: readonly (readonly RelayTarget[])[];
}

export const openingKey = ({ address, port, protocol }: Omit<Opening, 'groups'>): string =>
  `${printEndpoint(port, address)}/${protocol}`;

/**
 * What is to be open, and to whom it leads. Healthy tasks come first, and of them those of the oldest run: what
 * serves goes on serving until it is stopped, so that a release that is taken back has taken nothing over. Pure.
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
  return [...openings.values()].map(({ port: { address, port, protocol }, tasks: of }) => ({
    address,
    port,
    protocol,
    groups: [true, false].flatMap((isHealthy) => groupsOf(of.filter((task) => task.isHealthy === isHealthy))),
  }));
}

function groupsOf(tasks: readonly (BoundTask & { target: number })[]): RelayTarget[][] {
  const byRun = Map.groupBy(tasks, ({ run }) => run);
  const ageOf = (of: readonly BoundTask[]) => Math.min(...of.map(({ createdAt }) => createdAt));
  return [...byRun.values()]
    .sort((one, other) => ageOf(one) - ageOf(other))
    .map((of) => of.map(({ host, target }) => ({ host, port: target })));
}
