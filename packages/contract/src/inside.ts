import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName, ServiceName, Timestamp } from './schemas.ts';

/** What goes on inside the tasks of an app: what they use, run, and have changed in their own files. */

const app = z.object({ app: AppName });
const Which = z.object({
  service: ServiceName.optional(),
  slot: z.coerce.number().int().min(1).optional(),
});
const task = {
  service: z.string(),
  slot: z.int(),
  task: z.string(),
  node: z.string(),
};

export const TaskUsage = z
  .object({
    ...task,
    cpuPercent: z.number().describe('Of one core, over the last second.'),
    memoryBytes: z.int().describe('Without what the kernel could drop at once.'),
    memoryBytesMax: z.int(),
    receivedBytes: z.int(),
    sentBytes: z.int(),
    readBytes: z.int().describe('From disks.'),
    writtenBytes: z.int().describe('To disks.'),
    pids: z.int(),
  })
  .meta({ id: 'TaskUsage' });

export const TaskProcesses = z
  .object({
    ...task,
    processes: z.array(
      z.object({
        pid: z.int().describe('As the node numbers it.'),
        user: z.string(),
        cpuPercent: z.number().describe('Over the life of the process.'),
        memoryBytes: z.int(),
        elapsed: z.string(),
        command: z.string(),
      }),
    ),
  })
  .meta({ id: 'TaskProcesses' });

export const TaskChanges = z
  .object({
    ...task,
    changes: z.array(z.object({ kind: z.enum(['added', 'modified', 'deleted']), path: z.string() })),
    changesLeftOut: z.int().describe('How many more there are.'),
    touched: z
      .array(z.object({ at: Timestamp, actor: z.string(), command: z.string() }))
      .describe('Commands people ran inside: `berth exec`, `berth cp`.'),
  })
  .meta({ id: 'TaskChanges' });

const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

export const insideRoutes = {
  listUsage: {
    method: 'GET',
    path: '/v1/apps/{app}/usage',
    scope: 'read',
    summary: 'CPU, memory, network, disk and processes of each running task, measured over a second',
    params: app,
    query: Which,
    status: 200,
    response: listOf(TaskUsage),
  },
  listProcesses: {
    method: 'GET',
    path: '/v1/apps/{app}/processes',
    // Arguments of a command may hold secrets.
    scope: 'deploy',
    summary: 'What runs in each task',
    params: app,
    query: Which,
    status: 200,
    response: listOf(TaskProcesses),
  },
  listChanges: {
    method: 'GET',
    path: '/v1/apps/{app}/changes',
    scope: 'read',
    summary: 'Files a running task has and its image has not: gone with the next task',
    params: app,
    query: Which,
    status: 200,
    response: listOf(TaskChanges),
  },
  copy: {
    method: 'GET',
    path: '/v1/apps/{app}/copy',
    scope: 'admin',
    summary: 'Files out of a task or into it, as a tar archive on stdout or stdin of the session',
    params: app,
    query: Which.extend({
      direction: z.enum(['from', 'to']),
      path: z
        .string()
        .min(1)
        .max(4_000)
        .regex(/^\/[^\0]*$/, 'must be an absolute path in the task'),
    }),
    status: 101,
    stream: 'websocket',
  },
} as const satisfies Record<string, RouteSpec>;
