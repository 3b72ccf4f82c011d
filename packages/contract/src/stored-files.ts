import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import { AppName, PageQuery, page, ServiceName } from './schemas.ts';
import { Generate, ScopeText } from './variables.ts';

/** Secrets and config files that Berth keeps, and values it makes up. */

const FileName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dots, underscores and hyphens');
const Version = z.object({
  name: z.string(),
  scope: z.string(),
  version: z.int(),
  bytes: z.int(),
  fingerprint: z.string(),
  how: z.string(),
  gone: z.boolean().describe('Has no content: a removal, or too old.'),
  actor: z.string(),
  createdAt: z.iso.datetime(),
});
export const FileVersionView = Version.meta({ id: 'FileVersion' });
export const StoredFileView = Version.extend({
  usedBy: z.array(z.string()).describe('Apps whose live release has it.'),
}).meta({ id: 'StoredFile' });

const FileChanged = z
  .object({
    ok: z.literal(true),
    version: z.int(),
    changed: z.boolean(),
    deployments: z.array(z.object({ app: z.string(), id: z.string() })),
    value: z.string().optional().describe('Of a generated one that was asked to be shown.'),
  })
  .meta({ id: 'FileChanged' });

const FileOrigin = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('content') }),
    z.object({ kind: z.literal('variable'), variable: z.string() }),
    z.object({ kind: z.literal('stored'), name: z.string(), scope: z.string(), version: z.int() }),
  ])
  .describe('content: of the manifest or its source.');

export const FileExplained = z
  .object({
    service: z.string(),
    kind: z.enum(['config', 'secret']),
    name: z.string().describe('In the manifest.'),
    targets: z.array(z.string()).describe('Where it is mounted.'),
    variables: z.array(z.string()).describe('Variables that have it.'),
    origin: FileOrigin,
    overrides: z.array(z.string()).describe('Other scopes that have one of the name, nearest first.'),
    pending: z.boolean().describe('The next deployment has it from elsewhere, or in another version.'),
  })
  .meta({ id: 'FileExplained' });

const FileSet = z
  .object({ base64: z.base64().max(1_000_000), deploy: z.boolean().default(true) })
  .strict()
  .meta({ id: 'FileSet' });
const FileRollback = z
  .object({ version: z.int().min(1), deploy: z.boolean().default(true) })
  .strict()
  .meta({ id: 'FileRollback' });

const params = z.object({ name: FileName });
const query = z.object({ scope: ScopeText });

const operations = {
  list: {
    method: 'GET',
    scope: 'read',
    query: PageQuery.extend(query.shape),
    status: 200,
    response: page(StoredFileView),
  },
  set: { method: 'PUT', scope: 'deploy', params, query, body: FileSet, status: 202, response: FileChanged },
  history: {
    method: 'GET',
    scope: 'read',
    params,
    query: PageQuery.extend(query.shape),
    status: 200,
    response: page(FileVersionView),
  },
  remove: {
    method: 'DELETE',
    scope: 'deploy',
    params,
    query: query.extend({ force: z.stringbool().default(false) }),
    status: 204,
  },
  rollback: {
    method: 'POST',
    scope: 'deploy',
    params,
    query,
    body: FileRollback,
    status: 202,
    response: FileChanged,
  },
} as const;

export const storedFileRoutes = {
  listSecrets: {
    ...operations.list,
    path: '/v1/secrets',
    summary: 'Secrets of a scope, never their content',
  },
  setSecret: {
    ...operations.set,
    path: '/v1/secrets/{name}',
    summary: 'A new version of a secret; rolls every app that uses it',
  },
  generateSecret: {
    method: 'POST',
    path: '/v1/secrets/{name}/generate',
    scope: 'deploy',
    summary: 'Make up a random secret',
    params,
    query,
    body: Generate,
    status: 202,
    response: FileChanged,
  },
  getSecretHistory: {
    ...operations.history,
    path: '/v1/secrets/{name}/history',
    summary: 'Versions of a secret: who and when',
  },
  removeSecret: {
    ...operations.remove,
    path: '/v1/secrets/{name}',
    summary: 'Remove a secret; refused where a live release would be left without any',
  },
  rollbackSecret: {
    ...operations.rollback,
    path: '/v1/secrets/{name}/rollback',
    summary: 'An earlier version of a secret as the newest',
  },
  listConfigFiles: { ...operations.list, path: '/v1/config-files', summary: 'Config files of a scope' },
  getConfigFile: {
    method: 'GET',
    path: '/v1/config-files/{name}',
    scope: 'read',
    summary: 'A config file with its content',
    params,
    query,
    status: 200,
    response: z.object({ name: z.string(), scope: z.string(), version: z.int(), base64: z.string() }),
  },
  setConfigFile: {
    ...operations.set,
    path: '/v1/config-files/{name}',
    summary: 'A new version of a config file; rolls every app that uses it',
  },
  getConfigFileHistory: {
    ...operations.history,
    path: '/v1/config-files/{name}/history',
    summary: 'Versions of a config file: who and when',
  },
  removeConfigFile: {
    ...operations.remove,
    path: '/v1/config-files/{name}',
    summary: 'Remove a config file; refused where a live release would be left without any',
  },
  explainFiles: {
    method: 'GET',
    path: '/v1/apps/{app}/files/explanation',
    scope: 'read',
    summary: 'The configs and secrets of each service, with where every one comes from',
    params: z.object({ app: AppName }),
    query: z.object({ service: ServiceName.optional() }),
    status: 200,
    response: z.object({ release: z.int(), items: z.array(FileExplained) }),
  },
  rollbackConfigFile: {
    ...operations.rollback,
    path: '/v1/config-files/{name}/rollback',
    summary: 'An earlier version of a config file as the newest',
  },
} as const satisfies Record<string, RouteSpec>;
