import { refuse } from '@berth/contract/errors';
import type { FileResolver } from './resolve.ts';
import type { FileStore } from './store.ts';

/** Scopes stored objects live in, and those an app looks in. */
export interface FileScopes {
  /** Refuses a scope that does not exist: `app_not_found`, `not_found`. */
  require(scope: string): Promise<void>;
  /** Nearest first. */
  of(app: string): Promise<readonly string[]>;
}

export function createFileScopes(deps: { requireApp(app: string): Promise<unknown> }): FileScopes {
  return {
    async require(scope) {
      const [, app] = /^app:(.+)$/.exec(scope) ?? [];
      if (app === undefined)
        throw refuse('invalid', `The scope "${scope}" cannot hold it.`, {
          issues: [{ at: 'query.scope', message: 'must be app:<app>' }],
        });
      await deps.requireApp(app);
    },
    of: async (app) => [`app:${app}`],
  };
}

/** What an app gets of a name: the nearest scope's. */
export const createFileResolver = (files: FileStore, scopesOf: FileScopes['of']): FileResolver => ({
  async find(app, kind, name) {
    for (const scope of await scopesOf(app)) {
      const found = await files.current({ kind, scope, name });
      if (found !== undefined) return found;
    }
    return undefined;
  },
});
