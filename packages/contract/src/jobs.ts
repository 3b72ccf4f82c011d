import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName, PageQuery, page, ServiceName, Timestamp } from './schemas.ts';

/** Commands that run to their end: scheduled services, detached one-offs, hooks after a deployment. */

const app = z.object({ app: AppName });
const execution = app.extend({ id: z.string().max(64) });

export const ExecutionView = z
  .object({
    id: z.string(),
    job: z.string().describe('The scheduled service; `run`, `post-deploy` or `seed` for others.'),
    service: z.string(),
    release: z.int(),
    trigger: z.enum(['schedule', 'manual', 'run', 'post-deploy', 'seed']),
    state: z.enum(['starting', 'running', 'skipped', 'succeeded', 'failed', 'cancelled']),
    stateMeaning: z.string(),
    actor: z.string(),
    dueAt: Timestamp.optional(),
    createdAt: Timestamp,
    startedAt: Timestamp.optional(),
    endedAt: Timestamp.optional(),
    exitCode: z.int().optional(),
    oomKilled: z.boolean().optional(),
    reason: z.string().optional(),
    node: z.string().optional(),
  })
  .meta({ id: 'Execution' });

export const JobView = z
  .object({
    name: z.string().describe('The service.'),
    cron: z.string(),
    timeZone: z.string(),
    concurrency: z.enum(['forbid', 'allow', 'replace']),
    missed: z.enum(['run', 'skip']),
    timeoutSeconds: z.number(),
    historyMax: z.int(),
    paused: z.boolean(),
    nextAt: Timestamp.optional(),
    last: ExecutionView.optional(),
  })
  .meta({ id: 'Job' });

export const RunBody = z
  .object({
    service: ServiceName.optional(),
    command: z.array(z.string().max(32_000)).min(1).max(200),
    timeoutSeconds: z.int().min(1).max(604_800).optional(),
    volumesFrom: z
      .array(ServiceName)
      .max(8)
      .optional()
      .describe('Services whose volumes are mounted too, read-only.'),
  })
  .strict()
  .meta({ id: 'Run' });

export const ExecutionLine = z
  .object({ at: Timestamp, stream: z.enum(['stdout', 'stderr']), text: z.string() })
  .meta({ id: 'ExecutionLine' });

export const jobRoutes = {
  listJobs: {
    method: 'GET',
    path: '/v1/apps/{app}/jobs',
    scope: 'read',
    summary: 'Scheduled services, when they run next and how they ran last',
    params: app,
    status: 200,
    response: z.object({ items: z.array(JobView) }),
  },
  runJob: {
    method: 'POST',
    path: '/v1/apps/{app}/jobs/{job}/run',
    scope: 'deploy',
    summary: 'Run a scheduled service now',
    params: app.extend({ job: ServiceName }),
    status: 202,
    response: ExecutionView,
  },
  pauseJob: {
    method: 'PUT',
    path: '/v1/apps/{app}/jobs/{job}/paused',
    scope: 'deploy',
    summary: 'Stop a schedule, or let it go on from now',
    params: app.extend({ job: ServiceName }),
    body: z.object({ paused: z.boolean() }).strict(),
    status: 200,
    response: JobView,
  },
  listExecutions: {
    method: 'GET',
    path: '/v1/apps/{app}/executions',
    scope: 'read',
    summary: 'Executions of jobs and detached one-offs, newest first',
    params: app,
    query: PageQuery.extend({ job: z.string().max(64).optional() }),
    status: 200,
    response: page(ExecutionView),
  },
  createExecution: {
    method: 'POST',
    path: '/v1/apps/{app}/executions',
    scope: 'admin',
    summary: 'A detached one-off: a command in a fresh task of the live release',
    params: app,
    body: RunBody,
    status: 202,
    response: ExecutionView,
  },
  getExecution: {
    method: 'GET',
    path: '/v1/apps/{app}/executions/{id}',
    scope: 'read',
    summary: 'One execution',
    params: execution,
    status: 200,
    response: ExecutionView,
  },
  streamExecutionLog: {
    method: 'GET',
    path: '/v1/apps/{app}/executions/{id}/log',
    scope: 'read',
    summary: 'What an execution said; while it runs, until it ends',
    params: execution,
    query: z.object({ follow: z.stringbool().default(false) }),
    status: 200,
    stream: 'sse',
    event: ExecutionLine,
  },
  cancelExecution: {
    method: 'POST',
    path: '/v1/apps/{app}/executions/{id}/cancel',
    scope: 'deploy',
    summary: 'Stop an execution',
    params: execution,
    status: 202,
    response: ExecutionView,
  },
} as const satisfies Record<string, RouteSpec>;
