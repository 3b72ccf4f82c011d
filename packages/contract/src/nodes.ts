import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { PageQuery, page, Timestamp } from './schemas.ts';

/** Nodes, their ports, and what is wrong with any of it. */

export const NodeView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(['manager', 'worker']),
    connected: z.boolean(),
    address: z.string(),
    engineVersion: z.string(),
    os: z.string(),
    kernel: z.string(),
    storageDriver: z.string(),
    /** Security modules its engine keeps tasks in: `seccomp`, `apparmor`, `selinux`. */
    security: z.array(z.string()),
    /** Permissions that reach it and that it gives to tasks which were granted them. */
    allow: z.array(z.string()),
    cpus: z.number(),
    memoryBytes: z.int(),
    reserved: z
      .object({ cpus: z.number(), memoryBytes: z.int() })
      .describe('What running tasks have been promised: their reservations, or else their limits.'),
    used: z
      .object({ cpus: z.number(), memoryBytes: z.int() })
      .optional()
      .describe('By everything on the node; absent where its agent does not say.'),
    diskBytesFree: z.int().optional(),
    diskBytes: z.int().optional(),
    tasks: z.int(),
    observedAt: Timestamp,
  })
  .meta({ id: 'Node' });

export const Check = z
  .object({
    id: z.string(),
    area: z.enum(['machine', 'engine', 'edge', 'registry', 'dns', 'certificates', 'platform']),
    status: z.enum(['ok', 'warning', 'broken']),
    text: z.string(),
    fix: z.string().optional(),
  })
  .meta({ id: 'Check' });

export const PortView = z
  .object({
    port: z.int(),
    protocol: z.enum(['tcp', 'udp']),
    /** Absent: every address of the node. */
    address: z.string().optional(),
    node: z.string(),
    owner: z.string(),
  })
  .meta({ id: 'Port' });

export const nodeRoutes = {
  listNodes: {
    method: 'GET',
    path: '/v1/nodes',
    scope: 'read',
    summary: 'Nodes with their facts',
    query: PageQuery,
    status: 200,
    response: page(NodeView),
  },
  listPorts: {
    method: 'GET',
    path: '/v1/ports',
    scope: 'read',
    summary: 'Who has which port',
    query: PageQuery,
    status: 200,
    response: page(PortView),
  },
  listChecks: {
    method: 'GET',
    path: '/v1/checks',
    scope: 'read',
    summary: 'Every invariant of the platform, broken ones with the fix',
    status: 200,
    response: z.object({ items: z.array(Check) }),
  },
} satisfies Record<string, RouteSpec>;
