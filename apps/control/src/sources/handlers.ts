import { type AppStore, placingOf } from '../apps/store.ts';
import { type Deployment, originOf } from '../deployments/deployment.ts';
import { makerOf } from '../deployments/origins.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { Handlers } from '../http/handler.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { SourceStore } from './store.ts';

export function sourceHandlers(deps: {
  apps: AppStore;
  sources: SourceStore;
  releases: Pick<ReleaseStore, 'find'>;
  deployments: DeploymentStore;
  clock: { now(): number };
}): Pick<Handlers, 'uploadSource'> {
  /** What made the live releases: their sources are read again for new variables and promotions. */
  async function liveDeployments(): Promise<Deployment[]> {
    const found: Deployment[] = [];
    for (const { name, liveRelease } of await deps.apps.list()) {
      if (liveRelease === undefined) continue;
      const deployment = await makerOf(
        { releases: deps.releases, store: deps.deployments },
        name,
        liveRelease,
      );
      if (deployment !== undefined) found.push(deployment);
    }
    return found;
  }

  return {
    uploadSource: async ({ params, query, body, actor, signal }) => {
      const place = placingOf(params.app, query);
      const source = await deps.sources.add(params.app, body, signal);
      // The app exists once something of it was accepted, and not before.
      const app = await deps.apps.ensure(params.app, actor.name, deps.clock.now(), place);
      const open = await deps.deployments.listOpen(app.name);
      const needed = [...open, ...(await liveDeployments())].flatMap(({ from }) => {
        const origin = originOf(from);
        return origin?.kind === 'source' ? [origin.id] : [];
      });
      await deps.sources.sweep(app.name, new Set([source.id, ...needed]));
      return { id: source.id, digest: source.digest, bytes: source.bytes, files: source.files };
    },
  };
}
