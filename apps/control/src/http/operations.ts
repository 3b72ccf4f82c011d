import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { refuse } from '@berth/contract/errors';
import { type OperationId, routes } from '@berth/contract/routes';
import type { Logger } from 'pino';
import { limitUpload, readJson } from './body.ts';
import { type Gate, type Passage, shuttingDown } from './gate.ts';
import type { Handlers, ServerSentEvent } from './handler.ts';
import type { Answer, Idempotency, KeyedRequest } from './idempotency.ts';
import { asRefusal, problemOf } from './problem.ts';
import { type Headers, linger, securityHeaders, send, sendProblem } from './reply.ts';
import type { MountedRoute } from './route-table.ts';
import { writeEvents } from './sse.ts';
import { parseInput, type ValidInput } from './validate.ts';

export interface OperationDependencies {
  readonly gate: Gate;
  readonly handlers: Handlers;
  readonly idempotency: Idempotency;
  readonly log: Logger;
  readonly uploadBytesMax: number;
  /** Aborts when the process begins to end: no new work, streams end. */
  readonly closing: AbortSignal;
  /** Aborts when what still runs must end. */
  readonly stopping: AbortSignal;
}

export interface Exchange {
  readonly route: MountedRoute;
  readonly passage: Passage;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** How long a stream may take to say that it cannot begin, before it is answered as begun. */
const streamStartMs = 250;

type AnyHandler = (context: Record<string, unknown>) => Promise<unknown>;
type AnyStream = (context: Record<string, unknown>) => AsyncIterable<ServerSentEvent<unknown>>;

/**
 * Serves one call of the contract: who is it, may it, are the values right, was it answered before, then the
 * handler, then the audit log, then the answer. Never rejects.
 */
export function createOperations(deps: OperationDependencies) {
  const lastWords = (): Headers => (deps.closing.aborted ? { connection: 'close' } : {});

  async function serve(exchange: Exchange): Promise<void> {
    const { route, passage, request, response } = exchange;
    try {
      if (deps.closing.aborted) throw shuttingDown();
      await deps.gate.admit(passage, request.headers.authorization);
      if (route.spec.stream === 'websocket')
        throw refuse('invalid', `${route.id} is a WebSocket: ask for it with an Upgrade.`);
      if (route.spec.stream === 'sse') return await stream(exchange);
      const { answer, headers } = await answerOf(exchange);
      send(response, passage.id, answer, { ...headers, ...lastWords() });
    } catch (error) {
      const refusal = await deps.gate.refused(passage, error);
      linger(request);
      sendProblem(response, passage.id, refusal, lastWords());
    }
  }

  async function answerOf(exchange: Exchange): Promise<{ answer: Answer; headers: Headers }> {
    const { route, passage } = exchange;
    const { body, bytes } = await readBody(exchange);
    passage.input = { ...passage.input, body: route.spec.body === 'binary' ? undefined : body };
    const input = parseInput(route.spec, { ...passage.input, body });
    const keyed = keyedRequest(exchange, bytes);
    if (keyed === undefined) return { answer: await call(exchange, input), headers: {} };
    const before = await deps.idempotency.begin(keyed);
    if (before !== undefined) return { answer: before, headers: { 'idempotent-replayed': 'true' } };
    try {
      const answer = await call(exchange, input);
      await deps.idempotency.finish(keyed, answer);
      return { answer, headers: {} };
    } catch (error) {
      await deps.idempotency.forget(keyed);
      throw error;
    }
  }

  async function call({ route, passage, response }: Exchange, input: ValidInput): Promise<Answer> {
    const handler = deps.handlers[route.id] as unknown as AnyHandler;
    const signal = goneSignal(response, deps.stopping);
    const result = await handler({ ...input, actor: passage.actor, requestId: passage.id, signal });
    const status = statusFor(route.id, result);
    await deps.gate.succeeded(passage, status);
    return { status, body: bodyOf(route, result) };
  }

  function bodyOf(route: MountedRoute, result: unknown): string {
    if (route.spec.response === undefined) return '';
    const checked = route.spec.response.safeParse(result);
    if (checked.success) return JSON.stringify(checked.data);
    // The work is done: an answer off the contract is our fault, and better than none.
    deps.log.error(
      { operation: route.id, issues: checked.error.issues },
      'answer is not as the contract says',
    );
    return JSON.stringify(result);
  }

  async function stream({ route, passage, request, response }: Exchange): Promise<void> {
    const input = parseInput(route.spec, passage.input);
    const handler = deps.handlers[route.id] as unknown as AnyStream;
    const lastEventId = request.headers['last-event-id'];
    const signal = goneSignal(response, deps.closing);
    const events = handler({
      ...input,
      actor: passage.actor,
      requestId: passage.id,
      signal,
      ...(typeof lastEventId === 'string' ? { lastEventId } : {}),
    })[Symbol.asyncIterator]();
    const first = events.next();
    await settledOrMs(first, streamStartMs);
    await deps.gate.succeeded(passage, 200);
    await writeEvents(response, events, first, {
      signal,
      headers: { ...securityHeaders, 'x-request-id': passage.id },
      problemOf: (error) => {
        if (deps.closing.aborted) return problemOf(shuttingDown(), passage.id);
        void deps.gate.refused(passage, error);
        return problemOf(asRefusal(error), passage.id);
      },
    });
  }

  async function readBody({ route, request, response }: Exchange): Promise<{ body: unknown; bytes: Buffer }> {
    const { body: expected } = route.spec;
    const none = Buffer.alloc(0);
    if (!hasBody(request)) {
      if (expected === 'binary') throw refuse('malformed_body', 'Send the archive as application/gzip.');
      return { body: expected === undefined ? undefined : {}, bytes: none };
    }
    // The caller is known and may do this: now it may send.
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
    const length = request.headers['content-length'];
    const contentLength = length === undefined ? undefined : Number(length);
    if (expected === 'binary')
      return {
        body: limitUpload(request, contentLength, deps.uploadBytesMax) satisfies Readable,
        bytes: none,
      };
    const contentType = request.headers['content-type'];
    const { value, bytes } = await readJson(request, { contentType, contentLength });
    return { body: expected === undefined ? undefined : value, bytes };
  }

  return { serve };
}

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/** `readyz` answers 503 while it waits, so that probes need not read the body. */
function statusFor(id: OperationId, result: unknown): number {
  const isWaiting = typeof result === 'object' && result !== null && 'ok' in result && result.ok === false;
  return id === 'getReady' && isWaiting ? 503 : routes[id].status;
}

function keyedRequest({ route, passage, request }: Exchange, body: Buffer): KeyedRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || passage.actor === undefined) return undefined;
  // An upload is named by its digest: sending it twice makes one thing anyway.
  if (route.spec.method === 'GET' || route.spec.body === 'binary') return undefined;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw refuse('invalid', 'The Idempotency-Key must be 1 to 200 printable characters without spaces.');
  return {
    tokenId: passage.actor.tokenId,
    key,
    method: route.spec.method,
    url: request.url ?? '/',
    body,
  };
}

/** Aborts when the client has gone before its answer, or with `other`. */
function goneSignal(response: ServerResponse, other: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return AbortSignal.any([gone.signal, other]);
}

/** Waits for a promise, but not longer than `ms`. Rejects when it does. */
async function settledOrMs(promise: Promise<unknown>, ms: number): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, ms);
  try {
    await Promise.race([promise, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
