import { AppError, refuse } from '@berth/contract/errors';
import { type Operation, operations } from '@berth/contract/operations';
import type { OperationId } from '@berth/contract/routes';
import { readEvents, type StreamOptions } from './events.ts';
import { RemoteError, readProblem } from './problem.ts';
import { buildUrl, type RequestParts, toSocketUrl } from './request.ts';
import { mayRepeat, pause, repeatDelayMs } from './retry.ts';
import type {
  BinaryBody,
  CallInput,
  CallOptions,
  CallOutput,
  PlainOperation,
  SocketOperation,
  StreamEvent,
  StreamOperation,
} from './types.ts';

export interface ClientOptions {
  /** `http://127.0.0.1:7700` */
  readonly baseUrl: string;
  readonly token?: string;
  /** Sent as `User-Agent` where the platform allows; control keeps it in the audit log. */
  readonly userAgent?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Tests pass their own, so that no test waits. */
  readonly pause?: typeof pause;
  readonly random?: () => number;
}

/** The input is optional for operations that need none. */
type InputOf<K extends OperationId, More> =
  Record<never, never> extends CallInput<K> ? [input?: CallInput<K> & More] : [input: CallInput<K> & More];

/**
 * Calls control by operation id, typed by the contract.
 *
 * Rejects with `RemoteError` for a refusal by control, with `control_unreachable` when no answer comes, and
 * with the signal's reason when aborted. Answers are not validated again: control and client share the
 * contract, and a newer control may say more than this client knows.
 */
export interface Client {
  readonly baseUrl: string;
  call<K extends PlainOperation>(operation: K, ...input: InputOf<K, CallOptions>): Promise<CallOutput<K>>;
  /** Events until the end; reconnects by itself with `Last-Event-ID`. */
  stream<K extends StreamOperation>(
    operation: K,
    ...input: InputOf<K, StreamOptions<StreamEvent<K>>>
  ): AsyncGenerator<StreamEvent<K>, void, undefined>;
  /** Every item of a paged list. */
  list<K extends ListOperation>(
    operation: K,
    ...input: InputOf<K, CallOptions & { itemsMax?: number }>
  ): Promise<ItemOf<K>[]>;
  /** Address and headers for a WebSocket, opened by the caller's own implementation. */
  socket<K extends SocketOperation>(
    operation: K,
    ...input: InputOf<K, object>
  ): { url: URL; headers: Record<string, string> };
}

export type ListOperation = {
  [K in PlainOperation]: CallOutput<K> extends { items: unknown[]; next?: string | undefined } ? K : never;
}[PlainOperation];
export type ItemOf<K extends ListOperation> = CallOutput<K> extends { items: (infer T)[] } ? T : never;

interface AnyInput extends RequestParts, CallOptions {
  readonly body?: unknown;
  readonly itemsMax?: number;
}

const pageItemsMax = 200;

