import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { Readable, Transform } from 'node:stream';
import { AppError, type ErrorCode, errorTable, type Problem, refuse } from '@berth/contract/errors';
import { readAll } from '@berth/engine/engine';

export interface LinkAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Both the answer's body and, until ended, the request's. It ends the same way when the connection does. */
  readonly stream: ClientHttp2Stream;
  /** The answer's body; one that broke off rejects with `agent_unreachable`. */
  body(): Readable;
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | Buffer | string | undefined;
  /** The request body stays open for the caller to write to. */
  readonly keepOpen?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export type LinkCalls = ReturnType<typeof createLinkCalls>;

/** Calls on one link. Refusals of the agent reject as the AppError they are; a lost link as `agent_unreachable`. */
export function createLinkCalls(session: ClientHttp2Session, onDenied: (detail: string) => void = () => {}) {
  function open(method: string, path: string, options: CallOptions = {}): Promise<LinkAnswer> {
    const { signal, body } = options;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      let stream: ClientHttp2Stream;
      try {
        stream = session.request(
          { ':method': method, ':path': path, ...options.headers },
          { endStream: body === undefined && options.keepOpen !== true },
        );
      } catch (cause) {
        return reject(unreachable(cause));
      }
      const abort = () => {
        stream.close(constants.NGHTTP2_CANCEL);
        stream.destroy(asError(signal?.reason));
      };
      signal?.addEventListener('abort', abort, { once: true });
      stream.once('close', () => {
        signal?.removeEventListener('abort', abort);
        reject(signal?.aborted === true ? signal.reason : unreachable(undefined));
      });
      // Stays for the life of the stream: an error after the answer reaches the reader of the body too.
      stream.on('error', (cause) => reject(signal?.aborted === true ? signal.reason : unreachable(cause)));
      stream.once('response', (headers) =>
        resolve({
          status: Number(headers[':status']),
          headers,
          stream,
          body: () => readBody(stream, signal),
        }),
      );
      if (body instanceof Readable) {
        body.once('error', (cause) => stream.destroy(cause));
        stream.once('close', () => body.destroy());
        body.pipe(stream);
      } else if (body !== undefined) {
        if (options.keepOpen === true) stream.write(body);
        else stream.end(body);
      }
    });
  }

  /** Answers with the stream when the agent itself did not refuse. */
  async function send(method: string, path: string, options: CallOptions = {}): Promise<LinkAnswer> {
    const answer = await open(method, path, options);
    if (answer.status >= 400 && String(answer.headers['content-type']).startsWith('application/problem+json'))
      throw noted(refusalOf(JSON.parse((await readAll(answer.body())).toString('utf8')) as Problem));
    return answer;
  }

  async function json(
    method: string,
    path: string,
    options: {
      body?: unknown;
      headers?: Record<string, string>;
      raw?: string;
      signal?: AbortSignal | undefined;
    } = {},
  ): Promise<unknown> {
    const { body, status } = await send(method, path, {
      headers: {
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      body: options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
    });
    const text = await readAll(body()).then(
      (bytes) => bytes.toString('utf8'),
      (cause: unknown) => {
        // The answer broke off: the same as none, and the caller may ask again.
        throw options.signal?.aborted === true ? options.signal.reason : unreachable(cause);
      },
    );
    if (status >= 400) throw refuse('internal', `the agent answered ${status} to ${method} ${path}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  const noted = (refusal: AppError): AppError => {
    if (refusal.code === 'policy_denied') onDenied(refusal.message);
    return refusal;
  };

  return { send, json };
}

/** The agent's own refusal, as if it were ours. */
function refusalOf(problem: Problem): AppError {
  const code: ErrorCode = Object.hasOwn(errorTable, problem.code) ? problem.code : 'internal';
  return new AppError(code, problem.detail, { issues: problem.issues, evidence: problem.evidence });
}

/**
 * The answer's body. Node ends the stream of a lost connection as if the answer were complete; only its code
 * tells (RFC 9113, 5.4.2).
 */
function readBody(stream: ClientHttp2Stream, signal: AbortSignal | undefined): Readable {
  const lost = (cause?: unknown) => (signal?.aborted === true ? asError(signal.reason) : unreachable(cause));
  const body = new Transform({
    transform: (chunk, _, done) => done(null, chunk),
    flush: (done) => done(stream.rstCode === constants.NGHTTP2_NO_ERROR ? null : lost()),
  });
  // Whoever reads it meets the error; to whoever does not it is nothing.
  body.on('error', () => undefined);
  stream.once('error', (cause) => body.destroy(lost(cause)));
  stream.once('close', () => {
    if (!stream.readableEnded) body.destroy(lost());
  });
  body.once('close', () => stream.destroy());
  return stream.pipe(body);
}

const unreachable = (cause: unknown): AppError =>
  refuse('agent_unreachable', 'The connection to the agent ended during the call', { cause });
const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason });
