import type { Generated } from 'kysely';
import type { DeploymentTables } from './deployment-tables.ts';

/**
 * One interface per table, columns named as in SQL. Times are milliseconds since the epoch, booleans 0 or 1,
 * JSON is text. Every table has one writer, named here; others only read.
 */

/** Writer: apps. */
export interface AppsTable {
  name: string;
  created_at: number;
  created_by: string;
  desired: 'running' | 'stopped';
  /** The app's own port at the edge, one of `edge.appPorts`, for as long as the app exists; null when all were taken. */
  port: number | null;
  deleted_at: number | null;
  /** The release that serves; null before the first. */
  live_release: number | null;
  /** Its name without the environment; null: its own. */
  family: string | null;
  environment: Generated<string>;
  project: Generated<string>;
  /** Its first release has this number; those before were of removed apps of this name. */
  first_release: Generated<number>;
}

/** Writer: tokens. */
export interface TokensTable {
  id: string;
  name: string;
  scope: 'read' | 'deploy' | 'admin';
  sha256: string;
  created_at: number;
  created_by: string;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

/** Writer: audit. Append-only: triggers refuse UPDATE and DELETE. */
export interface AuditTable {
  seq: number;
  at: number;
  actor: string;
  address: string;
  user_agent: string;
  action: string;
  object: string;
  app: string | null;
  parameters: string;
  result: string;
  status: number;
  hash: string;
}

/** Writer: events. Bounded: the oldest go. */
export interface EventsTable {
  seq: Generated<number>;
  at: number;
  kind: string;
  app: string | null;
  text: string;
  data: string;
}

/** Writer: http. An answer is kept for a day; `answer` is sealed, as it may hold a token's secret. */
export interface IdempotencyTable {
  token_id: string;
  key: string;
  request_sha256: string;
  created_at: number;
  /** Null while the first request is still being worked on. */
  status: number | null;
  answer: string | null;
}

/** Writer: env. What a scope said of a name in one of its versions; the newest holds. */
export interface VariablesTable {
  scope: string;
  name: string;
  version: number;
  /** `absent`: the tasks shall not have it. `removed`: the scope says nothing of it any more. */
  state: 'set' | 'absent' | 'removed';
  sealed: string | null;
  fingerprint: string | null;
  at: number;
  actor: string;
}

/** Writer: files. A version never changes but that old content goes; a version without content is a removal. */
export interface StoredFilesTable {
  kind: 'config' | 'secret';
  scope: string;
  name: string;
  version: number;
  sealed: string | null;
  bytes: number;
  fingerprint: string;
  /** `set`, `generated`, `removed`, `version 3 again`. */
  how: string;
  created_at: number;
  actor: string;
}

/** Writer: domains. */
export interface DomainsTable {
  domain: string;
  path: string;
  app: string;
  service: string | null;
  strip_prefix: number;
  https_only: number;
  redirect_to: string | null;
  created_at: number;
  created_by: string;
}

/** Writer: domains. Chain and key of one domain, sealed. */
export interface CertificatesTable {
  name: string;
  domain: string;
  sealed: string;
  fingerprint: string;
  not_after: number;
  updated_at: number;
}

/** Writer: jobs. */
export interface ExecutionsTable {
  id: string;
  app: string;
  job: string;
  service: string;
  release: number;
  trigger: string;
  state: string;
  actor: string;
  /** ExecutionRequest, sealed: a command may hold secrets. */
  request_sealed: string | null;
  timeout_ms: number;
  due_at: number | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  cancel_requested_at: number | null;
  exit_code: number | null;
  oom_killed: number | null;
  reason: string | null;
  node: string | null;
  /** Its last lines as JSON, gzip-compressed. */
  log: Uint8Array | null;
}

/** Writer: resize. */
export interface ResizesTable {
  app: string;
  service: string;
  limits_json: string;
}

/** Writer: jobs. */
export interface SchedulesTable {
  app: string;
  job: string;
  considered_until: number | null;
  /** Times and zone of the schedule that was decided upon. */
  decided_for: string | null;
  paused: number;
}

/** Writer: volumes. A volume outlives its app. */
export interface VolumesTable {
  id: string;
  /** Unique among those not in the trash. */
  name: string;
  app: string | null;
  node: string;
  size_bytes: number | null;
  /** 1: the engine had it before Berth, under this very name. */
  adopted: number;
  labels_json: string;
  /** Null until its node has it. */
  options_json: string | null;
  created_at: number;
  created_by: string;
  removed_at: number | null;
  removed_by: string | null;
  purge_at: number | null;
}

/** Writer: networks. */
export interface SharedNetworksTable {
  name: string;
  network_json: string;
  apps_json: string | null;
  created_at: number;
  created_by: string;
}

/** Writer: externals. */
export interface ExternalsTable {
  name: string;
  targets_json: string;
  port: number;
  protocol: string;
  apps_json: string | null;
  created_at: number;
  created_by: string;
  updated_at: number;
}

/** Writer: grants. */
export interface GrantsTable {
  id: string;
  app: string;
  /** Empty: every service of the app. */
  service: string;
  permission: string;
  reason: string;
  owner: string;
  granted_by: string;
  created_at: number;
  expires_at: number;
}

export interface Tables extends DeploymentTables {
  shared_networks: SharedNetworksTable;
  externals: ExternalsTable;
  grants: GrantsTable;
  apps: AppsTable;
  tokens: TokensTable;
  audit: AuditTable;
  events: EventsTable;
  idempotency: IdempotencyTable;
  variables: VariablesTable;
  stored_files: StoredFilesTable;
  domains: DomainsTable;
  certificates: CertificatesTable;
  executions: ExecutionsTable;
  schedules: SchedulesTable;
  resizes: ResizesTable;
  volumes: VolumesTable;
}
