import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName } from './schemas.ts';

/** How the images of a release came to be: each step with what it added. */

export const ImageLayers = z
  .object({
    service: z.string(),
    image: z.string(),
    bytes: z.int().describe('Of all layers, as they are on a node.'),
    committed: z.boolean().describe('Made by `docker commit`, not by a build.'),
    layers: z
      .array(z.object({ command: z.string(), bytes: z.int() }))
      .describe('The step that was last comes first.'),
  })
  .meta({ id: 'ImageLayers' });

export const layerRoutes = {
  listLayers: {
    method: 'GET',
    path: '/v1/apps/{app}/releases/{number}/layers',
    // A command may hold a build argument, and that a secret.
    scope: 'deploy',
    summary: 'The images of a release, step by step',
    params: z.object({ app: AppName, number: z.coerce.number().int().min(1) }),
    status: 200,
    response: z.object({ items: z.array(ImageLayers) }),
  },
} as const satisfies Record<string, RouteSpec>;
