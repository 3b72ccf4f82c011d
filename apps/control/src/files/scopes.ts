import { type AppPlace, printScope, scopesOf } from '@berth/domain/scope';
import type { FileResolver } from './resolve.ts';
import type { FileStore } from './store.ts';

/** The scopes an app, or one of its services, looks in for stored objects: nearest first. */
export type ScopesSeen = (app: string, service?: string) => Promise<readonly string[]>;

export const scopesSeen =
  (placeOf: (app: string) => Promise<AppPlace>): ScopesSeen =>
  async (app, service) =>
    scopesOf(await placeOf(app), service)
      .map(printScope)
      .reverse();

/** What an app, or one of its services, gets of a name: the nearest scope's. */
export const createFileResolver = (files: FileStore, scopes: ScopesSeen): FileResolver => ({
  async find({ app, service }, kind, name) {
    for (const scope of await scopes(app, service)) {
      const found = await files.current({ kind, scope, name });
      if (found !== undefined) return found;
    }
    return undefined;
  },
});
