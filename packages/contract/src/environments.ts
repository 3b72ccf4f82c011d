import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName } from './schemas.ts';

/** Two environments of an app beside each other. */

export const Difference = z
  .object({
    what: z.enum(['service', 'image', 'variable', 'replicas', 'limit', 'file', 'route', 'setting']),
    service: z.string().optional().describe('Absent: of the app, or of all its services alike.'),
    name: z.string(),
    left: z.string().describe('Of variables and secrets a fingerprint; `-` where there is none.'),
    right: z.string(),
  })
  .meta({ id: 'Difference' });

const Side = z.object({ app: z.string(), environment: z.string(), release: z.int() });

export const environmentRoutes = {
  diffApps: {
    method: 'GET',
    path: '/v1/apps/{app}/differences',
    scope: 'read',
    summary: 'How the live release of an app differs from that of another environment; no value is shown',
    params: z.object({ app: AppName }),
    query: z.object({ with: AppName }),
    status: 200,
    response: z.object({ left: Side, right: Side, items: z.array(Difference) }),
  },
} as const satisfies Record<string, RouteSpec>;
