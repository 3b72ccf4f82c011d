import type { Logger } from 'pino';
import type { AppStore } from '../apps/store.ts';
import type { EventLog } from '../events/log.ts';
import type { HostPorts } from '../host-ports/host-ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { Deployment } from './deployment.ts';
import type { DeploymentStore } from './store.ts';

/** Ended deployments remembered per app. */
const deploymentsKeptMax = 100;

const kindWord = {
  deploy: 'deployment',
  create: 'release',
  rollback: 'rollback',
  restart: 'restart',
} as const;

function describeEnd({ app, kind, state, toRelease, failure }: Deployment): string {
  if (state !== 'succeeded') return `${app}: ${kindWord[kind]} ${state}: ${failure?.message ?? ''}`;
  return kind === 'create'
    ? `${app}: release ${toRelease} is made, and not started`
    : `${app}: ${kindWord[kind]} done, release ${toRelease} serves`;
}

/** What follows the end of a deployment, however it ended: what it left over goes, who has to know is told. */
export function createEnding(deps: {
  readonly log: Logger;
  readonly apps: Pick<AppStore, 'find'>;
  readonly releases: ReleaseStore;
  readonly deployments: Pick<DeploymentStore, 'prune'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly hostPorts: Pick<HostPorts, 'keepOnly'>;
  /** Configs and secrets that no kept release has. */
  readonly files: { collect(app: string): Promise<void> };
  readonly jobs: { deployed(app: string, release: number, touched: boolean): Promise<void> };
}) {
  const { apps, releases } = deps;
  return async (deployment: Deployment): Promise<void> => {
    const { app, kind, state, toRelease } = deployment;
    const live = (await apps.find(app))?.liveRelease;
    await deps.hostPorts.keepOnly(app, live === undefined ? [] : (await releases.open(app, live)).services);
    await deps.deployments.prune(app, deploymentsKeptMax);
    // A release that never served is not kept: there is nothing to return to.
    if (state !== 'succeeded' && ['deploy', 'create'].includes(kind)) {
      const written = await releases.findByDeployment(deployment.id);
      if (written !== undefined) await releases.remove(written.app, written.number);
    }
    if (state === 'succeeded' && kind !== 'create' && toRelease !== undefined)
      await deps.jobs.deployed(app, toRelease, deployment.runs.length > 0);
    if (toRelease !== deployment.fromRelease)
      await deps.files.collect(app).catch((error: unknown) => {
        deps.log.warn({ app, err: error }, 'old configs and secrets are removed another time');
      });
    await deps.events.append({
      kind: `deployment.${state}`,
      app,
      text: describeEnd(deployment),
      data: { deployment: deployment.id, release: toRelease ?? null },
    });
  };
}
