import type { AppStore } from '../apps/store.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import type { ReleaseStore } from './store.ts';

/** Digests of images that any kept release, or a deployment under way, needs. */
export async function keptImages(deps: {
  readonly apps: Pick<AppStore, 'list'>;
  readonly releases: Pick<ReleaseStore, 'list'>;
  readonly deployments: Pick<DeploymentStore, 'listOpen'>;
}): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const { name } of await deps.apps.list()) {
    for (const release of await deps.releases.list(name))
      for (const service of release.summary.services) kept.add(service.image);
    for (const open of await deps.deployments.listOpen(name))
      for (const { image } of Object.values(open.images ?? {})) kept.add(image);
  }
  return kept;
}
