import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { AppError, refuse, toProblem } from '@berth/contract/errors';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type { Log } from '../log.ts';

/** One call of control. */
export interface Call {
  readonly method: string;
  /** Groups of the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly stream: ServerHttp2Stream;
  /** Aborted when control cancels the call or the connection ends. */
  readonly signal: AbortSignal;
}

/** A value is answered as JSON with 200, undefined with 204; `answered`: the handler used the stream itself. */
export const answered = Symbol('answered');
export type Handler = (call: Call) => Promise<unknown>;

export interface Route {
  readonly method: string | '*';
  /** Matches the path without the query, from its start. */
  readonly path: RegExp;
  readonly handle: Handler;
}

/** Serves the routes on each session it is given. Refusals become problem+json, as everywhere. */
export function createRouter(options: { routes: readonly Route[]; clock: Clock; log: Log }) {
  const { routes, clock, log } = options;

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const method = String(headers[':method']);
    const target = String(headers[':path']);
    const path = target.split('?', 1)[0] ?? '';
    const gone = new AbortController();
    stream.on('error', () => gone.abort(new Error('the call was cancelled')));
    stream.once('close', () => gone.abort(new Error('the call ended')));
    stream.once('aborted', () => gone.abort(new Error('the call was cancelled')));
    try {
      for (const route of routes) {
        if (route.method !== '*' && route.method !== method) continue;
        const match = route.path.exec(path);
        if (match === null) continue;
        const params = Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value ?? '')]),
        );
        const value = await route.handle({ method, params, target, headers, stream, signal: gone.signal });
        if (value !== answered) answerJson(stream, value);
        return;
      }
      throw refuse('not_found', `The agent has no ${method} ${path}`);
    } catch (error) {
      answerError(stream, error, { method, path });
    }
  }

  function answerError(
    stream: ServerHttp2Stream,
    error: unknown,
    call: { method: string; path: string },
  ): void {
    const requestId = newId(clock.now());
    const known = error instanceof AppError;
    if (!known) log.error({ err: error, requestId, ...call }, 'a call of control failed');
    if (stream.destroyed || stream.closed) return;
    if (stream.headersSent) {
      // Not closed: Node would end the answer first, and it would pass for a whole one.
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const refusal = known
      ? error
      : refuse('internal', error instanceof Error ? error.message : String(error));
    const problem = toProblem(refusal, requestId);
    stream.respond({
      ':status': problem.status,
      'content-type': 'application/problem+json',
      ...(refusal.code === 'policy_denied' ? { 'x-berth-denied': headerText(refusal.message) } : {}),
    });
    stream.end(JSON.stringify(problem));
    stream.resume();
  }

  return {
    accept(session: ServerHttp2Session): void {
      session.on('stream', (stream, headers) => void serve(stream, headers));
    },
  };
}

function answerJson(stream: ServerHttp2Stream, value: unknown): void {
  if (stream.destroyed || stream.closed) return;
  stream.resume();
  if (value === undefined) {
    stream.respond({ ':status': 204 }, { endStream: true });
    return;
  }
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  stream.end(JSON.stringify(value));
}

/** The whole body, at most `bytesMax`. */
export async function readBody(stream: Readable, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) throw refuse('body_too_large', `The body is over ${bytesMax} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw refuse('malformed_body', 'The body is not JSON', { cause });
  }
}

/** Header values are visible ASCII. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);
