import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName, DeploymentCreate } from './schemas.ts';

/** What a deployment would do, and how what runs differs from what was released. */

const app = z.object({ app: AppName });

export const PlannedServiceView = z
  .object({
    service: z.string(),
    action: z.enum([
      'created',
      'replaced',
      'replaced-in-place',
      'run',
      'scheduled',
      'scaled',
      'untouched',
      'removed',
    ]),
    reasons: z.array(z.string()).describe('In words; variables and secrets by name only.'),
    wave: z.int().optional().describe('When it starts, from 1.'),
    waitsFor: z.array(z.string()).describe('What has to hold before it starts, in words.'),
  })
  .meta({ id: 'PlannedService' });

export const PlanView = z
  .object({
    app: z.string(),
    release: z.int().optional().describe('The live release it is compared with.'),
    changes: z.boolean().describe('False: a deployment would touch nothing.'),
    services: z.array(PlannedServiceView),
    others: z.array(z.string()).describe('Routes, networks, volumes, files, commands: in words.'),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Plan' });

export const DriftFinding = z
  .object({
    kind: z.enum(['service', 'replicas', 'tasks', 'foreign', 'network', 'edge']),
    object: z.string(),
    text: z.string(),
    repair: z.string().optional().describe('What a repair does about it; absent: nothing.'),
  })
  .meta({ id: 'DriftFinding' });

export const DriftView = z
  .object({
    app: z.string(),
    release: z.int().optional(),
    drift: z.boolean(),
    findings: z.array(DriftFinding),
  })
  .meta({ id: 'Drift' });

export const planRoutes = {
  planDeployment: {
    method: 'POST',
    path: '/v1/apps/{app}/plan',
    scope: 'deploy',
    summary: 'What a deployment of this would do, service by service; nothing is changed',
    params: app,
    body: DeploymentCreate,
    status: 200,
    response: PlanView,
  },
  getDrift: {
    method: 'GET',
    path: '/v1/apps/{app}/drift',
    scope: 'read',
    summary: 'How what runs differs from what was released',
    params: app,
    status: 200,
    response: DriftView,
  },
  repairDrift: {
    method: 'POST',
    path: '/v1/apps/{app}/drift/repair',
    scope: 'deploy',
    summary: 'Make what runs what was released: what has to be replaced goes through a deployment',
    params: app,
    status: 200,
    response: z.object({ repaired: z.array(z.string()), deployment: z.string().optional() }),
  },
} as const satisfies Record<string, RouteSpec>;
