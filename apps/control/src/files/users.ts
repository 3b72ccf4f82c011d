import { fileFor, fileNamesOf } from '@berth/domain/file';
import { parseScope, reaches } from '@berth/domain/scope';
import { type App, placeOf } from '../apps/store.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { FilePlace } from './store.ts';

/** A service whose live release has a stored object of a name, and the scope it has it from. */
export interface FileUser {
  readonly app: string;
  readonly service: string;
  readonly scope: string;
}

/** Those a stored object reaches; they may have another one of its name, from a scope nearer or wider. */
export const createFileUsers =
  (deps: {
    readonly apps: { list(): Promise<readonly App[]> };
    readonly releases: Pick<ReleaseStore, 'open'>;
  }) =>
  async (place: FilePlace): Promise<FileUser[]> => {
    const scope = parseScope(place.scope);
    const users: FileUser[] = [];
    for (const app of await deps.apps.list()) {
      if (scope === undefined || app.liveRelease === undefined || !reaches(scope, placeOf(app))) continue;
      const { files, services } = await deps.releases.open(app.name, app.liveRelease);
      for (const { spec } of services) {
        if (scope.kind === 'service' && spec.name !== scope.service) continue;
        const from = fileNamesOf(spec)
          .map((wanted) => fileFor(files, spec.name, wanted))
          .find(
            (file) =>
              file?.kind === place.kind && file.from.kind === 'stored' && file.from.name === place.name,
          )?.from;
        if (from?.kind === 'stored') users.push({ app: app.name, service: spec.name, scope: from.scope });
      }
    }
    return users;
  };
