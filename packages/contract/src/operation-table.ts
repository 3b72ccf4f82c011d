import type { Operation } from './operations.ts';
import type { RouteSpec } from './route-spec.ts';
import { routes } from './routes.ts';

/** `generated/operations.json`: of each route of the API, what asking needs. */
export function renderOperations(): string {
  const entries = Object.entries<RouteSpec>(routes).map(([id, route]): [string, Operation] => [
    id,
    {
      method: route.method,
      path: route.path,
      ...(route.body === 'binary' ? { takesArchive: true } : {}),
      ...(route.response === undefined ? {} : { answers: true }),
    },
  ]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}
