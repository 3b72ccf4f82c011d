import type * as z from 'zod';

/**
 * Every operation of the REST API: control mounts it, the client types itself by it, OpenAPI is printed from
 * it, and the authorisation test walks it. `scope` `public` needs no token. `stream`: `sse` answers
 * `text/event-stream`, `websocket` upgrades (frames: exec.ts).
 */
export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly scope: 'public' | 'read' | 'deploy' | 'admin';
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** `binary`: a gzip-compressed tar archive as application/gzip. */
  readonly body?: z.ZodType | 'binary';
  readonly status: number;
  readonly response?: z.ZodType;
  readonly stream?: 'sse' | 'websocket';
  /** What each SSE event holds. */
  readonly event?: z.ZodType;
}
