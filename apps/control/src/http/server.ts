import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type AppError, refuse } from '@berth/contract/errors';
import { type OperationId, routes } from '@berth/contract/routes';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { limitUpload, readJson } from './body.ts';
import { createGate, type GateDependencies, type Passage, shuttingDown } from './gate.ts';
import type { Handlers, ServerSentEvent } from './handler.ts';
import type { Answer, Idempotency, KeyedRequest } from './idempotency.ts';
import { asRefusal, problemOf, retryAfterSeconds, statusOf } from './problem.ts';
import { type MountedRoute, methodsOf, mountedRoutes } from './route-table.ts';
import { writeEvents } from './sse.ts';
import { parseInput, type ValidInput } from './validate.ts';
import { createSocketEndpoint } from './websocket.ts';

export interface HttpDependencies extends GateDependencies {
  readonly handlers: Handlers;
  readonly idempotency: Idempotency;
  readonly uploadBytesMax: number;
}

export interface HttpServer {
  /** For tests: `inject`. */
  readonly app: FastifyInstance;
  listen(address: { host: string; port: number }): Promise<AddressInfo>;
  /** Takes no new request, ends streams, lets the others finish within `graceMs`, then closes. */
  drain(graceMs?: number): Promise<void>;
}

/** How long a stream may take to say that it cannot begin, before it is answered as begun. */
const streamStartMs = 250;
/** How long the rest of a refused body is read and dropped, so that the client gets to read the answer. */
const lingerMs = 3_000;

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

type AnyHandler = (context: Record<string, unknown>) => Promise<unknown>;
type AnyStream = (context: Record<string, unknown>) => AsyncIterable<ServerSentEvent<unknown>>;

