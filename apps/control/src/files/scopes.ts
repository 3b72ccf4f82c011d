import { refuse } from '@berth/contract/errors';
import { type AppPlace, parseScope, printScope, scopesOf } from '@berth/domain/scope';
import type { FileResolver } from './resolve.ts';
import type { FileStore } from './store.ts';

/** Scopes stored objects live in, and those an app looks in. */
export interface FileScopes {
  /** Refuses a scope that cannot hold one: `app_not_found`, `invalid`. */
  require(scope: string): Promise<void>;
  /** Nearest first. */
  of(app: string): Promise<readonly string[]>;
}

export function createFileScopes(deps: {
  requireApp(app: string): Promise<unknown>;
  placeOf(app: string): Promise<AppPlace>;
}): FileScopes {
  return {
    async require(text) {
      const scope = parseScope(text);
      // One name of a manifest is one content for the whole app.
      if (scope === undefined || scope.kind === 'service')
        throw refuse('invalid', `The scope "${text}" cannot hold it.`, {
          issues: [{ at: 'query.scope', message: 'must be of an app, a project or an environment' }],
        });
      if (scope.kind === 'app') await deps.requireApp(scope.app);
    },
    of: async (app) =>
      scopesOf(await deps.placeOf(app))
        .map(printScope)
        .reverse(),
  };
}

/** What an app gets of a name: the nearest scope's. */
export const createFileResolver = (files: FileStore, scopesOfApp: FileScopes['of']): FileResolver => ({
  async find(app, kind, name) {
    for (const scope of await scopesOfApp(app)) {
      const found = await files.current({ kind, scope, name });
      if (found !== undefined) return found;
    }
    return undefined;
  },
});
