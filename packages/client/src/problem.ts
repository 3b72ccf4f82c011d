import { AppError, type ErrorCode, errorTable, type Issue, type Problem } from '@berth/contract/errors';

/** A refusal that control sent. The words are control's, which may be newer than this client. */
export class RemoteError extends AppError {
  readonly status: number;
  readonly title: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly requestId: string;
  /** The code as sent; `code` is `internal` when this client does not know it. */
  readonly remoteCode: string;
  /** From `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: ParsedProblem, retryAfterMs?: number) {
    super(problem.code in errorTable ? (problem.code as ErrorCode) : 'internal', problem.detail, problem);
    this.status = problem.status;
    this.title = problem.title;
    this.hint = problem.hint;
    this.retryable = problem.retryable;
    this.requestId = problem.requestId;
    this.remoteCode = problem.code;
    this.retryAfterMs = retryAfterMs;
  }
}

type ParsedProblem = Omit<Problem, 'code' | 'type'> & { readonly code: string };

/** Reads an answer that is not a success, whatever wrote it: control, a proxy in between, or neither. */
export async function readProblem(response: Response): Promise<RemoteError> {
  const text = await response.text().catch(() => '');
  return parseProblem({
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    retryAfter: response.headers.get('retry-after') ?? undefined,
    requestId: response.headers.get('x-request-id') ?? '',
    text,
  });
}

/** As `readProblem`, for an answer already read (a refused WebSocket upgrade). */
export function parseProblem(answer: {
  status: number;
  contentType: string;
  retryAfter?: string | undefined;
  requestId: string;
  text: string;
}): RemoteError {
  const seconds = Number(answer.retryAfter);
  const retryAfterMs = answer.retryAfter !== undefined && seconds >= 0 ? seconds * 1000 : undefined;
  const body = answer.contentType.includes('json') ? parseObject(answer.text) : undefined;
  if (body === undefined || typeof body.code !== 'string')
    return new RemoteError(foreign(answer), retryAfterMs);
  const row = body.code in errorTable ? errorTable[body.code as ErrorCode] : undefined;
  return new RemoteError(
    {
      // In a stream the status line was sent before the fault was known.
      status: typeof body.status === 'number' ? body.status : answer.status,
      code: body.code,
      title: text(body.title) ?? row?.title ?? body.code,
      detail: text(body.detail) ?? row?.title ?? body.code,
      hint: text(body.hint) ?? row?.hint ?? '',
      retryable: typeof body.retryable === 'boolean' ? body.retryable : (row?.retryable ?? false),
      requestId: text(body.requestId) ?? answer.requestId,
      issues: list(body.issues, parseIssue),
      evidence: list(body.evidence, text),
    },
    retryAfterMs,
  );
}

/** An answer that is not from control: a proxy's error page, or another server at this address. */
function foreign(answer: { status: number; requestId: string; text: string }): ParsedProblem {
  const isDown = answer.status === 502 || answer.status === 503 || answer.status === 504;
  const code: ErrorCode = isDown ? 'control_unreachable' : 'internal';
  const quoted = answer.text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
  return {
    status: answer.status,
    code,
    title: errorTable[code].title,
    detail: `the server answered ${answer.status}, not in the words of Berth’s control`,
    hint: isDown ? errorTable[code].hint : 'Is this the address of Berth’s API? See `berth context ls`.',
    retryable: isDown,
    requestId: answer.requestId,
    issues: [],
    evidence: quoted === '' ? [] : [quoted],
  };
}

function parseObject(source: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

function list<T>(value: unknown, parse: (item: unknown) => T | undefined): T[] {
  return Array.isArray(value) ? value.map(parse).filter((item) => item !== undefined) : [];
}

function parseIssue(value: unknown): Issue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { at, message, suggestion } = value as Record<string, unknown>;
  if (typeof at !== 'string' || typeof message !== 'string') return undefined;
  return typeof suggestion === 'string' ? { at, message, suggestion } : { at, message };
}
