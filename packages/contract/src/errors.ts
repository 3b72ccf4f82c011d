/**
 * Every refusal Berth makes, in one table. `status` is the HTTP status; `hint` says what to do. Generates
 * `docs/errors.md`. Add a row to add a refusal.
 */
export const errorTable = {
  unauthenticated: {
    status: 401,
    retryable: false,
    title: 'No valid token',
    hint: 'Log in with `berth login --url URL --token-stdin`, or make a new token with `berth tokens create` on the server.',
  },
  token_expired: {
    status: 401,
    retryable: false,
    title: 'The token has expired',
    hint: 'Ask an admin for a new token: `berth tokens create --scope deploy`.',
  },
  forbidden: {
    status: 403,
    retryable: false,
    title: 'The token may not do this',
    hint: 'Use a token whose scope allows it (read < deploy < admin).',
  },
  not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such thing',
    hint: 'List what there is: `berth status` has the apps, and most commands list their things without arguments.',
  },
  app_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no app of this name',
    hint: 'List the apps with `berth status`; `berth deploy` in the app’s directory makes a new one.',
  },
  external_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no external service of this name for this app',
    hint: 'Make it with `berth externals add NAME --to HOST:PORT`; `berth externals` lists what there is.',
  },
  grant_needed: {
    status: 403,
    retryable: false,
    title: 'The app asks for what only a grant gives',
    hint: 'An admin may give it for a time: `berth grants add APP/SERVICE PERMISSION --reason TEXT`. Or take the key out of the manifest.',
  },
  grant_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such grant',
    hint: 'List them with `berth grants`.',
  },
  node_disallows: {
    status: 403,
    retryable: false,
    title: 'No node gives this to tasks',
    hint: 'Who administers the machine decides: `berth up --allow PERMISSION[,PERMISSION…]` there, as the list is to be.',
  },
  not_grantable: {
    status: 422,
    retryable: false,
    title: 'Nobody can grant this',
    hint: 'What can be granted, and what it opens: `docs/guides/grants.md`.',
  },
  link_refused: {
    status: 409,
    retryable: false,
    title: 'The other app does not let this one in',
    hint: 'In the manifest of the other app: `x-berth: {expose: [{service: NAME, ports: [PORT], to: [APP]}]}`; deploy it first.',
  },
  network_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no shared network of this name',
    hint: 'Make it with `berth networks create NAME`; `berth networks` lists what there is.',
  },
  release_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such release',
    hint: 'List the kept releases with `berth releases`.',
  },
  deployment_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such deployment',
    hint: 'List deployments with `berth status -a APP`.',
  },
  method_not_allowed: {
    status: 405,
    retryable: false,
    title: 'The path does not take this method',
    hint: 'See /v1/openapi.json for the methods of each path.',
  },
  conflict: {
    status: 409,
    retryable: false,
    title: 'It is already so',
    hint: 'Look at the current state with `berth status` and try again.',
  },
  deployment_running: {
    status: 409,
    retryable: true,
    title: 'A deployment of this app is running',
    hint: 'Follow it with `berth deploy --attach`, or stop it with `berth deploy --cancel`.',
  },
  deployment_ended: {
    status: 409,
    retryable: false,
    title: 'The deployment has already ended',
    hint: 'See its result with `berth status -a APP`.',
  },
  domain_taken: {
    status: 409,
    retryable: false,
    title: 'Another app has this domain',
    hint: 'Remove it there first: `berth domains rm DOMAIN -a OTHER`.',
  },
  port_taken: {
    status: 409,
    retryable: false,
    title: 'The port is already taken',
    hint: 'Choose another port, or free this one; `berth status` shows who has which.',
  },
  too_few_nodes: {
    status: 409,
    retryable: false,
    title: 'There are fewer nodes than tasks that need one each',
    hint: 'Ask for fewer tasks. Several share a port that is bound to an address, such as `127.0.0.1:9100:9100`.',
  },
  address_missing: {
    status: 409,
    retryable: false,
    title: 'No node has the address',
    hint: 'Bind the port to an address of a node, or leave the address out to open it on all of them.',
  },
  subnet_taken: {
    status: 409,
    retryable: false,
    title: 'The subnet overlaps with another one',
    hint: 'Declare another subnet, or none: Berth then chooses a free one. `berth networks` shows what there is.',
  },
  subnets_exhausted: {
    status: 409,
    retryable: false,
    title: 'There is no free subnet for another network',
    hint: 'Remove networks that nothing needs (`berth networks`), or give the platform another pool: `berth up --network-pool CIDR`.',
  },
  volume_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such volume',
    hint: 'List the volumes with `berth volume ls`, removed ones with `berth volume ls --trash`.',
  },
  volume_in_use: {
    status: 409,
    retryable: false,
    title: 'The volume is in use',
    hint: 'Who uses it is named. Take it out of them, or remove them, and try again.',
  },
  volume_taken: {
    status: 409,
    retryable: false,
    title: 'The name of the volume is taken',
    hint: 'Use another name; `berth volume ls` shows whose it is.',
  },
  volume_size: {
    status: 422,
    retryable: false,
    title: 'The volume cannot have this size',
    hint: 'Volumes grow and never shrink; a limited one is limited from its beginning.',
  },
  quota_exceeded: {
    status: 422,
    retryable: false,
    title: 'More than the quota allows',
    hint: 'The quota is named; ask for less.',
  },
  idempotency_mismatch: {
    status: 409,
    retryable: false,
    title: 'The idempotency key was used for another request',
    hint: 'Use a new Idempotency-Key for a new request.',
  },
  nothing_to_roll_back: {
    status: 409,
    retryable: false,
    title: 'There is no earlier release to return to',
    hint: 'List the kept releases with `berth releases`.',
  },
  services_differ: {
    status: 409,
    retryable: false,
    title: 'The two environments do not have the same services',
    hint: 'Compare them with `berth env diff FROM TO`, or deploy the source to the target itself: `berth deploy -e TO`.',
  },
  never_deployed: {
    status: 409,
    retryable: false,
    title: 'The app has no release yet',
    hint: 'Deploy it first: `berth deploy`.',
  },
  body_too_large: {
    status: 413,
    retryable: false,
    title: 'The request is too large',
    hint: 'Send less; for a source upload, add what is not needed to .dockerignore.',
  },
  context_too_large: {
    status: 413,
    retryable: false,
    title: 'The build context is over the limit',
    hint: 'Add what the build does not need to .dockerignore; the largest entries are named.',
  },
  malformed_body: {
    status: 400,
    retryable: false,
    title: 'The request body is not valid JSON',
    hint: 'Send an object as application/json.',
  },
  invalid: {
    status: 422,
    retryable: false,
    title: 'The request has invalid values',
    hint: 'Each issue names the place, what is wrong and what is accepted.',
  },
  invalid_name: {
    status: 422,
    retryable: false,
    title: 'The name is not a DNS label',
    hint: 'Use lower-case letters, digits and hyphens, starting with a letter.',
  },
  invalid_manifest: {
    status: 422,
    retryable: false,
    title: 'The manifest is not valid',
    hint: 'Mend the places named by file and line; where a known key is near, it is suggested.',
  },
  unsupported: {
    status: 422,
    retryable: false,
    title: 'Berth does not honour this yet',
    hint: 'Take out the keys named, or use the alternative suggested.',
  },
  unsafe_archive: {
    status: 422,
    retryable: false,
    title: 'The upload holds a path that leaves its directory',
    hint: 'Remove the entry named; archives may hold only relative paths inside the context.',
  },
  source_unrecognised: {
    status: 422,
    retryable: false,
    title: 'No kind of app was recognised in the source',
    hint: 'Add a Dockerfile, a package.json, a Procfile or an index.html.',
  },
  missing_variable: {
    status: 422,
    retryable: false,
    title: 'A required variable is not set',
    hint: 'Set it: `berth env set NAME=value`.',
  },
  missing_secret: {
    status: 422,
    retryable: false,
    title: 'A secret or config is not set',
    hint: 'Set it: `berth secret set NAME`, `berth config-file set NAME`; `berth secret generate NAME` makes a random one.',
  },
  weak_secret: {
    status: 422,
    retryable: false,
    title: 'A password is missing or easy to guess',
    hint: 'Let Berth make one: `berth env generate NAME` or `berth secret generate NAME`. One that may be weak is named in `x-berth: allow_weak`.',
  },
  build_failed: {
    status: 422,
    retryable: false,
    title: 'The build failed',
    hint: 'The last lines of the failed step are quoted; mend it and deploy again. What served before keeps serving.',
  },
  image_not_found: {
    status: 422,
    retryable: false,
    title: 'The image cannot be pulled',
    hint: 'Check the name and the tag.',
  },
  image_denied: {
    status: 422,
    retryable: false,
    title: 'The registry does not give this image to who has no right to it',
    hint: 'Check the name; where it is a private one, log the engine of the node in: `docker login REGISTRY`, then `docker pull IMAGE`.',
  },
  registry_unreachable: {
    status: 502,
    retryable: true,
    title: 'The registry of the image does not answer',
    hint: 'Can the node resolve and reach its name? A mirror is named in /etc/docker/daemon.json; an image that is on the node already is used without it.',
  },
  release_unhealthy: {
    status: 422,
    retryable: false,
    title: 'The new release did not become healthy',
    hint: 'See the probe, the answer and the last log lines quoted. What served before keeps serving.',
  },
  hook_failed: {
    status: 422,
    retryable: false,
    title: 'The release command failed',
    hint: 'See its exit code and output; nothing was switched. What served before keeps serving.',
  },
  deadline_exceeded: {
    status: 422,
    retryable: true,
    title: 'The deployment passed its deadline',
    hint: 'See what it was waiting for; raise it with `berth deploy --deadline 30m`.',
  },
  cancelled: { status: 409, retryable: false, title: 'Cancelled', hint: 'Deploy again when ready.' },
  no_capacity: {
    status: 422,
    retryable: true,
    title: 'No node can take the tasks',
    hint: 'Lower the reservation, scale something down, or add a node.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    title: 'Too many requests',
    hint: 'Wait for the seconds named in Retry-After.',
  },
  policy_denied: {
    status: 403,
    retryable: false,
    title: 'The agent’s policy does not allow this engine request',
    hint: 'Berth asks the engine only for what it needs; the request is in the audit log.',
  },
  control_unreachable: {
    status: 503,
    retryable: true,
    title: 'Control does not answer',
    hint: 'Is it running? Run `berth doctor` on the server; `berth up` starts it. `berth context ls` shows which address is used.',
  },
  agent_unreachable: {
    status: 503,
    retryable: true,
    title: 'The agent of the node is not connected',
    hint: 'Run `berth doctor`; look at the agent’s log (`docker logs berth-agent`, unless the platform has another name).',
  },
  engine_unreachable: {
    status: 503,
    retryable: true,
    title: 'The container engine does not answer',
    hint: 'Run `berth doctor`; is dockerd running?',
  },
  engine_refused: {
    status: 502,
    retryable: false,
    title: 'The container engine refused',
    hint: 'Its own words are quoted.',
  },
  edge_refused: {
    status: 502,
    retryable: false,
    title: 'The edge refused the configuration',
    hint: 'The previous configuration keeps serving. HAProxy’s own words are quoted.',
  },
  machine_unfit: {
    status: 422,
    retryable: false,
    title: 'The machine cannot run Berth as it is',
    hint: 'Each problem is named with its fix; mend them and run `berth up` again.',
  },
  disk_full: {
    status: 507,
    retryable: true,
    title: 'The disk is full',
    hint: 'Free space: `docker image prune`, `berth down` does not help. Then try again.',
  },
  database_busy: {
    status: 503,
    retryable: true,
    title: 'The database is held by another process',
    hint: 'Find the process that holds it open (`fuser`), and stop it.',
  },
  shutting_down: {
    status: 503,
    retryable: true,
    title: 'Control is restarting',
    hint: 'Try again in a few seconds.',
  },
  internal: {
    status: 500,
    retryable: false,
    title: 'An error Berth did not expect',
    hint: 'The requestId finds it in `docker logs berth-control`; please report it.',
  },
} as const satisfies Record<string, ErrorRow>;

interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  readonly hint: string;
}

export type ErrorCode = keyof typeof errorTable;

/** One wrong place in what a user gave. */
export interface Issue {
  /** Where: `compose.yaml:12:5`, a JSON pointer, a query parameter. */
  readonly at: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** A refusal from the table. `detail` says what happened this time, naming the thing; never a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  /** More for people: probe quoted, last log lines. */
  readonly evidence: readonly string[];

  constructor(
    code: ErrorCode,
    detail: string,
    more: { cause?: unknown; issues?: readonly Issue[]; evidence?: readonly string[] } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.issues = more.issues ?? [];
    this.evidence = more.evidence ?? [];
  }
}

export function refuse(
  code: ErrorCode,
  detail: string,
  more: { cause?: unknown; issues?: readonly Issue[]; evidence?: readonly string[] } = {},
): AppError {
  return new AppError(code, detail, more);
}

/** RFC 9457 problem details, with `code`, `requestId`, `hint` and `issues` as extensions. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly requestId: string;
  readonly issues: readonly Issue[];
  readonly evidence: readonly string[];
}

export function toProblem(error: AppError, requestId: string): Problem {
  const row = errorTable[error.code];
  return {
    type: `https://berth.dev/errors#${error.code}`,
    title: row.title,
    status: row.status,
    detail: error.message,
    code: error.code,
    hint: row.hint,
    retryable: row.retryable,
    requestId,
    issues: error.issues,
    evidence: error.evidence,
  };
}
