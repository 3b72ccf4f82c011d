import { refuse } from '@berth/contract/errors';
import type { App } from '../apps/store.ts';
import { viewConfig } from '../apps/views.ts';
import type { RegistryClient } from '../builds/registry-client.ts';
import type { Handlers } from '../http/handler.ts';
import { createClientEnd } from '../tasks/client-end.ts';
import { archiveRelease } from './archive.ts';
import type { ReleaseStore } from './store.ts';

/** A release as a file (R146). */
export function archiveHandlers(deps: {
  readonly apps: { get(name: string): Promise<Pick<App, 'name'>> };
  readonly releases: Pick<ReleaseStore, 'find' | 'open'>;
  readonly registry: Pick<RegistryClient, 'manifest' | 'openBlob'>;
}): Pick<Handlers, 'exportRelease'> {
  return {
    exportRelease: async ({ params, signal }, socket) => {
      const client = createClientEnd(socket);
      const app = await deps.apps.get(params.app);
      const stored = await deps.releases.find(app.name, params.number);
      if (stored === undefined)
        throw refuse('release_not_found', `${app.name} keeps no release ${params.number}.`);
      client.say({ kind: 'started', service: '', container: '' });
      client.input.resume();
      const archive = archiveRelease(
        {
          app: app.name,
          number: stored.number,
          images: stored.summary.services.map(({ name, image }) => ({ service: name, image })),
          release: viewConfig(await deps.releases.open(app.name, stored.number)),
          madeAt: new Date(stored.createdAt),
        },
        deps.registry,
        signal,
      );
      for await (const chunk of archive) await client.send('stdout', chunk as Buffer);
      client.say({ kind: 'exit', code: 0 });
      return { outcome: 'exit 0' };
    },
  };
}
