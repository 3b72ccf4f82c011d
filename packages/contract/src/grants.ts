import { permissionForms } from '@berth/domain/permission';
import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import * as s from './schemas.ts';

const day = 86_400;

export const GrantView = z
  .object({
    id: z.string(),
    app: z.string(),
    service: z.string().optional().describe('Left out: every service of the app.'),
    permission: z.string(),
    /** What it opens. */
    risk: z.string(),
    reason: z.string(),
    owner: z.string(),
    grantedBy: z.string(),
    createdAt: z.string(),
    expiresAt: z.string(),
    expired: z.boolean(),
    /** Services whose live release has it. */
    usedBy: z.array(z.string()),
    refusedBy: z
      .array(z.object({ node: z.string(), allow: z.string() }))
      .describe('Nodes whose own list does not allow it, whatever is granted; `allow`: the list that would.'),
  })
  .meta({ id: 'Grant' });
export const GrantCreate = z
  .object({
    app: s.AppName,
    service: z.string().min(1).max(63).optional(),
    permission: z.string().min(1).max(300).describe(permissionForms),
    reason: z.string().trim().min(3).max(300),
    owner: z.string().trim().min(1).max(100).optional().describe('Who answers for it; default: who asks.'),
    expiresInSeconds: z
      .int()
      .min(60)
      .max(366 * day)
      .default(90 * day),
  })
  .strict()
  .meta({ id: 'GrantCreate' });

/** Exceptions for one app: what its tasks have beside what every task has. */
export const grantRoutes = {
  listGrants: {
    method: 'GET',
    path: '/v1/grants',
    scope: 'read',
    summary: 'What tasks of apps may have beside what every task has, why, and until when',
    query: s.PageQuery,
    status: 200,
    response: s.page(GrantView),
  },
  createGrant: {
    method: 'POST',
    path: '/v1/grants',
    scope: 'admin',
    summary: 'Lets an app, or one service of it, have one permission for a time',
    body: GrantCreate,
    status: 201,
    response: GrantView,
  },
  deleteGrant: {
    method: 'DELETE',
    path: '/v1/grants/{id}',
    scope: 'admin',
    summary: 'Takes a grant back: nothing that needs it is deployed any more',
    params: z.object({ id: z.string().max(64) }),
    status: 204,
  },
} as const satisfies Record<string, RouteSpec>;
