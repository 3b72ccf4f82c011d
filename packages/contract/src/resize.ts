import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName, ServiceName } from './schemas.ts';

/** Limits of running tasks, changed without a restart. */

const app = z.object({ app: AppName });

/** What the kernel needs for a container to live at all. */
const memoryBytesMin = 6 * 1024 * 1024;

export const Limits = z
  .object({
    memoryBytesMax: z.int().min(memoryBytesMin).optional(),
    cpusMax: z.number().min(0.01).max(1_024).optional(),
    pidsMax: z.int().min(1).max(1_000_000).optional(),
  })
  .strict()
  .meta({ id: 'Limits' });

export const ResizeView = z
  .object({
    service: z.string(),
    limits: Limits.describe(
      'Those that differ from the release; they hold for later tasks and releases, too.',
    ),
    tasks: z.array(z.object({ slot: z.int(), task: z.string(), node: z.string() })).describe('Changed now.'),
  })
  .meta({ id: 'Resize' });

export const resizeRoutes = {
  listResizes: {
    method: 'GET',
    path: '/v1/apps/{app}/limits',
    scope: 'read',
    summary: 'Limits that were changed while tasks run, by service',
    params: app,
    status: 200,
    response: z.object({ items: z.array(ResizeView.omit({ tasks: true })) }),
  },
  resize: {
    method: 'PUT',
    path: '/v1/apps/{app}/limits/{service}',
    scope: 'deploy',
    summary: 'Change memory, CPU and process limits of a service; its tasks run on. Empty: as released',
    params: app.extend({ service: ServiceName }),
    body: Limits,
    status: 200,
    response: ResizeView,
  },
} as const satisfies Record<string, RouteSpec>;
