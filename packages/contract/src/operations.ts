import table from '../generated/operations.json' with { type: 'json' };
import type { RouteSpec } from './route-spec.ts';
import type { OperationId } from './routes.ts';

/** What asking needs to know of a route. */
export interface Operation {
  readonly method: RouteSpec['method'];
  readonly path: string;
  /** The body is an archive, not JSON. */
  readonly takesArchive?: boolean;
  /** There is an answer to read. */
  readonly answers?: boolean;
}

/**
 * The routes without their schemas, which take longer to load than most requests do. Written by
 * `npm run generate`; a test fails when it is old.
 */
export const operations = table as Readonly<Record<OperationId, Operation>>;
