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
  for (const { name } of await deps.apps.list())
    for (const { summary } of await deps.releases.list(name))
      for (const { image } of summary.services) kept.add(image);
  for (const { images } of await deps.deployments.listOpen())
    for (const { image } of Object.values(images ?? {})) kept.add(image);
  return kept;
}
