import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Problem } from '@berth/contract/errors';
import type { ServerSentEvent } from './handler.ts';

/** Proxies and clients give up on a silent connection after 30–60 s. */
export const heartbeatMs = 15_000;

export interface EventStreamOptions {
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  /** What a client is told when the source fails in the middle. */
  problemOf(error: unknown): Problem;
}

/**
 * Writes events until the source ends, the client goes, or the signal aborts. Reads the next event only when
 * the last one has been taken, so a slow client holds one event in memory, not a backlog.
 */
export async function writeEvents(
  response: ServerResponse,
  events: AsyncIterator<ServerSentEvent<unknown>>,
  first: Promise<IteratorResult<ServerSentEvent<unknown>>>,
  options: EventStreamOptions,
): Promise<void> {
  response.writeHead(200, {
    ...options.headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    // A stream is the last thing on its connection: when it ends, so does the wait of a draining server.
    connection: 'close',
  });
  response.write(': open\n\n');
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain && !response.destroyed) response.write(': ping\n\n');
  }, heartbeatMs);
  const gone = goneOf(response, options.signal);
  try {
    for (let next = first; ; next = events.next()) {
      const result = await Promise.race([next, gone.promise]);
      if (result === undefined) {
        next.catch(() => undefined);
        return;
      }
      if (result.done === true) return;
      if (response.write(frame(result.value))) continue;
      await Promise.race([
        once(response, 'drain', { signal: gone.signal }).catch(() => undefined),
        gone.promise,
      ]);
      if (gone.signal.aborted) return;
    }
  } catch (error) {
    if (!gone.signal.aborted)
      response.write(`event: error\ndata: ${JSON.stringify(options.problemOf(error))}\n\n`);
  } finally {
    clearInterval(heartbeat);
    gone.stop();
    // A generator that waits ends by its own signal; nobody waits for it here.
    void events.return?.()?.catch(() => undefined);
    response.end();
  }
}

/** Resolves when the client has gone or the signal aborts. */
function goneOf(response: ServerResponse, signal: AbortSignal) {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const go = () => {
    controller.abort();
    resolve(undefined);
  };
  if (signal.aborted || response.destroyed) go();
  signal.addEventListener('abort', go, { once: true });
  response.once('close', go);
  return {
    promise,
    signal: controller.signal,
    stop: () => {
      signal.removeEventListener('abort', go);
      response.off('close', go);
    },
  };
}

/** JSON has no raw line break, so one `data:` line holds it. */
function frame(event: ServerSentEvent<unknown>): string {
  const id = event.id === undefined ? '' : `id: ${event.id.replaceAll(/[\r\n\0]/g, '')}\n`;
  return `${id}data: ${JSON.stringify(event.data)}\n\n`;
}