/** Mounts every operation of the contract. Nothing else is served. */
export function createHttpServer(deps: HttpDependencies): HttpServer {
  const gate = createGate(deps);
  const closing = new AbortController();
  const stopping = new AbortController();
  const sockets = createSocketEndpoint({
    gate,
    handlers: deps.handlers as unknown as Record<string, unknown>,
    now: deps.clock.now,
    closing: closing.signal,
  });
  const app = Fastify({
    logger: false,
    return503OnClosing: false,
    forceCloseConnections: false,
    exposeHeadRoutes: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    requestTimeout: 0,
    frameworkErrors: (_error, request, reply) => {
      void notFound(request as FastifyRequest, reply as unknown as FastifyReply);
    },
    clientErrorHandler: answerBrokenRequest,
  });
  // Bodies are read here, after the caller is known, not by the framework before.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.setNotFoundHandler(notFound);
  app.setErrorHandler(async (error, request, reply) => {
    const passage = gate.open(request.raw, 'unknown', routes.getHealth, emptyInput);
    return sendProblem(reply, await gate.refused(passage, error), passage.id);
  });
  for (const route of mountedRoutes) {
    app.route({
      method: route.spec.method,
      url: route.spec.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => serve(route, request, reply),
    });
  }
  app.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    void sockets.upgrade(request, socket, head);
  });

  async function serve(route: MountedRoute, request: FastifyRequest, reply: FastifyReply) {
    const passage = gate.open(request.raw, route.id, route.spec, {
      params: request.params,
      query: (request.query ?? {}) as Record<string, unknown>,
      body: undefined,
    });
    try {
      if (closing.signal.aborted) throw shuttingDown();
      await gate.admit(passage, request.headers.authorization);
      if (route.spec.stream === 'websocket')
        throw refuse('invalid', `${route.id} is a WebSocket: ask for it with an Upgrade.`);
      if (route.spec.stream === 'sse') return await stream(route, passage, request, reply);
      const answer = await answerOf(route, passage, request, reply);
      return send(reply, passage.id, answer);
    } catch (error) {
      const refusal = await gate.refused(passage, error);
      linger(request.raw);
      return sendProblem(reply, refusal, passage.id);
    }
  }

  async function answerOf(
    route: MountedRoute,
    passage: Passage,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Answer> {
    const { body, bytes } = await readBody(route, request);
    passage.input = { ...passage.input, body: route.spec.body === 'binary' ? undefined : body };
    const input = parseInput(route.spec, { ...passage.input, body });
    const keyed = keyedRequest(route, passage, request, bytes);
    if (keyed === undefined) return call(route, passage, input, reply);
    const before = await deps.idempotency.begin(keyed);
    if (before !== undefined) {
      reply.header('idempotent-replayed', 'true');
      return before;
    }
    try {
      const answer = await call(route, passage, input, reply);
      await deps.idempotency.finish(keyed, answer);
      return answer;
    } catch (error) {
      await deps.idempotency.forget(keyed);
      throw error;
    }
  }

  async function call(
    route: MountedRoute,
    passage: Passage,
    input: ValidInput,
    reply: FastifyReply,
  ): Promise<Answer> {
    const handler = deps.handlers[route.id] as unknown as AnyHandler | undefined;
    if (handler === undefined) throw refuse('unsupported', `${route.id} is not there in this build.`);
    const signal = goneSignal(reply.raw, stopping.signal);
    const result = await handler({ ...input, actor: passage.actor, requestId: passage.id, signal });
    const status = statusFor(route.id, result);
    await gate.succeeded(passage, status);
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

  async function stream(route: MountedRoute, passage: Passage, request: FastifyRequest, reply: FastifyReply) {
    const input = parseInput(route.spec, passage.input);
    const handler = deps.handlers[route.id] as unknown as AnyStream | undefined;
    if (handler === undefined) throw refuse('unsupported', `${route.id} is not there in this build.`);
    const lastEventId = request.headers['last-event-id'];
    const signal = goneSignal(reply.raw, closing.signal);
    const events = handler({
      ...input,
      actor: passage.actor,
      requestId: passage.id,
      signal,
      ...(typeof lastEventId === 'string' ? { lastEventId } : {}),
    })[Symbol.asyncIterator]();
    const first = events.next();
    await settledOrMs(first, streamStartMs);
    await gate.succeeded(passage, 200);
    reply.hijack();
    await writeEvents(reply.raw, events, first, {
      signal,
      headers: { ...securityHeaders, 'x-request-id': passage.id },
      problemOf: (error) => problemOf(refusalOf(passage, error), passage.id),
    });
  }

  function refusalOf(passage: Passage, error: unknown): AppError {
    if (closing.signal.aborted) return shuttingDown();
    void gate.refused(passage, error);
    return asRefusal(error);
  }

  async function readBody(
    route: MountedRoute,
    request: FastifyRequest,
  ): Promise<{ body: unknown; bytes: Buffer }> {
    const raw = request.body as Readable | undefined;
    const length = request.headers['content-length'];
    const contentLength = length === undefined ? undefined : Number(length);
    if (route.spec.body === 'binary') {
      if (raw === undefined) throw refuse('malformed_body', 'Send the archive as application/gzip.');
      return { body: limitUpload(raw, contentLength, deps.uploadBytesMax), bytes: Buffer.alloc(0) };
    }
    if (raw === undefined)
      return { body: route.spec.body === undefined ? undefined : {}, bytes: Buffer.alloc(0) };
    const { value, bytes } = await readJson(raw, {
      contentType: request.headers['content-type'],
      contentLength,
    });
    return { body: route.spec.body === undefined ? undefined : value, bytes };
  }

  async function notFound(request: FastifyRequest, reply: FastifyReply) {
    const path = request.raw.url?.split('?')[0] ?? '/';
    const methods = methodsOf(path);
    const refusal =
      methods.length === 0 || methods.includes(request.method as 'GET')
        ? refuse('not_found', `There is nothing at ${path.slice(0, 200)}.`)
        : refuse(
            'method_not_allowed',
            `${path.slice(0, 200)} takes ${methods.join(', ')}, not ${request.method}.`,
          );
    if (refusal.code === 'method_not_allowed') reply.header('allow', methods.join(', '));
    const passage = gate.open(request.raw, 'unknown', routes.getHealth, emptyInput);
    linger(request.raw);
    return sendProblem(reply, refusal, passage.id);
  }

  function send(reply: FastifyReply, requestId: string, answer: Answer) {
    reply.code(answer.status).headers({ ...securityHeaders, 'x-request-id': requestId });
    if (closing.signal.aborted) reply.header('connection', 'close');
    if (answer.body === '') return reply.send();
    return reply.header('content-type', 'application/json; charset=utf-8').send(answer.body);
  }

  function sendProblem(reply: FastifyReply, refusal: AppError, requestId: string) {
    const seconds = retryAfterSeconds(refusal);
    if (seconds !== undefined) reply.header('retry-after', String(seconds));
    if (refusal.code === 'unauthenticated' || refusal.code === 'token_expired')
      reply.header('www-authenticate', 'Bearer realm="berth"');
    if (closing.signal.aborted) reply.header('connection', 'close');
    return reply
      .code(statusOf(refusal))
      .headers({ ...securityHeaders, 'x-request-id': requestId })
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problemOf(refusal, requestId)));
  }

  return {
    app,
    async listen(address) {
      await app.listen(address);
      return app.server.address() as AddressInfo;
    },
    async drain(graceMs = 10_000) {
      closing.abort(shuttingDown());
      const cut = setTimeout(() => {
        stopping.abort(shuttingDown());
        app.server.closeAllConnections();
      }, graceMs);
      await sockets.drain(Math.min(graceMs, 3_000));
      await app.close();
      clearTimeout(cut);
    },
  };
}

const emptyInput = { params: {}, query: {}, body: undefined };

/** `readyz` answers 503 while it waits, so that probes need not read the body. */
function statusFor(id: OperationId, result: unknown): number {
  const isWaiting = typeof result === 'object' && result !== null && 'ok' in result && result.ok === false;
  return id === 'getReady' && isWaiting ? 503 : routes[id].status;
}

function keyedRequest(
  route: MountedRoute,
  passage: Passage,
  request: FastifyRequest,
  body: Buffer,
): KeyedRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || passage.actor === undefined) return undefined;
  // An upload is named by its digest: sending it twice makes one thing anyway.
  if (route.spec.method === 'GET' || route.spec.body === 'binary') return undefined;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw refuse('invalid', 'The Idempotency-Key must be 1 to 200 printable characters without spaces.');
  return { tokenId: passage.actor.tokenId, key, method: request.method, url: request.url, body };
}

/** Aborts when the client has gone before its answer, or with `other`. */
function goneSignal(response: ServerResponse, other: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return AbortSignal.any([gone.signal, other]);
}

/** Reads and drops what is left of a refused body for a while, then ends the connection. */
function linger(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed || request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket?.destroy(), lingerMs);
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}

/** What is not HTTP, or has headers that are too large: there is no request to answer by a route. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? refuse('body_too_large', 'The headers are over 16 KiB.')
      : refuse('malformed_body', 'This is not an HTTP request.');
  const problem = problemOf(refusal, '-');
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
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
