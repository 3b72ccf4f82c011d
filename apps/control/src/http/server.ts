import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { refuse } from '@berth/contract/errors';
import { newId } from '@berth/runtime/ids';
import { createGate, type GateDependencies, shuttingDown } from './gate.ts';
import type { Handlers } from './handler.ts';
import type { Idempotency } from './idempotency.ts';
import { createOperations } from './operations.ts';
import { linger, refuseConnection, sendProblem } from './reply.ts';
import { matchRoute, type RouteMatch, targetOf } from './route-table.ts';
import { createSocketEndpoint } from './websocket.ts';

// Not by `import`: that evaluates every export of the module, and with its WebSocket all of undici: 10 MB.
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpDependencies extends GateDependencies {
  readonly handlers: Handlers;
  readonly idempotency: Idempotency;
  readonly uploadBytesMax: number;
}

export interface HttpServer {
  /** One request; for tests without a socket. */
  dispatch(request: IncomingMessage, response: ServerResponse): void;
  /** Refuses with `port_taken`. */
  listen(address: { host: string; port: number }): Promise<AddressInfo>;
  /** Takes no new request, ends streams, lets the others finish within `graceMs`, then closes. */
  drain(graceMs?: number): Promise<void>;
}

/** Longer than the edge keeps an idle connection to us, so that it never reuses one we just closed. */
const keepAliveMs = 75_000;
const headersMs = 20_000;
/** Sessions are told to end at once; they get less time than requests. */
const sessionsGraceMs = 3_000;

/** Serves every operation of the contract, and nothing else. */
export function createHttpServer(deps: HttpDependencies): HttpServer {
  const gate = createGate(deps);
  const closing = new AbortController();
  const stopping = new AbortController();
  const operations = createOperations({
    ...deps,
    gate,
    closing: closing.signal,
    stopping: stopping.signal,
  });
  const sockets = createSocketEndpoint({
    gate,
    handlers: deps.handlers,
    now: deps.clock.now,
    closing: closing.signal,
  });
  // No limit on the whole request: uploads take what they take, each with its own idle limit.
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: headersMs,
    keepAliveTimeout: keepAliveMs,
  });
  server.on('request', dispatch);
  // 100 Continue is sent once the caller is known: a refused upload is never sent at all.
  server.on('checkContinue', dispatch);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    void sockets.upgrade(request, socket, head);
  });
  server.on('clientError', answerBrokenRequest);

  function dispatch(request: IncomingMessage, response: ServerResponse): void {
    const { path, query } = targetOf(request.url);
    const match = matchRoute(methodOf(request), path);
    if (match.kind === 'route') {
      const input = { params: match.params, query, body: undefined };
      const passage = gate.open(request, match.route.id, match.route.spec, input);
      void operations.serve({ route: match.route, passage, request, response });
    } else answerUnknown(request, response, path, match);
  }

  function answerUnknown(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    match: Exclude<RouteMatch, { kind: 'route' }>,
  ): void {
    const shown = path.slice(0, 200);
    linger(request);
    const id = newId(deps.clock.now());
    const allow = match.kind === 'none' ? '' : match.methods.join(', ');
    if (allow === '') sendProblem(response, id, refuse('not_found', `There is nothing at ${shown}.`));
    else {
      const refusal = refuse('method_not_allowed', `${shown} takes ${allow}, not ${request.method}.`);
      sendProblem(response, id, refusal, { allow });
    }
  }

  return {
    dispatch,
    async listen({ host, port }) {
      server.listen(port, host);
      try {
        await once(server, 'listening');
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')
          throw refuse('port_taken', `${host}:${port} is taken by another process.`, { cause });
        throw cause;
      }
      return server.address() as AddressInfo;
    },
    async drain(graceMs = 10_000) {
      closing.abort(shuttingDown());
      const closed = once(server, 'close');
      server.close();
      if (!server.listening) server.emit('close');
      const cut = setTimeout(() => {
        stopping.abort(shuttingDown());
        server.closeAllConnections();
      }, graceMs);
      const sweep = setInterval(() => server.closeIdleConnections(), 100);
      await sockets.drain(Math.min(graceMs, sessionsGraceMs));
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

/** HEAD is GET without the body, which the server leaves out by itself. */
const methodOf = (request: IncomingMessage): string =>
  request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');

/** What is not HTTP, or has headers that are too large: there is no request to answer by a route. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? refuse('body_too_large', 'The headers are over 16 KiB.')
      : refuse('malformed_body', 'This is not an HTTP request.');
  refuseConnection(socket, '-', refusal);
}
