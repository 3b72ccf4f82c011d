import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { Nodes } from '../../nodes/ports.ts';
import type { Entry } from './lines.ts';
import type { LogSource } from './sources.ts';

export interface LogsDependencies {
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface SourcedEntry extends Entry {
  readonly source: LogSource;
}

/** Where the reading of a log stands: after `count` entries of the time `stamp`. */
export interface Position {
  readonly stamp: string;
  readonly count: number;
}

export const advance = (position: Position | undefined, entry: Entry): Position => ({
  stamp: entry.stamp,
  count: position?.stamp === entry.stamp ? position.count + 1 : 1,
});
