import { parseScope } from '@berth/domain/scope';
import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { Accepted, AppName, EnvName, PageQuery, page, ServiceName, Timestamp } from './schemas.ts';

/** Variables at scopes: a project, an environment of it, an app, a service of an app. */

export const ScopeText = z
  .string()
  .max(80)
  .refine((text) => parseScope(text) !== undefined, {
    message: 'must be project:NAME, environment:PROJECT/NAME, app:NAME or service:APP/NAME',
  })
  .meta({
    id: 'ScopeText',
    description: '`project:shop`, `environment:shop/staging`, `app:web`, `service:web/worker`',
  });

const VariableFields = {
  name: z.string(),
  fingerprint: z.string().optional().describe('Equal within a scope means equal values.'),
  value: z.string().optional().describe('Only with ?reveal=true and scope admin.'),
};

export const VariableView = z
  .object({
    ...VariableFields,
    state: z.enum(['set', 'absent']).describe('absent: the tasks do not have it, whatever says otherwise.'),
    version: z.int().describe('Version of the scope that said so.'),
    updatedAt: Timestamp,
    updatedBy: z.string(),
  })
  .meta({ id: 'Variable' });

export const VariableVersionView = z
  .object({
    ...VariableFields,
    version: z.int(),
    change: z.enum(['set', 'absent', 'removed']),
    at: Timestamp,
    actor: z.string(),
  })
  .meta({ id: 'VariableVersion' });

export const VariablesPatch = z
  .object({
    set: z.record(EnvName, z.string().max(100_000)).default({}),
    unset: z.array(EnvName).default([]),
    absent: z
      .array(EnvName)
      .default([])
      .describe('Names the tasks shall not have, whatever the image, the manifest or a weaker scope says.'),
    deploy: z.boolean().default(true),
  })
  .strict()
  .meta({ id: 'VariablesPatch' });

export const Generate = z
  .object({
    length: z.int().min(16).max(256).default(32),
    show: z.boolean().default(false),
    replace: z.boolean().default(false).describe('Also where there is a value already.'),
    deploy: z.boolean().default(true),
  })
  .strict()
  .meta({ id: 'Generate' });

export const VariablesChanged = z
  .object({
    ok: z.literal(true),
    version: z.int().describe('Newest version of the scope.'),
    deployments: z.array(z.object({ app: z.string(), id: z.string() })),
    undeployed: z
      .array(z.object({ app: z.string(), because: z.string() }))
      .describe('Apps that get the change with their next deployment.'),
  })
  .meta({ id: 'VariablesChanged' });

export const VariableOrigin = z
  .object({
    kind: z.enum(['image', 'file', 'scope', 'secret', 'platform']),
    at: z
      .string()
      .optional()
      .describe('The scope, the name of the secret, or `compose.yaml:12` of a file where it is known.'),
    scope: z.string().optional().describe('Of a secret that Berth keeps: where it is said.'),
    absent: z.boolean().optional().describe('It says that there is no such variable.'),
    value: z.string().optional(),
  })
  .meta({ id: 'VariableOrigin' });

export const ExplainedService = z
  .object({
    service: z.string(),
    imageKnown: z.boolean().describe('False: no node has the image at hand, so its variables are not shown.'),
    variables: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['set', 'absent']),
        origin: VariableOrigin,
        overrides: z.array(VariableOrigin).describe('What would hold without it, strongest first.'),
        pending: z.boolean().describe('Not in the live release yet: the next deployment brings it.'),
      }),
    ),
  })
  .meta({ id: 'ExplainedService' });

const scope = z.object({ scope: ScopeText });
const reveal = z.stringbool().default(false);

export const variableRoutes = {
  listEnv: {
    method: 'GET',
    path: '/v1/apps/{app}/env',
    scope: 'read',
    summary: 'Variables of the scope of the app by name',
    params: z.object({ app: AppName }),
    query: PageQuery.extend({ reveal }),
    status: 200,
    response: page(VariableView),
  },
  patchEnv: {
    method: 'PATCH',
    path: '/v1/apps/{app}/env',
    scope: 'deploy',
    summary: 'Set and unset variables of the app; makes a new release',
    params: z.object({ app: AppName }),
    body: VariablesPatch,
    status: 202,
    response: Accepted,
  },
  listVariables: {
    method: 'GET',
    path: '/v1/variables',
    scope: 'read',
    summary: 'What a scope says, by name',
    query: PageQuery.extend({ ...scope.shape, reveal }),
    status: 200,
    response: page(VariableView),
  },
  patchVariables: {
    method: 'PATCH',
    path: '/v1/variables',
    scope: 'deploy',
    summary: 'Set, unset and take out variables of a scope; every app concerned gets a new release',
    query: scope,
    body: VariablesPatch,
    status: 202,
    response: VariablesChanged,
  },
  generateVariable: {
    method: 'POST',
    path: '/v1/variables/{name}/generate',
    scope: 'deploy',
    summary: 'Make up a random value for a variable of a scope; every app concerned gets a new release',
    params: z.object({ name: EnvName }),
    query: scope,
    body: Generate,
    status: 202,
    response: VariablesChanged.extend({
      value: z.string().optional().describe('If it was asked to be shown.'),
    }).meta({ id: 'VariableGenerated' }),
  },
  listVariableVersions: {
    method: 'GET',
    path: '/v1/variables/versions',
    scope: 'read',
    summary: 'Who changed what of a scope, newest first',
    query: PageQuery.extend({ ...scope.shape, name: EnvName.optional(), reveal }),
    status: 200,
    response: page(VariableVersionView),
  },
  rollbackVariables: {
    method: 'POST',
    path: '/v1/variables/rollback',
    scope: 'deploy',
    summary: 'Return a scope to an earlier version; default: the one before',
    query: scope,
    body: z.object({ version: z.int().min(0).optional(), deploy: z.boolean().default(true) }).strict(),
    status: 202,
    response: VariablesChanged,
  },
  explainEnv: {
    method: 'GET',
    path: '/v1/apps/{app}/env/explanation',
    scope: 'read',
    summary: 'The environment of each service, with where every value comes from',
    params: z.object({ app: AppName }),
    query: z.object({ service: ServiceName.optional(), name: EnvName.optional(), reveal }),
    status: 200,
    response: z.object({ release: z.int(), items: z.array(ExplainedService) }),
  },
} as const satisfies Record<string, RouteSpec>;
