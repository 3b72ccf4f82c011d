import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { AppError, errorTable, refuse, toProblem } from '@berth/contract/errors';
import type { RouteSpec } from '@berth/contract/route-spec';
import { type OperationId, type Routes, routes } from '@berth/contract/routes';
import { type WebSocket, WebSocketServer } from 'ws';
import type * as z from 'zod';

export interface Seen {
  readonly operation: OperationId;
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

type Part<K extends OperationId, P extends string> = Routes[K] extends { readonly [N in P]: infer T }
  ? T
  : never;

/** What a stubbed operation gives: an answer, events, or the handling of a socket; or it throws a refusal. */
type Stub<K extends OperationId> = Routes[K] extends { readonly stream: 'websocket' }
  ? (seen: Seen, socket: WebSocket) => void | Promise<void>
  : Routes[K] extends { readonly stream: 'sse' }
    ? (seen: Seen) => Iterable<EventOf<K>> | AsyncIterable<EventOf<K>>
    : (seen: Seen) => ResponseOf<K> | Promise<ResponseOf<K>>;
type EventOf<K extends OperationId> =
  Part<K, 'event'> extends infer E extends z.ZodType ? z.input<E> | { close: true } : never;
type ResponseOf<K extends OperationId> =
  Part<K, 'response'> extends infer R extends z.ZodType ? z.input<R> : undefined;

export type Stubs = { readonly [K in OperationId]?: Stub<K> };

export interface StubControl {
  readonly url: string;
  readonly token: string;
  readonly requests: Seen[];
  close(): Promise<void>;
}

/**
 * Control as its contract has it: requests are refused and answers fail the test when a schema does not take
 * them, so that a stub cannot promise what control would not.
 */
export async function startStub(t: TestContext, stubs: Stubs): Promise<StubControl> {
  const token = 'berth_test_secret';
  const requests: Seen[] = [];
  const lies: unknown[] = [];
  const sockets = new WebSocketServer({ noServer: true });

  const read = async (request: IncomingMessage): Promise<{ route: RouteSpec; seen: Seen }> => {
    const url = new URL(request.url ?? '/', 'http://stub');
    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (found === undefined) throw refuse('not_found', `${request.method} ${url.pathname}`);
    const { route, operation } = found;
    if (route.scope !== 'public' && request.headers.authorization !== `Bearer ${token}`)
      throw refuse('unauthenticated', 'no valid token');
    const bytes = await readBytes(request);
    const seen: Seen = {
      operation,
      params: check(route.params, found.params, 'params'),
      query: check(route.query, readQuery(url), 'query'),
      body: route.body === 'binary' ? bytes : check(route.body, parseBody(bytes), 'body'),
      headers: request.headers,
    };
    requests.push(seen);
    if (stubs[operation] === undefined) throw refuse('internal', `the test has no stub for ${operation}`);
    return { route, seen };
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof AppError) return sendProblem(response, error);
      lies.push(error);
      response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { route, seen } = await read(request);
    const stub = stubs[seen.operation] as (seen: Seen) => unknown;
    const given = await stub(seen);
    if (route.stream === 'sse') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for await (const event of given as AsyncIterable<Record<string, unknown>>) {
        // The connection breaks here, as when control is killed.
        if ('close' in event) return void response.destroy();
        const value = route.event?.parse(event) as { seq?: number };
        const id = value.seq === undefined ? '' : `id: ${value.seq}\n`;
        response.write(`${id}data: ${JSON.stringify(value)}\n\n`);
      }
      response.end();
      return;
    }
    response.writeHead(route.status, { 'content-type': 'application/json' });
    response.end(route.response === undefined ? undefined : JSON.stringify(route.response.parse(given)));
  }

  server.on('upgrade', (request, socket, head) => {
    read(request).then(
      ({ seen }) =>
        sockets.handleUpgrade(request, socket, head, (connection) => {
          const stub = stubs[seen.operation] as (seen: Seen, socket: WebSocket) => unknown;
          Promise.resolve(stub(seen, connection)).catch((error) => lies.push(error));
        }),
      (error: AppError) => {
        const body = JSON.stringify(toProblem(error, 'req-stub'));
        const { status } = errorTable[error.code];
        socket.end(
          `HTTP/1.1 ${status} Refused\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
        );
      },
    );
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  t.after(async () => {
    await close();
    if (lies.length > 0) throw lies[0];
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token, requests, close };
}

function sendProblem(response: ServerResponse, error: AppError): void {
  if (response.headersSent) return void response.destroy();
  const problem = toProblem(error, 'req-stub');
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problem));
}

function findRoute(method: string, path: string) {
  for (const [operation, route] of Object.entries(routes) as [OperationId, RouteSpec][]) {
    if (route.method !== method) continue;
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
    const match = new RegExp(`^${route.path.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path);
    if (match === null) continue;
    const params = Object.fromEntries(
      names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')]),
    );
    return { operation, route, params };
  }
  return undefined;
}

function readQuery(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return query;
}

function check(schema: unknown, value: unknown, where: string): Record<string, unknown> {
  if (schema === undefined) return {};
  const parsed = (schema as z.ZodType).safeParse(value);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  throw refuse('invalid', `${where} is not valid`, {
    issues: parsed.error.issues.map((issue) => ({
      at: `${where}.${issue.path.join('.')}`,
      message: issue.message,
    })),
  });
}

const parseBody = (bytes: Buffer): unknown =>
  bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'));

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
