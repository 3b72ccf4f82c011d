import type { Readable } from 'node:stream';
import { demux } from './streams.ts';

/** One entry of a container's log. */
export interface Entry {
  /** The engine's time, RFC 3339 with nanoseconds in a fixed width: sorts as text. */
  readonly stamp: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Longer lines come in pieces of this, each an entry: the engine's own log drivers cut at the same length. */
export const lineBytesMax = 16 * 1024;

/** Entries of a log asked for with `timestamps`. Leaving early closes the stream. */
export async function* readEntries(body: Readable): AsyncGenerator<Entry> {
  for await (const { stream, data } of demux(body)) {
    const space = data.indexOf(0x20);
    if (space < 0) continue;
    const stamp = data.toString('latin1', 0, space);
    const end = data.at(-1) === 0x0a ? data.length - 1 : data.length;
    let from = space + 1;
    do {
      const to = Math.min(end, from + lineBytesMax);
      yield { stamp, stream, text: data.toString('utf8', from, to).replace(/\r$/, '') };
      from = to;
    } while (from < end);
  }
}
