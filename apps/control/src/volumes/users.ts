import { volumeNameOf } from '@berth/domain/volume';
import type { DeploymentStore } from '../deployments/store.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { VolumeUser } from './plan.ts';

/**
 * Who mounts volumes, by their names: the live releases of all apps, stopped ones included, and what running
 * deployments bring up.
 */
export async function findVolumeUsers(deps: {
  readonly apps: {
    list(): Promise<readonly { readonly name: string; readonly liveRelease: number | undefined }[]>;
  };
  readonly releases: Pick<ReleaseStore, 'find'>;
  readonly deployments: Pick<DeploymentStore, 'listOpen'>;
}): Promise<ReadonlyMap<string, readonly VolumeUser[]>> {
  const users = new Map<string, VolumeUser[]>();
  const open = await deps.deployments.listOpen();
  for (const { name: app, liveRelease } of await deps.apps.list()) {
    const coming = open.filter((deployment) => deployment.app === app).map(({ toRelease }) => toRelease);
    for (const number of new Set([liveRelease, ...coming])) {
      const release = number === undefined ? undefined : await deps.releases.find(app, number);
      for (const service of release?.summary.services ?? [])
        for (const { readOnly, ...volume } of service.volumes ?? []) {
          const name = volumeNameOf(app, volume);
          const known = users.get(name) ?? [];
          if (!known.some((user) => user.app === app && user.service === service.name))
            users.set(name, [...known, { app, service: service.name, readOnly }]);
        }
    }
  }
  return users;
}