export function createClient(options: ClientOptions): Client {
  const fetch = options.fetch ?? globalThis.fetch;
  const wait = options.pause ?? pause;
  const random = options.random ?? Math.random;

  const headers = (more: Record<string, string> = {}) => ({
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    ...(options.userAgent === undefined ? {} : { 'user-agent': options.userAgent }),
    ...more,
  });

  async function send(url: URL, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted === true) throw init.signal.reason;
      throw findRefusal(cause) ?? unreachable(options.baseUrl, cause);
    }
    if (!response.ok) throw await readProblem(response);
    return response;
  }

  async function attempt(route: Operation, input: AnyInput): Promise<unknown> {
    const response = await send(buildUrl(options.baseUrl, route, input), {
      method: route.method,
      headers: headers({
        accept: 'application/json',
        ...contentType(route, input),
        ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
      }),
      ...encodeBody(route, input),
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    });
    if (response.status === 204 || route.answers !== true) {
      await response.body?.cancel();
      return undefined;
    }
    try {
      return await response.json();
    } catch (cause) {
      if (input.signal?.aborted === true) throw input.signal.reason;
      throw unreachable(options.baseUrl, cause);
    }
  }

  async function call(operation: PlainOperation, input: AnyInput = {}): Promise<unknown> {
    const route = operations[operation];
    const retriesMax = input.retriesMax ?? 2;
    for (let repeat = 1; ; repeat++) {
      try {
        return await attempt(route, input);
      } catch (error) {
        if (repeat > retriesMax || !isRepeatable(route, input, error)) throw error;
        const named = error instanceof RemoteError ? error.retryAfterMs : undefined;
        await wait(Math.min(named ?? repeatDelayMs(repeat, random()), 10_000), input.signal);
      }
    }
  }

  async function list(operation: ListOperation, input: AnyInput = {}): Promise<unknown[]> {
    const items: unknown[] = [];
    const itemsMax = input.itemsMax ?? Number.POSITIVE_INFINITY;
    let cursor: string | undefined;
    do {
      const limit = Math.min(pageItemsMax, itemsMax - items.length);
      const page = (await call(operation, { ...input, query: { ...input.query, limit, cursor } })) as {
        items: unknown[];
        next?: string;
      };
      items.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined && items.length < itemsMax);
    return items.slice(0, itemsMax);
  }

  const client = {
    baseUrl: options.baseUrl,
    call,
    list,
    stream: (operation: StreamOperation, input: RequestParts & StreamOptions<unknown> = {}) =>
      readEvents({
        options: input,
        pause: wait,
        random,
        connect: (lastEventId) =>
          send(buildUrl(options.baseUrl, operations[operation], input), {
            headers: headers({
              accept: 'text/event-stream',
              ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
            }),
            ...(input.signal === undefined ? {} : { signal: input.signal }),
          }),
        lost: (cause) => unreachable(options.baseUrl, cause),
      }),
    socket: (operation: SocketOperation, input: RequestParts = {}) => ({
      url: toSocketUrl(buildUrl(options.baseUrl, operations[operation], input)),
      headers: headers(),
    }),
  };
  // The one place where the generic signatures meet the untyped bodies above.
  return client as unknown as Client;
}

function isRepeatable(route: Operation, input: AnyInput, error: unknown): boolean {
  return mayRepeat({
    method: route.method,
    isHarmlessTwice: input.isHarmlessTwice === true || input.idempotencyKey !== undefined,
    bodyIsReplayable: route.takesArchive !== true || typeof input.body === 'function',
    error: error as AppError,
  });
}

function contentType(route: Operation, input: AnyInput): Record<string, string> {
  if (input.body === undefined) return {};
  return { 'content-type': route.takesArchive === true ? 'application/gzip' : 'application/json' };
}

function encodeBody(route: Operation, input: AnyInput): RequestInit {
  if (input.body === undefined) return {};
  if (route.takesArchive !== true) return { body: JSON.stringify(input.body) };
  const body = typeof input.body === 'function' ? (input.body as () => BinaryBody)() : input.body;
  // `duplex` is required by the fetch standard for streams; the types of fetch do not know it everywhere.
  return { body: toFetchBody(body as BinaryBody), duplex: 'half' } as RequestInit;
}

type FetchBody = NonNullable<RequestInit['body']>;

function toFetchBody(body: BinaryBody): FetchBody {
  if (body instanceof Blob || body instanceof ReadableStream || body instanceof Uint8Array)
    return body as FetchBody;
  const iterator = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
}

/** The body of an upload may refuse on its way out (a file changed): that is the error, not the connection. */
function findRefusal(cause: unknown): AppError | undefined {
  for (let at = cause, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at instanceof AppError) return at;
  return undefined;
}

/** Why no answer came, as far as the platform says. */
function unreachable(baseUrl: string, cause: unknown): AppError {
  const because = findReason(cause);
  return refuse(
    'control_unreachable',
    `control does not answer at ${baseUrl}${because === undefined ? '' : ` (${because})`}`,
    { cause },
  );
}

function findReason(cause: unknown): string | undefined {
  for (let at = cause, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = (at as { code?: unknown }).code;
    if (code === 'ECONNREFUSED') return 'connection refused';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name does not resolve';
    if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'the connection was lost';
    if (typeof code === 'string' && /CERT|SELF_SIGNED|SIGNATURE/.test(code))
      return `its certificate is not trusted: ${code}`;
    if (typeof code === 'string') return code;
  }
  return undefined;
}
