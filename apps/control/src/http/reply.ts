import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from '@berth/contract/errors';
import type { Answer } from './idempotency.ts';
import { problemOf, retryAfterSeconds } from './problem.ts';

export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** How long the rest of a refused body is read and dropped, so that the client gets to read the answer. */
const lingerMs = 3_000;

export type Headers = Readonly<Record<string, string>>;

/** Writes an answer; JSON unless it is empty. */
export function send(response: ServerResponse, requestId: string, answer: Answer, more: Headers = {}): void {
  const type = answer.body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' };
  write(response, answer.status, { 'x-request-id': requestId, ...type, ...more }, answer.body);
}

/** Writes a refusal as problem+json. */
export function sendProblem(
  response: ServerResponse,
  requestId: string,
  refusal: AppError,
  more: Headers = {},
): void {
  const problem = problemOf(refusal, requestId);
  const seconds = retryAfterSeconds(refusal);
  const headers = {
    'x-request-id': requestId,
    'content-type': 'application/problem+json; charset=utf-8',
    ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer realm="berth"' } : {}),
    ...more,
  };
  write(response, problem.status, headers, JSON.stringify(problem));
}

function write(response: ServerResponse, status: number, headers: Headers, body: string): void {
  // The client has gone, or the stream has begun: there is nobody to tell.
  if (response.headersSent || response.destroyed) return;
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...securityHeaders, ...headers, ...length });
  response.end(body);
}

/** Reads and drops what is left of a refused body for a while, then ends the connection. */
export function linger(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed || request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket?.destroy(), lingerMs);
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}

/** A refusal on a bare connection: before there is a request, or instead of an upgrade. */
export function refuseConnection(socket: Duplex, requestId: string, refusal: AppError): void {
  const problem = problemOf(refusal, requestId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
