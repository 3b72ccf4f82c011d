import { appNameLengthMax, findNameFault, serviceNameLengthMax, suggestName } from '@berth/domain/name';
import { environmentNameLengthMax, projectNameLengthMax } from '@berth/domain/scope';
import * as z from 'zod';

/** Schemas of what crosses the API. Names of exported schemas become OpenAPI component names. */

const label = (max: number) =>
  z.string().superRefine((value, ctx) => {
    const fault = findNameFault(value, max);
    if (fault === undefined) return;
    const because =
      fault.kind === 'empty'
        ? 'must not be empty'
        : fault.kind === 'too-long'
          ? `must have at most ${fault.max} characters`
          : `must be a DNS label (lower-case letters, digits, hyphens, starting with a letter); try "${fault.suggestion}"`;
    // `params` tell the server to answer `invalid_name`, with the nearest valid name.
    ctx.addIssue({
      code: 'custom',
      message: because,
      params: {
        refusal: 'invalid_name',
        ...(fault.kind === 'empty' ? {} : { suggestion: suggestName(value, max) }),
      },
    });
  });

export { suggestName };

export const AppName = label(appNameLengthMax).meta({
  id: 'AppName',
  description: 'Name of an app: a DNS label.',
});
export const ServiceName = label(serviceNameLengthMax).meta({ id: 'ServiceName' });
export const EnvName = z
  .string()
  .max(256)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be letters, digits and underscores, not starting with a digit');
/** A host name (RFC 1123), optionally with a leading wildcard label. */
export const Domain = z
  .string()
  .max(253)
  .transform((value) => value.toLowerCase().replace(/\.$/, ''))
  .pipe(
    z
      .string()
      .regex(
        /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
        'must be a host name such as shop.example.com',
      ),
  );
export const Timestamp = z.iso.datetime().describe('RFC 3339, UTC');

export const Scope = z.enum(['read', 'deploy', 'admin']).meta({ id: 'Scope' });

/** Page of a list: pass `next` back as `cursor`; absent on the last page. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional() });
export const PageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const Whoami = z
  .object({ id: z.string(), name: z.string(), scope: Scope, expiresAt: Timestamp.optional() })
  .meta({ id: 'Whoami' });
export const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    scope: Scope,
    createdAt: Timestamp,
    expiresAt: Timestamp.optional(),
    lastUsedAt: Timestamp.optional(),
  })
  .meta({ id: 'Token' });
export const TokenCreate = z
  .object({
    name: z.string().min(1).max(100),
    scope: Scope,
    expiresInSeconds: z
      .int()
      .min(60)
      .max(366 * 86_400)
      .optional(),
  })
  .strict()
  .meta({ id: 'TokenCreate' });
export const TokenCreated = Token.extend({ secret: z.string().describe('Shown once.') }).meta({
  id: 'TokenCreated',
});

export const ServiceView = z
  .object({
    name: z.string(),
    replicas: z.int(),
    running: z.int(),
    healthy: z.int(),
    image: z.string(),
    memoryBytesMax: z.int(),
  })
  .meta({ id: 'Service' });

/** `failed`: none of its releases has served yet, and the last deployment failed. */
export const AppState = z.enum(['new', 'failed', 'running', 'degraded', 'stopped', 'deploying']);
export const EnvironmentName = label(environmentNameLengthMax).meta({ id: 'EnvironmentName' });
export const ProjectName = label(projectNameLengthMax).meta({ id: 'ProjectName' });
export const AppView = z
  .object({
    name: z.string(),
    family: z.string().describe('Its name without the environment.'),
    environment: z.string(),
    project: z.string(),
    state: AppState,
    release: z.int().optional().describe('The live release.'),
    urls: z.array(z.string()).describe('Best first: a name that resolves, else the port URL.'),
    services: z.array(ServiceView),
    warnings: z.array(z.string()).describe('Of the live release; each says which service it is about.'),
    deployment: z.string().optional().describe('Id of the running deployment.'),
    failure: z
      .object({ deployment: z.string(), at: Timestamp, message: z.string() })
      .optional()
      .describe('Of the last deployment, if it failed and none runs.'),
    createdAt: Timestamp,
  })
  .meta({ id: 'App' });
