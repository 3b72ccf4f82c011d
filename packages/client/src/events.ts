import { createParser } from 'eventsource-parser';
import { parseProblem } from './problem.ts';
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
  /** No byte for so long, heartbeats included, is a lost connection. */
  readonly silentAfterMs?: number;
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

/** Three heartbeats of control. */
const silentAfterMs = 45_000;

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
      const messages = readMessages(response, {
        silentAfterMs: source.options.silentAfterMs ?? silentAfterMs,
        lost: source.lost,
        onRetry: (ms) => {
          serverDelayMs = ms;
        },
      });
      for await (const message of messages) {
        failures = 0;
        if (message.event === 'error') throw readFault(message.data);
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

/** What control says when the source of the events fails under an answer that had begun. */
function readFault(data: string): Error {
  return parseProblem({ status: 500, contentType: 'application/problem+json', requestId: '', text: data });
}

interface Message {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

async function* readMessages(
  response: Response,
  options: { silentAfterMs: number; lost: (cause: unknown) => Error; onRetry: (ms: number) => void },
): AsyncGenerator<Message, void, undefined> {
  if (response.body === null) return;
  const ready: Message[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      ready.push({ id, event, data });
    },
    onRetry: options.onRetry,
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let isSilent = false;
  try {
    for (;;) {
      const timer = setTimeout(() => {
        isSilent = true;
        reader.cancel().catch(() => undefined);
      }, options.silentAfterMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (isSilent) throw options.lost(new Error(`no byte for ${options.silentAfterMs} ms`));
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      while (ready.length > 0) yield ready.shift() as Message;
    }
  } finally {
    // Leaving early (a consumer's break) must close the connection, not leave it to the collector.
    await reader.cancel().catch(() => undefined);
  }
}
