import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Log } from './log.ts';

/** What a part works with that keeps something on the node as it is to be, until the signal aborts. */
export interface Keeper {
  readonly platform: string;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}