/** The app of another environment than `production` is named `<name>-<environment>`. */
export const AppCreate = z
  .object({ name: AppName, environment: EnvironmentName.optional(), project: ProjectName.optional() })
  .strict()
  .meta({ id: 'AppCreate' });

export const SourceView = z
  .object({ id: z.string(), digest: z.string(), bytes: z.int(), files: z.int() })
  .meta({ id: 'Source', description: 'An uploaded build context.' });

/** Where an app that is made by this stands. Its name is `<family>-<environment>`, in production `<family>`. */
export const Place = z
  .object({ family: AppName, environment: EnvironmentName, project: ProjectName.optional() })
  .strict()
  .meta({ id: 'Place' });

/**
 * What to deploy. `source`: an upload. `image`: a reference. `release`: a kept release (rollback, restart).
 * `promotion`: what another environment of the app runs.
 */
export const DeploymentCreate = z
  .object({
    from: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('source'),
        id: z.string().max(64),
        /** Manifest files inside the context, merged in order. */
        manifests: z.array(z.string().max(500)).max(10).optional(),
      }),
      z.object({
        kind: z.literal('image'),
        reference: z.string().min(1).max(500),
        port: z.int().min(1).max(65_535).optional(),
      }),
      z.object({ kind: z.literal('release'), number: z.int().min(1) }),
      z.object({ kind: z.literal('restart') }),
      z.object({
        kind: z.literal('promotion'),
        /** The same app in another environment: its images, under the configuration of this one. */
        app: AppName,
        /** Default: the live one. */
        release: z.int().min(1).optional(),
      }),
    ]),
    start: z
      .boolean()
      .optional()
      .describe('false: only build and write the release; a deployment from it, by its number, starts it.'),
    place: Place.optional(),
    deadlineSeconds: z.int().min(5).max(86_400).optional(),
    message: z.string().max(500).optional().describe('Why, or the commit: kept with the release.'),
  })
  .strict()
  .meta({ id: 'DeploymentCreate' });

export const DeploymentStep = z.object({
  state: z.string(),
  startedAt: Timestamp,
  endedAt: Timestamp.optional(),
  durationMs: z.number().optional(),
});
export const Failure = z
  .object({ code: z.string(), message: z.string(), hint: z.string(), evidence: z.array(z.string()) })
  .meta({ id: 'Failure' });
export const DeploymentView = z
  .object({
    id: z.string(),
    app: z.string(),
    kind: z.enum(['deploy', 'create', 'rollback', 'restart']),
    state: z.string(),
    stateMeaning: z.string(),
    fromRelease: z.int().optional(),
    toRelease: z.int().optional(),
    message: z.string().optional(),
    actor: z.string(),
    createdAt: Timestamp,
    endedAt: Timestamp.optional(),
    deadlineAt: Timestamp,
    steps: z.array(DeploymentStep),
    /** The last progress line. */
    progress: z.string().optional(),
    stalled: z.boolean().describe('No progress for a while; `progress` says what it waits for.'),
    failure: Failure.optional(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Deployment' });

/** One server-sent event of a deployment. `id` of the SSE frame is `seq`: reconnect with Last-Event-ID. */
export const DeploymentEvent = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('state'),
      seq: z.int(),
      at: Timestamp,
      state: z.string(),
      meaning: z.string(),
    }),
    z.object({
      kind: z.literal('progress'),
      seq: z.int(),
      at: Timestamp,
      text: z.string(),
      done: z.int().optional(),
      of: z.int().optional(),
    }),
    z.object({ kind: z.literal('build'), seq: z.int(), at: Timestamp, text: z.string() }),
    z.object({ kind: z.literal('warning'), seq: z.int(), at: Timestamp, text: z.string() }),
    z.object({
      kind: z.literal('end'),
      seq: z.int(),
      at: Timestamp,
      state: z.enum(['succeeded', 'failed', 'cancelled']),
      failure: Failure.optional(),
      release: z.int().optional(),
      urls: z.array(z.string()),
    }),
  ])
  .meta({ id: 'DeploymentEvent' });

