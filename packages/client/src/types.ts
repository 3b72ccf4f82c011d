import type { OperationId, Routes } from '@berth/contract/routes';
import type * as z from 'zod';

type Part<K extends OperationId, P extends string> = Routes[K] extends { readonly [N in P]: infer T }
  ? T
  : undefined;

type OptionalKeys<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T];

/** What a caller writes: the parsed types (numbers, booleans), optional where the schema has a default. */
type Given<T extends z.ZodType> = {
  readonly [K in Exclude<keyof z.output<T>, OptionalKeys<z.input<T>>>]: z.output<T>[K];
} & { readonly [K in OptionalKeys<z.input<T>> & keyof z.output<T>]?: z.output<T>[K] | undefined };

type Field<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : Record<never, never> extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };

type GivenOf<K extends OperationId, P extends 'params' | 'query'> =
  Part<K, P> extends z.ZodType ? Given<Part<K, P>> : never;

/** A gzip-compressed archive. A function gives a fresh one for each attempt, which allows a retry. */
export type BinaryBody = ReadableStream<Uint8Array> | Blob | Uint8Array | AsyncIterable<Uint8Array>;

type BodyOf<K extends OperationId> =
  Part<K, 'body'> extends 'binary'
    ? { readonly body: BinaryBody | (() => BinaryBody) }
    : Part<K, 'body'> extends z.ZodType
      ? { readonly body: z.input<Part<K, 'body'>> }
      : unknown;

export interface CallOptions {
  /** Makes a mutation safe to repeat; the client then repeats it after a lost connection. */
  readonly idempotencyKey?: string;
  /** The caller knows that doing it twice does no harm (an upload), so no key is needed to repeat it. */
  readonly isHarmlessTwice?: boolean;
  readonly signal?: AbortSignal;
  /** Repeats after the first attempt; 0 to give up at once. */
  readonly retriesMax?: number;
}

/** Parameters, query and body of an operation, and nothing it does not take. */
export type CallInput<K extends OperationId> = Field<'params', GivenOf<K, 'params'>> &
  Field<'query', GivenOf<K, 'query'>> &
  BodyOf<K>;

/** What an operation answers. */
export type CallOutput<K extends OperationId> =
  Part<K, 'response'> extends z.ZodType ? z.output<Part<K, 'response'>> : undefined;

export type PlainOperation = {
  [K in OperationId]: Routes[K] extends { readonly stream: string } ? never : K;
}[OperationId];
export type StreamOperation = {
  [K in OperationId]: Routes[K] extends { readonly stream: 'sse' } ? K : never;
}[OperationId];
export type SocketOperation = {
  [K in OperationId]: Routes[K] extends { readonly stream: 'websocket' } ? K : never;
}[OperationId];

/** One event of a stream. */
export type StreamEvent<K extends StreamOperation> =
  Part<K, 'event'> extends z.ZodType ? z.output<Part<K, 'event'>> : never;
