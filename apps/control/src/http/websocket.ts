import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type AppError, refuse } from '@berth/contract/errors';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Gate, type Passage, shuttingDown } from './gate.ts';
import type { Handlers, RequestContext, SessionEnd } from './handler.ts';
import { asRefusal, problemOf } from './problem.ts';
import { refuseConnection } from './reply.ts';
import { matchRoute, targetOf } from './route-table.ts';
import { parseInput } from './validate.ts';

type SessionHandler = (context: RequestContext<'exec'>, socket: WebSocket) => Promise<SessionEnd>;

const pingMs = 20_000;
const messageBytesMax = 1024 * 1024;
/** RFC 6455: the service restarts. */
const closeRestart = 1012;
const closeError = 1011;

export interface SocketDependencies {
  readonly gate: Gate;
  readonly handlers: Handlers;
  readonly now: () => number;
  /** Aborts when the process begins to end. */
  readonly closing: AbortSignal;
}

/** Exec and run: upgrades with the same checks as any call, and an audit entry at the start and at the end. */
export function createSocketEndpoint(deps: SocketDependencies) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const sessions = new Set<Promise<void>>();

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { path, query } = targetOf(request.url);
    const match = matchRoute('GET', path);
    if (match.kind !== 'route' || match.route.spec.stream !== 'websocket')
      return refuseConnection(
        socket,
        '-',
        refuse('not_found', `There is no WebSocket at ${path.slice(0, 200)}.`),
      );
    const { route, params } = match;
    const passage = deps.gate.open(request, route.id, route.spec, { params, query, body: undefined });
    const handler = deps.handlers[route.id as 'exec' | 'run'] as SessionHandler;
    try {
      if (deps.closing.aborted) throw shuttingDown();
      await deps.gate.admit(passage, request.headers.authorization);
      const input = parseInput(route.spec, passage.input);
      await deps.gate.session(passage, 'started', 101);
      const context = { ...input, actor: passage.actor, requestId: passage.id } as unknown as Omit<
        RequestContext<'exec'>,
        'signal'
      >;
      server.handleUpgrade(request, socket, head, (client) => {
        const session = converse(client, passage, (signal) => handler({ ...context, signal }, client));
        sessions.add(session);
        void session.finally(() => sessions.delete(session));
      });
    } catch (error) {
      refuseConnection(socket, passage.id, await deps.gate.refused(passage, error));
    }
  }

  async function converse(
    client: WebSocket,
    passage: Passage,
    run: (signal: AbortSignal) => Promise<SessionEnd>,
  ): Promise<void> {
    const startedAt = deps.now();
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, deps.closing]);
    const stopPings = keepAlive(client);
    client.once('close', () => gone.abort());
    // Its own `close` follows; a protocol fault of the client is not ours to log.
    client.on('error', () => undefined);
    const onClosing = () => client.close(closeRestart, 'control is restarting');
    deps.closing.addEventListener('abort', onClosing, { once: true });
    let result: string;
    try {
      result = (await run(signal)).outcome;
      client.close(1000, result.slice(0, 100));
    } catch (error) {
      const refusal = gone.signal.aborted ? asRefusal(error) : failed(client, passage, error);
      result = gone.signal.aborted ? 'client left' : refusal.code;
    } finally {
      stopPings();
      deps.closing.removeEventListener('abort', onClosing);
    }
    await deps.gate.session(passage, result, 200, { ended: true, durationMs: deps.now() - startedAt });
  }

  /** Tells the client. Its end is noted once, with the session's. */
  function failed(client: WebSocket, passage: Passage, error: unknown): AppError {
    const refusal = deps.closing.aborted ? shuttingDown() : deps.gate.report(passage, error);
    const problem = problemOf(refusal, passage.id);
    client.send(
      JSON.stringify({ kind: 'error', code: problem.code, message: problem.detail, hint: problem.hint }),
    );
    client.close(closeError, problem.code);
    return refusal;
  }

  return {
    upgrade,
    /** Resolves when the sessions have ended, or after `ms`, when those left are cut off. */
    async drain(ms: number): Promise<void> {
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, ms);
      await Promise.race([Promise.allSettled(sessions), timer.promise]);
      clearTimeout(timeout);
      for (const client of server.clients) client.terminate();
      await Promise.allSettled(sessions);
    },
  };
}

/** Ends a connection whose other side does not answer pings any more. */
function keepAlive(client: WebSocket): () => void {
  let isAlive = true;
  client.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    // A client that is not read now, because the process does not take its input, cannot be heard.
    if (!isAlive && !client.isPaused) return client.terminate();
    isAlive = false;
    client.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
