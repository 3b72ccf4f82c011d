import type { Readable } from 'node:stream';
import type { OperationId, Routes } from '@berth/contract/routes';
import type { WebSocket } from 'ws';
import type * as z from 'zod';

/** Who asks: taken from the token, kept with everything the call changes. */
export interface Actor {
  readonly tokenId: string;
  readonly name: string;
  readonly scope: 'read' | 'deploy' | 'admin';
  readonly address: string;
  readonly userAgent: string;
}

type Part<K extends OperationId, P extends string> = Routes[K] extends { readonly [N in P]: infer T }
  ? T
  : undefined;
type Parsed<T> = T extends z.ZodType ? z.infer<T> : undefined;

/** What a handler gets: everything is already validated by the route's schemas. */
export interface RequestContext<K extends OperationId> {
  readonly params: Parsed<Part<K, 'params'>>;
  readonly query: Parsed<Part<K, 'query'>>;
  /** `binary` routes: the stream, not read yet. */
  readonly body: Part<K, 'body'> extends 'binary' ? Readable : Parsed<Part<K, 'body'>>;
  /** Public routes have none. */
  readonly actor: Routes[K]['scope'] extends 'public' ? Actor | undefined : Actor;
  readonly requestId: string;
  /** Aborted when the client has gone or the process shuts down. */
  readonly signal: AbortSignal;
}

export interface ServerSentEvent<T> {
  /** Sent as the SSE `id`; the client reconnects with `Last-Event-ID`, given in `lastEventId`. */
  readonly id?: string;
  readonly data: T;
}

/** How an exec or run session ended, for the audit log: `exit 0`, `client left`. */
export interface SessionEnd {
  readonly outcome: string;
}

export type Handler<K extends OperationId> =
  Part<K, 'stream'> extends 'sse'
    ? (
        context: RequestContext<K> & { readonly lastEventId?: string },
      ) => AsyncIterable<ServerSentEvent<Parsed<Part<K, 'event'>>>>
    : Part<K, 'stream'> extends 'websocket'
      ? (context: RequestContext<K>, socket: WebSocket) => Promise<SessionEnd>
      : (
          context: RequestContext<K>,
        ) => Promise<Part<K, 'response'> extends z.ZodType ? z.input<Part<K, 'response'>> : undefined>;

export type Handlers = { readonly [K in OperationId]: Handler<K> };
