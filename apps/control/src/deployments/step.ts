import type { DeploymentState } from '@berth/domain/deployment';
import type { Release } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import type { RegistryAuth } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type { AppStore } from '../apps/store.ts';
import type { Hosts } from '../domains/hosts.ts';
import type { Forwarders } from '../forwarders/forwarders.ts';
import type { GrantStore } from '../grants/store.ts';
import type { HostPorts } from '../host-ports/host-ports.ts';
import type { AppNetworks } from '../networks/app-networks.ts';
import type { SharedNetworkStore } from '../networks/store.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { ResizeStore } from '../resize/store.ts';
import type { Routing } from '../routing/routing.ts';
import type { RunStore } from '../runs/store.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { Deployment, DeploymentPatch } from './deployment.ts';
import type { ImageSupply, SpecSupply } from './ports.ts';
import type { DeploymentStore } from './store.ts';

/** What the steps of a deployment work with. */
export interface DeploymentDependencies {
  readonly platform: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodes: Nodes;
  readonly store: DeploymentStore;
  readonly releases: ReleaseStore;
  readonly runs: RunStore;
  readonly apps: AppStore;
  readonly routing: Pick<Routing, 'push'>;
  readonly networks: AppNetworks;
  readonly hostPorts: HostPorts;
  readonly hosts: Pick<Hosts, 'check' | 'take'>;
  readonly volumes: Pick<Volumes, 'check' | 'ensureFor' | 'placedFor'>;
  readonly grants: Pick<GrantStore, 'list'>;
  readonly shared: Pick<SharedNetworkStore, 'find'>;
  readonly forwarders: Pick<Forwarders, 'check' | 'prepare'>;
  readonly specs: SpecSupply;
  readonly images: ImageSupply;
  readonly resizes: Pick<ResizeStore, 'of'>;
  registryAuth(): RegistryAuth | undefined;
  /** Keyed hash: what it is taken of may hold secrets. */
  fingerprint(text: string): string;
}

/** One execution of one step. */
export interface StepContext {
  readonly deps: DeploymentDependencies;
  readonly deployment: Deployment;
  /** Aborts at the deadline, when cancelled, and when control shuts down. */
  readonly signal: AbortSignal;
  progress(text: string, count?: { done: number; of: number }): Promise<void>;
  build(text: string): Promise<void>;
  warn(text: string): Promise<void>;
}

/** Where a step leads. Steps are idempotent: after a crash the step runs again from its start. */
export interface StepOutcome {
  readonly to: DeploymentState;
  readonly patch?: DeploymentPatch;
}

export type Step = (context: StepContext) => Promise<StepOutcome>;

/** The release a deployment is about, opened. Only after `releasing`. */
export async function releaseOf(context: StepContext): Promise<Release> {
  const { app, toRelease } = context.deployment;
  if (toRelease === undefined) throw new Error(`deployment ${context.deployment.id} has no release yet`);
  return context.deps.releases.open(app, toRelease);
}

/** Whose configs and secrets a deployment delivers. */
export const deliveryOf = ({ deps }: StepContext, { app, files }: Pick<Release, 'app' | 'files'>) => ({
  platform: deps.platform,
  app,
  files,
  fingerprint: deps.fingerprint,
});

/** The runs a deployment brings up; those it only keeps are not among them. Only after `preparing`. */
export async function ownRuns(context: StepContext): Promise<Run[]> {
  const names = new Set(
    context.deployment.runs.filter((run) => run.wave !== undefined).map((run) => run.name),
  );
  return (await context.deps.runs.list({ app: context.deployment.app })).filter((run) => names.has(run.name));
}

/** Runs of the app that serve now and are not part of this deployment's release. */
export async function otherServingRuns(context: StepContext): Promise<Run[]> {
  const chosen = new Set(context.deployment.runs.map((run) => run.name));
  const runs = await context.deps.runs.list({ app: context.deployment.app });
  return runs.filter(
    (run) => !chosen.has(run.name) && (run.state === 'live' || run.state === 'stopped' || run.weight > 0),
  );
}
