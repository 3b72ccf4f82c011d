import type { AppStore } from '../apps/store.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { Handlers } from '../http/handler.ts';
import type { SourceStore } from './store.ts';

export function sourceHandlers(deps: {
  apps: AppStore;
  sources: SourceStore;
  deployments: DeploymentStore;
  clock: { now(): number };
}): Pick<Handlers, 'uploadSource'> {
  return {
    uploadSource: async ({ params, body, actor, signal }) => {
      const source = await deps.sources.add(params.app, body, signal);
      // The app exists once something of it was accepted, and not before.
      const app = await deps.apps.ensure(params.app, actor.name, deps.clock.now());
      const open = await deps.deployments.listOpen(app.name);
      await deps.sources.sweep(
        app.name,
        new Set(
          open
            .flatMap((deployment) => (deployment.from.kind === 'source' ? [deployment.from.id] : []))
            .concat(source.id),
        ),
      );
      return { id: source.id, digest: source.digest, bytes: source.bytes, files: source.files };
    },
  };
}
