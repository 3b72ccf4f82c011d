import type { CustomDomain } from '../routing/edge-model.ts';
import type { RunStore } from '../runs/store.ts';
import type { AppStore } from './store.ts';
import type { Urls } from './urls.ts';

/** Addresses of an app, best first; none for one nothing of which is routed: a worker has no address. */
export const createAppUrls =
  (deps: {
    readonly urls: Urls;
    readonly apps: Pick<AppStore, 'get'>;
    readonly runs: Pick<RunStore, 'list'>;
    readonly domains: { listAll(): Promise<readonly CustomDomain[]> };
  }) =>
  async (name: string): Promise<string[]> => {
    const runs = await deps.runs.list({ app: name });
    if (!runs.some((run) => run.routing.port !== undefined && run.state !== 'removing')) return [];
    const custom = (await deps.domains.listAll()).filter(
      ({ app, redirectTo }) => app === name && redirectTo === undefined,
    );
    return deps.urls.of(
      await deps.apps.get(name),
      custom.map(({ domain, path, httpsOnly }) => ({ domain, path, isHttps: httpsOnly })),
    );
  };
