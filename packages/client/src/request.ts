import { refuse } from '@berth/contract/errors';
import type { Operation } from '@berth/contract/operations';

/** Parameters and query as any operation may take them; the typed form is in types.ts. */
export interface RequestParts {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
}

/** The whole address of a request. Lists in the query repeat their key; undefined values are left out. Refuses `..`. */
export function buildUrl(baseUrl: string, route: Pick<Operation, 'path'>, parts: RequestParts): URL {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parts.params?.[name];
    if (value === undefined || value === '') throw new TypeError(`${route.path} needs the parameter ${name}`);
    // URLs drop `.` and `..`, encoded or not: such a name would ask for another path.
    if (value === '.' || value === '..')
      throw refuse('invalid', `"${value}" cannot be the ${name} in ${route.path}`);
    return encodeURIComponent(String(value));
  });
  const url = new URL(baseUrl.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(parts.query ?? {})) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(item));
  }
  return url;
}

/** The same address for a WebSocket. */
export function toSocketUrl(url: URL): URL {
  const socket = new URL(url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return socket;
}
