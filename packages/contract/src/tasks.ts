import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName, PageQuery, page, ServiceName, Timestamp } from './schemas.ts';

/** Tasks, what they say, and commands in and beside them. */

export const TaskView = z
  .object({
    id: z.string(),
    service: z.string(),
    release: z.int(),
    slot: z.int(),
    node: z.string(),
    state: z.string().describe('Swarm task state: new … running, failed…'),
    desired: z.string(),
    /** What the edges see. */
    health: z.enum(['healthy', 'unhealthy', 'checking', 'unrouted']),
    address: z.string().optional(),
    containerId: z.string().optional(),
    startedAt: Timestamp.optional(),
    exitCode: z.int().optional(),
    oomKilled: z.boolean().optional(),
    processLimitReachedAt: Timestamp.optional().describe(
      'When its processes last reached their limit, if that was lately',
    ),
    error: z.string().optional(),
    restarts: z
      .object({
        count: z.int().describe('Tasks that ended unasked in its place before it, of those Swarm remembers'),
        lastExitCode: z.int().optional(),
        lastError: z.string().optional(),
        lastOomKilled: z.boolean().optional(),
        startsAt: Timestamp.optional().describe(
          'When Swarm starts it, after the delay of the restart policy',
        ),
      })
      .optional(),
  })
  .meta({ id: 'Task' });

export const LogLine = z
  .object({
    at: Timestamp,
    service: z.string(),
    task: z.string(),
    slot: z.int(),
    release: z.int(),
    node: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  })
  .meta({ id: 'LogLine' });

export const LogsQuery = z.object({
  service: ServiceName.optional(),
  follow: z.stringbool().default(false),
  tail: z.coerce.number().int().min(0).max(10_000).default(100),
  since: z.string().max(40).optional().describe('RFC 3339, or a span: 90s, 15m, 2h, 3d'),
  until: z.string().max(40).optional().describe('As `since`; not together with `follow`.'),
  grep: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Only lines that match this regular expression (RE2 syntax); with `(?i)` before it in any case.',
    ),
});

const CommandQuery = z.object({
  service: ServiceName.optional(),
  tty: z.stringbool().default(false),
  command: z.union([z.array(z.string()), z.string()]),
  rows: z.coerce.number().int().optional(),
  columns: z.coerce.number().int().optional(),
});

const app = z.object({ app: AppName });

export const taskRoutes = {
  listTasks: {
    method: 'GET',
    path: '/v1/apps/{app}/tasks',
    scope: 'read',
    summary: 'Tasks, with what the edge sees',
    params: app,
    query: PageQuery.extend({ all: z.stringbool().default(false), service: ServiceName.optional() }),
    status: 200,
    response: page(TaskView),
  },
  streamLogs: {
    method: 'GET',
    path: '/v1/apps/{app}/logs',
    scope: 'read',
    summary: 'Log lines of all tasks',
    params: app,
    query: LogsQuery,
    status: 200,
    stream: 'sse',
    event: LogLine,
  },
  exec: {
    method: 'GET',
    path: '/v1/apps/{app}/exec',
    scope: 'admin',
    summary: 'A command in a running task',
    params: app,
    query: CommandQuery.extend({ slot: z.coerce.number().int().min(1).optional() }),
    status: 101,
    stream: 'websocket',
  },
  run: {
    method: 'GET',
    path: '/v1/apps/{app}/run',
    scope: 'admin',
    summary: 'A one-off: a command in a fresh container of the live release',
    params: app,
    query: CommandQuery,
    status: 101,
    stream: 'websocket',
  },
} satisfies Record<string, RouteSpec>;
