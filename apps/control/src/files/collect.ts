import type { Logger } from 'pino';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import { nameFiles } from './delivered.ts';
import { collectFiles } from './engine-files.ts';

/** Removes the engine's secrets and configs that no kept release of an app has. */
export function createFileCollector(deps: {
  platform: string;
  nodes: Nodes;
  releases: ReleaseStore;
  log: Logger;
  fingerprint(text: string): string;
}) {
  const { platform, releases } = deps;

  async function keptBy(app: string): Promise<Set<string>> {
    const kept = new Set<string>();
    for (const { number } of await releases.list(app)) {
      const { files } = await releases.open(app, number);
      for (const { object } of nameFiles({ platform, app, files, fingerprint: deps.fingerprint }))
        kept.add(object);
    }
    return kept;
  }

  return {
    async collect(app: string, signal?: AbortSignal): Promise<void> {
      const keep = await keptBy(app);
      const { engine } = await deps.nodes.manager({ ...(signal === undefined ? {} : { signal }) });
      const removed = await collectFiles(
        engine,
        { platform, app, keep },
        signal === undefined ? {} : { signal },
      );
      if (removed > 0) deps.log.info({ app, removed }, 'configs and secrets of old releases removed');
    },
  };
}
