import { Readable } from 'node:stream';
import type { EngineResponse } from '@berth/engine/transport';

/** What a handler of the fake answers with. */
export type Reply =
  | { readonly status: number; readonly json?: unknown }
  | { readonly status: number; readonly stream: Readable };

export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed body; undefined for none and for streams. */
  readonly json: unknown;
  readonly bytes: Buffer;
  readonly signal?: AbortSignal;
}

/** The engine's way to say no: status and its own words. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const ok = (json: unknown): Reply => ({ status: 200, json });
export const created = (json: unknown): Reply => ({ status: 201, json });
export const noContent: Reply = { status: 204 };

export function lines(values: readonly unknown[]): Reply {
  return {
    status: 200,
    stream: Readable.from(values.map((value) => Buffer.from(`${JSON.stringify(value)}\n`))),
  };
}

export function toResponse(reply: Reply): EngineResponse {
  if ('stream' in reply) return { status: reply.status, headers: {}, body: reply.stream };
  const text = reply.json === undefined ? '' : JSON.stringify(reply.json);
  return {
    status: reply.status,
    headers: reply.json === undefined ? {} : { 'content-type': 'application/json' },
    body: Readable.from(text === '' ? [] : [Buffer.from(text)]),
  };
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  readonly atMs: number;
}

/** Frames as the engine multiplexes them; with the timestamp in front when asked. */
export function frames(log: readonly LogLine[], query: URLSearchParams): Buffer[] {
  const tail = query.get('tail');
  const since = Number(query.get('since') ?? 0) * 1000;
  const kept = log.filter((line) => line.atMs >= since && query.get(line.stream) !== 'false');
  const last = tail === null || tail === 'all' ? kept : kept.slice(Math.max(0, kept.length - Number(tail)));
  return last.map((line) => {
    const stamp = isTrue(query.get('timestamps')) ? `${new Date(line.atMs).toISOString()} ` : '';
    const data = Buffer.from(`${stamp}${line.text}\n`);
    const head = Buffer.alloc(8);
    head[0] = line.stream === 'stderr' ? 2 : 1;
    head.writeUInt32BE(data.length, 4);
    return Buffer.concat([head, data]);
  });
}

export const isTrue = (value: string | null): boolean => value === 'true' || value === '1';

export type Filters = ReadonlyMap<string, readonly string[]>;

/** Filters come as `{"label":["a=b"]}` or, from older clients, `{"label":{"a=b":true}}`. */
export function parseFilters(query: URLSearchParams): Filters {
  const text = query.get('filters');
  const parsed = (text === null ? {} : JSON.parse(text)) as Record<string, readonly string[] | object>;
  return new Map(
    Object.entries(parsed).map(([key, value]) => [
      key,
      Array.isArray(value) ? (value as readonly string[]) : Object.keys(value),
    ]),
  );
}

/** All label filters must hold: `key` or `key=value`. */
export function hasLabels(
  labels: Readonly<Record<string, string>> | null | undefined,
  filters: Filters,
): boolean {
  return (filters.get('label') ?? []).every((filter) => {
    const [key, ...rest] = filter.split('=');
    const value = labels?.[key!];
    return value !== undefined && (rest.length === 0 || value === rest.join('='));
  });
}

/** Any of the values of one filter; true when the filter is not given. */
export function passes(filters: Filters, key: string, look: (value: string) => boolean): boolean {
  const values = filters.get(key);
  return values === undefined || values.length === 0 || values.some(look);
}
