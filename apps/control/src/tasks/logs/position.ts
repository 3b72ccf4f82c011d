import type { Entry } from '@berth/engine/log-entries';

/** Where the reading of a log stands: after `count` entries of the time `stamp`. */
export interface Position {
  readonly stamp: string;
  readonly count: number;
}

/** How far the logs of a stream have been read. */
export interface Progress {
  /** By container, of which the first characters name it. */
  readonly positions: Map<string, Position>;
  /** Containers whose logs have been read to their end. */
  readonly finished: Set<string>;
}

const idLength = 12;
export const keyOf = (containerId: string): string => containerId.slice(0, idLength);

export const advance = (position: Position | undefined, entry: Pick<Entry, 'stamp'>): Position => ({
  stamp: entry.stamp,
  count: position?.stamp === entry.stamp ? position.count + 1 : 1,
});

/** Where everything from this moment on is still to come. */
export const startOf = (ms: number): Position => ({
  // As long as the engine's own, so that they compare as text.
  stamp: new Date(ms).toISOString().replace('Z', '000000Z'),
  count: 0,
});

/**
 * What a client has seen, as it says it when it comes back: up to one time, or, while following, where lines
 * of different tasks do not come in order, up to a time for each task.
 */
export type Seen =
  | { readonly kind: 'until'; readonly stamp: string }
  | { readonly kind: 'each'; readonly stamps: ReadonlyMap<string, string> };

/** With more tasks than this an id would be longer than its line: then one time has to do. */
const eachMax = 8;

/** The id of an event, after which everything in `given` is seen. Pure. */
export function renderSeen(given: ReadonlyMap<string, string>, stamp: string): string {
  if (given.size === 0 || given.size > eachMax) return stamp;
  return [...given].map(([key, at]) => `${key}=${at}`).join(',');
}

const stampPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/** What a `Last-Event-ID` says; undefined for what is none of ours. Pure. */
export function parseSeen(text: string | undefined): Seen | undefined {
  if (text === undefined || text.length > 1_000) return undefined;
  if (stampPattern.test(text)) return { kind: 'until', stamp: text };
  const stamps = new Map<string, string>();
  for (const part of text.split(',')) {
    const [key = '', at = ''] = part.split('=');
    if (!/^[0-9a-f]{12}$/.test(key) || !stampPattern.test(at)) return undefined;
    stamps.set(key, at);
  }
  return { kind: 'each', stamps };
}

/** Up to when this log has been seen; undefined: nothing of it. Pure. */
export function seenOf(seen: Seen | undefined, containerId: string): string | undefined {
  if (seen === undefined) return undefined;
  return seen.kind === 'until' ? seen.stamp : seen.stamps.get(keyOf(containerId));
}

/** Before this moment nothing is missing; undefined when nothing was seen. Pure. */
export function floorOf(seen: Seen): number {
  const stamps = seen.kind === 'until' ? [seen.stamp] : [...seen.stamps.values()];
  return Math.min(...stamps.map((stamp) => Date.parse(stamp)));
}
