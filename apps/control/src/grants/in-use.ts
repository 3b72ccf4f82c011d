import { permissionsOf } from '@berth/domain/permission';
import type { AppStore } from '../apps/store.ts';
import type { ReleaseStore } from '../releases/store.ts';

export interface Holder {
  readonly app: string;
  readonly service: string;
  readonly permissions: readonly string[];
}

/** Services whose live release has what only a grant gives. */
export async function findHolders(
  deps: { readonly apps: Pick<AppStore, 'list'>; readonly releases: Pick<ReleaseStore, 'open'> },
  only?: ReadonlySet<string>,
): Promise<Holder[]> {
  const holders: Holder[] = [];
  for (const { name: app, liveRelease } of await deps.apps.list()) {
    if (liveRelease === undefined || only?.has(app) === false) continue;
    for (const { spec } of (await deps.releases.open(app, liveRelease)).services) {
      const permissions = permissionsOf(spec);
      if (permissions.length > 0) holders.push({ app, service: spec.name, permissions });
    }
  }
  return holders;
}
