import { type OperationId, type RouteSpec, routes } from '@berth/contract/routes';

export interface MountedRoute {
  readonly id: OperationId;
  readonly spec: RouteSpec;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** The routes of the contract, ready to be matched. */
export const mountedRoutes: readonly MountedRoute[] = Object.entries(routes).map(([id, spec]) => {
  const names: string[] = [];
  const source = spec.path.replace(
    /\{(\w+)\}|([.*+?^$()|[\]\\])/g,
    (_all, name?: string, special?: string) => {
      if (name === undefined) return `\\${special}`;
      names.push(name);
      return '([^/]+)';
    },
  );
  return { id: id as OperationId, spec, pattern: new RegExp(`^${source}$`), names };
});

/** Methods that some route of this path takes; empty when no route has the path. */
export function methodsOf(path: string): readonly string[] {
  return [
    ...new Set(mountedRoutes.filter((route) => route.pattern.test(path)).map((route) => route.spec.method)),
  ];
}

/** For upgrades, which the router of the HTTP server does not see. Undefined also when a part is not valid percent-encoding. */
export function findWebSocketRoute(
  path: string,
): { readonly route: MountedRoute; readonly params: Record<string, string> } | undefined {
  for (const route of mountedRoutes) {
    if (route.spec.stream !== 'websocket') continue;
    const found = route.pattern.exec(path);
    if (found === null) continue;
    try {
      return {
        route,
        params: Object.fromEntries(
          route.names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? '')]),
        ),
      };
    } catch (cause) {
      if (cause instanceof URIError) return undefined;
      throw cause;
    }
  }
  return undefined;
}
