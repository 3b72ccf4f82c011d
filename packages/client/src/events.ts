import { createParser } from 'eventsource-parser';
import { isPassing, repeatDelayMs } from './retry.ts';

export interface StreamOptions<T> {
  readonly signal?: AbortSignal;
  /**
   * Is this the last event? With it, a connection that ends before is taken up again; without, the end of
   * the answer is the end of the stream. `() => false` follows for ever.
   */
  readonly isEnd?: (event: T) => boolean;
  /** Give up after so long without a connection. */
  readonly giveUpAfterMs?: number;
  /** Told when the connection is lost and being taken up again, and once more when it is back. */
  readonly onReconnect?: (state: 'lost' | 'back') => void;
}

export interface EventSource<T> {
  readonly options: StreamOptions<T>;
  readonly connect: (lastEventId: string | undefined) => Promise<Response>;
  readonly lost: (cause: unknown) => Error;
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly now?: () => number;
}

/**
 * Server-sent events as parsed JSON.
 *
 * INVARIANTS: an event is given once (what was seen is named in `Last-Event-ID`); each pass of the loop either
 * gives an event, or waits, or ends; attempts end after `giveUpAfterMs` without a connection.
 */
export async function* readEvents<T>(source: EventSource<T>): AsyncGenerator<T, void, undefined> {
  const { signal, isEnd, giveUpAfterMs = 60_000, onReconnect } = source.options;
  const now = source.now ?? Date.now;
  let lastEventId: string | undefined;
  let serverDelayMs: number | undefined;
  let failures = 0;
  let lostAt: number | undefined;

  for (;;) {
    signal?.throwIfAborted();
    let fault: unknown;
    try {
      const response = await source.connect(lastEventId);
      if (lostAt !== undefined) onReconnect?.('back');
      lostAt = undefined;
      for await (const message of readMessages(response, (ms) => {
        serverDelayMs = ms;
      })) {
        failures = 0;
        if (message.id !== undefined) lastEventId = message.id;
        const event = JSON.parse(message.data) as T;
        yield event;
        if (isEnd?.(event) === true) return;
      }
      if (isEnd === undefined) return;
    } catch (error) {
      signal?.throwIfAborted();
      fault = error instanceof TypeError || error instanceof DOMException ? source.lost(error) : error;
      if (!isPassing(fault)) throw fault;
    }
    if (lostAt === undefined) onReconnect?.('lost');
    lostAt ??= now();
    if (now() - lostAt > giveUpAfterMs) throw fault ?? source.lost(undefined);
    failures++;
    await source.pause(serverDelayMs ?? repeatDelayMs(failures, source.random()), signal);
  }
}

interface Message {
  readonly id: string | undefined;
  readonly data: string;
}

async function* readMessages(
  response: Response,
  onRetry: (ms: number) => void,
): AsyncGenerator<Message, void, undefined> {
  if (response.body === null) return;
  const ready: Message[] = [];
  const parser = createParser({
    onEvent: ({ id, data }) => {
      ready.push({ id, data });
    },
    onRetry,
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      while (ready.length > 0) yield ready.shift() as Message;
    }
  } finally {
    // Leaving early (a consumer's break) must close the connection, not leave it to the collector.
    await reader.cancel().catch(() => undefined);
  }
}
