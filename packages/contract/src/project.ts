import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName } from './schemas.ts';

export const ProjectView = z
  .object({
    app: z.string(),
    release: z.int(),
    /** As compose.yaml: what it asks for is in `values` and `files`. */
    project: z.record(z.string(), z.unknown()),
    values: z.array(z.object({ name: z.string(), value: z.string().optional() })),
    files: z.array(
      z.object({
        path: z.string(),
        kind: z.enum(['config', 'secret']),
        bytes: z.int(),
        base64: z.string().optional(),
      }),
    ),
    images: z.array(z.object({ service: z.string(), image: z.string(), imageLabel: z.string() })),
    /** Where its data is: what a project cannot hold. */
    volumes: z.array(
      z.object({
        name: z.string(),
        /** As the engine has it. */
        engineName: z.string().optional(),
        service: z.string(),
        target: z.string(),
      }),
    ),
  })
  .meta({ id: 'Project' });

export const projectRoutes = {
  getProject: {
    method: 'GET',
    path: '/v1/apps/{app}/project',
    scope: 'read',
    summary: 'A release as a Compose project, with where its images and data are',
    params: z.object({ app: AppName }),
    query: z.object({
      release: z.coerce.number().int().min(1).optional(),
      reveal: z.stringbool().default(false).describe('Values of variables and files, too: scope admin.'),
    }),
    status: 200,
    response: ProjectView,
  },
} as const satisfies Record<string, RouteSpec>;
