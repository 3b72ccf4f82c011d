import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName } from './schemas.ts';

/** A release as a file, to keep or to carry to a machine without a network. */
export const archiveRoutes = {
  exportRelease: {
    method: 'GET',
    path: '/v1/apps/{app}/releases/{number}/archive',
    scope: 'admin',
    summary:
      'The images of a release as a tar archive on stdout of the session: an OCI layout that `docker load` reads, too, with what was released, without values',
    params: z.object({ app: AppName, number: z.coerce.number().int().min(1) }),
    status: 101,
    stream: 'websocket',
  },
} as const satisfies Record<string, RouteSpec>;
