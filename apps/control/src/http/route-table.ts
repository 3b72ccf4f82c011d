import type { RouteSpec } from '@berth/contract/route-spec';
import { type OperationId, routes } from '@berth/contract/routes';

export interface MountedRoute {
  readonly id: OperationId;
  readonly spec: RouteSpec;
  /** Parts of the path; a parameter is its name in braces. */
  readonly segments: readonly string[];
}

/** The routes of the contract, ready to be matched. */
export const mountedRoutes: readonly MountedRoute[] = Object.entries<RouteSpec>(routes).map(([id, spec]) => ({
  id: id as OperationId,
  spec,
  segments: spec.path.split('/'),
}));

const bySegmentCount = Map.groupBy(mountedRoutes, (route) => route.segments.length);

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: MountedRoute;
      readonly params: Readonly<Record<string, string>>;
    }
  /** The path is known, with other methods. */
  | { readonly kind: 'other-methods'; readonly methods: readonly string[] }
  | { readonly kind: 'none' };

/** Which operation a request is for. A path whose percent-encoding is broken is no path of ours. */
export function matchRoute(method: string, path: string): RouteMatch {
  const parts = path.split('/');
  const fitting = (bySegmentCount.get(parts.length) ?? []).filter((route) => fits(route.segments, parts));
  const route = fitting.find((candidate) => candidate.spec.method === method);
  if (route !== undefined) {
    const params = paramsOf(route.segments, parts);
    return params === undefined ? { kind: 'none' } : { kind: 'route', route, params };
  }
  if (fitting.length === 0) return { kind: 'none' };
  return { kind: 'other-methods', methods: [...new Set(fitting.map((candidate) => candidate.spec.method))] };
}

const isParameter = (segment: string): boolean => segment.startsWith('{');

function fits(segments: readonly string[], parts: readonly string[]): boolean {
  return segments.every((segment, at) => (isParameter(segment) ? parts[at] !== '' : segment === parts[at]));
}

function paramsOf(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  try {
    return Object.fromEntries(
      segments.flatMap((segment, at) =>
        isParameter(segment) ? [[segment.slice(1, -1), decodeURIComponent(parts[at] ?? '')]] : [],
      ),
    );
  } catch (cause) {
    if (cause instanceof URIError) return undefined;
    throw cause;
  }
}

export interface Target {
  readonly path: string;
  /** A repeated key is a list. */
  readonly query: Record<string, unknown>;
}

/** Path and query of a request line. */
export function targetOf(url: string | undefined): Target {
  const [path = '/', search = ''] = (url ?? '/').split(/\?(.*)/s);
  const params = new URLSearchParams(search);
  const query = Object.fromEntries(
    [...new Set(params.keys())].map((key) => {
      const values = params.getAll(key);
      return [key, values.length === 1 ? values[0] : values];
    }),
  );
  return { path, query };
}