export const ReleaseView = z
  .object({
    number: z.int(),
    createdAt: Timestamp,
    message: z.string().optional(),
    actor: z.string(),
    services: z.array(z.object({ name: z.string(), image: z.string(), imageLabel: z.string() })),
    state: z
      .enum(['live', 'draining', 'warm', 'kept'])
      .describe('warm: its tasks still run, rollback is instant.'),
    dockerfile: z.string().optional().describe('The Dockerfile it was built from, generated or not.'),
    changes: z.array(z.string()).describe('Against the release before: image, variables by name, routes.'),
  })
  .meta({ id: 'Release' });

export const ScaleBody = z
  .object({ services: z.record(z.string(), z.int().min(0).max(500)) })
  .strict()
  .meta({ id: 'Scale' });
export const RollbackBody = z
  .object({ release: z.int().min(1).optional() })
  .strict()
  .meta({ id: 'Rollback' });
export const WeightsBody = z
  .object({
    service: z.string(),
    weights: z.record(z.string().describe('release number'), z.int().min(0).max(100)),
  })
  .strict()
  .meta({ id: 'Weights' });

export const DomainView = z
  .object({
    domain: z.string(),
    app: z.string(),
    service: z.string(),
    path: z.string(),
    stripPrefix: z.boolean(),
    httpsOnly: z.boolean(),
    redirectTo: z.string().optional(),
    automatic: z.boolean(),
    inManifest: z.boolean().optional().describe('A route of the live release’s manifest has it.'),
    resolves: z.enum(['here', 'elsewhere', 'nowhere', 'unknown']),
    url: z.string(),
  })
  .meta({ id: 'Domain' });
export const DomainAdd = z
  .object({
    domain: Domain,
    service: ServiceName.optional(),
    path: z
      .string()
      .regex(/^\/[^\s?#]*$/)
      .max(200)
      .default('/'),
    stripPrefix: z.boolean().default(false),
    httpsOnly: z.boolean().default(false),
    redirectTo: Domain.optional(),
    /** PEM: certificate chain and key. Never returned. */
    certificatePem: z.string().max(100_000).optional(),
  })
  .strict()
  .meta({ id: 'DomainAdd' });

export const AuditEntry = z
  .object({
    seq: z.int(),
    at: Timestamp,
    actor: z.string(),
    address: z.string(),
    userAgent: z.string(),
    action: z.string().describe('Operation id, e.g. createDeployment.'),
    object: z.string(),
    parameters: z.record(z.string(), z.unknown()).describe('Secrets redacted.'),
    result: z.string().describe('`ok`, or the error code.'),
    status: z.int(),
    hash: z.string().describe('SHA-256 over the entry and the previous hash.'),
  })
  .meta({ id: 'AuditEntry' });

/** `head`: keep it elsewhere, and a log that was rewritten as a whole is told as well. */
export const AuditVerdict = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('whole'), entries: z.int(), head: z.string() }),
    z.object({ kind: z.literal('broken'), seq: z.int(), because: z.string() }),
  ])
  .meta({ id: 'AuditVerdict' });

export const PlatformEvent = z
  .object({
    seq: z.int(),
    at: Timestamp,
    kind: z.string(),
    app: z.string().optional(),
    text: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });

export const VersionView = z
  .object({ version: z.string(), api: z.string(), platform: z.string(), startedAt: Timestamp })
  .meta({ id: 'Version' });
export const Accepted = z
  .object({ ok: z.literal(true), deployment: z.string().optional() })
  .meta({ id: 'Accepted' });
