/** Tables of migration 0002, as Kysely sees them. Times are milliseconds since the epoch. */

export interface SourcesTable {
  id: string;
  app: string;
  digest: string;
  bytes: number;
  files: number;
  created_at: number;
}

export interface ReleasesTable {
  app: string;
  number: number;
  /** Keyed hash over everything of the release but its number: the same content is the same release. */
  fingerprint: string;
  /** The Release as JSON, sealed by the vault: it holds the values of variables. */
  sealed: string;
  /** ReleaseSummary: what is not secret. */
  summary_json: string;
  created_at: number;
  actor: string;
  message: string | null;
  deployment: string;
  dockerfile: string | null;
}

export interface DeploymentsTable {
  id: string;
  app: string;
  kind: string;
  state: string;
  request_json: string;
  from_release: number | null;
  to_release: number | null;
  generation: number;
  actor: string;
  message: string | null;
  created_at: number;
  ended_at: number | null;
  deadline_at: number;
  cancel_requested_at: number | null;
  /** What was built, by service: survives a crash between building and releasing. */
  images_json: string | null;
  /** The runs it brings up or keeps, by service. */
  runs_json: string | null;
  /** The runs it took the traffic from, as they were. */
  replaced_json: string | null;
  /** Where `reverting` leads to: `failed` or `cancelled`. */
  end_as: string | null;
  failure_json: string | null;
  steps_json: string;
  warnings_json: string;
  progress: string | null;
  progress_at: number;
}

export interface DeploymentEventsTable {
  deployment: string;
  seq: number;
  at: number;
  event_json: string;
}

export interface RunsTable {
  name: string;
  app: string;
  service: string;
  release: number;
  generation: number;
  state: string;
  state_since: number;
  lane: string | null;
  weight: number;
  replicas: number;
  mode: string;
  /** Names of services, as JSON. */
  depends_on: string;
  routing_json: string;
  /** Keyed hash of what its tasks run. */
  fingerprint: string;
}

export interface ScalesTable {
  app: string;
  service: string;
  replicas: number;
}

export interface EdgeModelTable {
  id: number;
  revision: number;
  model_json: string;
}

/** Ports of the nodes and the services of apps that have them. */
export interface HostPortsTable {
  protocol: string;
  port: number;
  /** Empty: every address. */
  address: string;
  app: string;
  service: string;
  target: number;
}

export interface DeploymentTables {
  host_ports: HostPortsTable;
  sources: SourcesTable;
  releases: ReleasesTable;
  deployments: DeploymentsTable;
  deployment_events: DeploymentEventsTable;
  runs: RunsTable;
  scales: ScalesTable;
  edge_model: EdgeModelTable;
}
