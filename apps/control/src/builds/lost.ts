import { AppError, refuse } from '@berth/contract/errors';

/** Codes of connections that end: a local socket's, and those of the agent's HTTP/2 streams. */
const codes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_STREAM',
]);

/** The connection went before the engine had said all: worth another try, since every step may be repeated. */
export function isLost(cause: unknown): boolean {
  // Half a line of JSON.
  if (cause instanceof SyntaxError) return true;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && codes.has(code);
}

/** Words of an engine that is going down, or whose containerd is. */
export function isGoingDown(because: string): boolean {
  return /context cancell?ed|transport is closing|error reading from server: EOF|code = Unavailable|shutting down/i.test(
    because,
  );
}

export function lost(what: string, cause?: unknown): AppError {
  return refuse('engine_unreachable', `The engine went away during ${what}.`, { cause });
}

/** A lost connection as the refusal that callers know to be passing; anything else as it is. */
export function translateLoss(cause: unknown, what: string): unknown {
  return !(cause instanceof AppError) && isLost(cause) ? lost(what, cause) : cause;
}
