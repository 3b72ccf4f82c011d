import { fileFor, fileNamesOf } from '@berth/domain/file';
import { parseScope, reaches } from '@berth/domain/scope';
import { type App, placeOf } from '../apps/store.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { FilePlace } from './store.ts';

/** Apps whose live release has a stored object in a service that the object's scope reaches. */
export const createFileUsers =
  (deps: {
    readonly apps: { list(): Promise<readonly App[]> };
    readonly releases: Pick<ReleaseStore, 'open'>;
  }) =>
  async (place: FilePlace): Promise<string[]> => {
    const scope = parseScope(place.scope);
    const users: string[] = [];
    for (const app of await deps.apps.list()) {
      if (scope === undefined || app.liveRelease === undefined || !reaches(scope, placeOf(app))) continue;
      const { files, services } = await deps.releases.open(app.name, app.liveRelease);
      const isUsed = services
        .filter(({ spec }) => scope.kind !== 'service' || spec.name === scope.service)
        .some(({ spec }) =>
          fileNamesOf(spec).some((wanted) => {
            const file = fileFor(files, spec.name, wanted);
            return file?.kind === place.kind && file.from.kind === 'stored' && file.from.name === place.name;
          }),
        );
      if (isUsed) users.push(app.name);
    }
    return users;
  };
