import * as z from 'zod';
import type { RouteSpec } from './route-spec.ts';
import * as s from './schemas.ts';

/** Name of a shared network or an external service: a DNS label. */
export const ObjectName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label: lower-case letters, digits and inner hyphens')
  .max(30);
const Apps = z.array(s.AppName).max(100).describe('Apps that may use it; left out: any.');
const named = z.object({ name: ObjectName });

export const NetworkView = z
  .object({
    name: z.string(),
    kind: z.enum(['app', 'shared', 'platform']),
    /** Whose it is; a shared one is nobody's. */
    app: z.string().optional(),
    /** Name of the engine's network. */
    engineName: z.string(),
    subnet: z.string().optional(),
    /** Addresses tasks can have, and those that running tasks have. */
    addresses: z.int(),
    addressesUsed: z.int(),
    internal: z.boolean(),
    encrypted: z.boolean(),
    apps: Apps.optional(),
    members: z.array(z.object({ app: z.string(), service: z.string() })),
  })
  .meta({ id: 'Network' });
export const NetworkCreate = z
  .object({
    name: ObjectName,
    internal: z.boolean().default(false),
    encrypted: z.boolean().default(false),
    subnet: z.string().max(18).optional(),
    apps: Apps.optional(),
  })
  .strict()
  .meta({ id: 'NetworkCreate' });
export const NetworkPool = z
  .object({ pool: z.string(), subnetBits: z.int(), subnets: z.int(), subnetsFree: z.int() })
  .meta({ id: 'NetworkPool' });

export const Target = z
  .string()
  .max(260)
  .regex(/^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):([0-9]{1,5})$/, 'must be HOST:PORT')
  .refine((text) => {
    const port = Number(text.slice(text.lastIndexOf(':') + 1));
    return port >= 1 && port <= 65_535;
  }, 'must have a port from 1 to 65535');
const Targets = z.array(Target).min(1).max(8);
export const ExternalView = z
  .object({
    name: z.string(),
    /** In order of preference. */
    targets: z.array(z.string()),
    port: z.int().describe('Where apps reach it: NAME:PORT.'),
    protocol: z.enum(['tcp', 'udp']),
    apps: Apps.optional(),
    /** Apps whose live release declares it. */
    usedBy: z.array(z.string()),
    updatedAt: z.string(),
  })
  .meta({ id: 'External' });
export const ExternalCreate = z
  .object({
    name: ObjectName,
    targets: Targets,
    port: z.int().min(1).max(65_535).optional(),
    protocol: z.enum(['tcp', 'udp']).default('tcp'),
    apps: Apps.optional(),
  })
  .strict()
  .meta({ id: 'ExternalCreate' });

/** Networks that apps share, the pool subnets come from, and external services. */
export const networkRoutes = {
  listNetworks: {
    method: 'GET',
    path: '/v1/networks',
    scope: 'read',
    summary: 'Every network of the platform, with its subnet and who is in it',
    query: s.PageQuery,
    status: 200,
    response: s.page(NetworkView),
  },
  getNetworkPool: {
    method: 'GET',
    path: '/v1/network-pool',
    scope: 'read',
    summary: 'Where subnets come from, and how many are free',
    status: 200,
    response: NetworkPool,
  },
  createNetwork: {
    method: 'POST',
    path: '/v1/networks',
    scope: 'admin',
    summary: 'A network that apps may share',
    body: NetworkCreate,
    status: 201,
    response: NetworkView,
  },
  deleteNetwork: {
    method: 'DELETE',
    path: '/v1/networks/{name}',
    scope: 'admin',
    summary: 'Removes a shared network that nothing joins',
    params: named,
    status: 204,
  },
  listExternals: {
    method: 'GET',
    path: '/v1/externals',
    scope: 'read',
    summary: 'External services: names in apps for endpoints outside',
    query: s.PageQuery,
    status: 200,
    response: s.page(ExternalView),
  },
  createExternal: {
    method: 'POST',
    path: '/v1/externals',
    scope: 'admin',
    summary: 'Gives an endpoint outside a name inside apps',
    body: ExternalCreate,
    status: 201,
    response: ExternalView,
  },
  retargetExternal: {
    method: 'PUT',
    path: '/v1/externals/{name}/targets',
    scope: 'admin',
    summary: 'Moves the name to other endpoints; tasks that use it are not touched',
    params: named,
    body: z.object({ targets: Targets }).strict(),
    status: 200,
    response: ExternalView,
  },
  deleteExternal: {
    method: 'DELETE',
    path: '/v1/externals/{name}',
    scope: 'admin',
    summary: 'Removes an external service that no app declares',
    params: named,
    status: 204,
  },
} as const satisfies Record<string, RouteSpec>;
