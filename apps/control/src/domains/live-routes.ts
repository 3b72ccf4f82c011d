import type { Route } from '@berth/domain/route';
import type { Run } from '@berth/domain/run';
import type { AppStore } from '../apps/store.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { RunStore } from '../runs/store.ts';

/** What names can lead to: services and routes of what serves, or would if it was not stopped. */
export const createLiveRoutes = (deps: {
  readonly apps: Pick<AppStore, 'get'>;
  readonly runs: Pick<RunStore, 'list'>;
  readonly releases: Pick<ReleaseStore, 'find'>;
}) => ({
  /** The routed ones first; empty when nothing is live. */
  async servicesOf(app: string): Promise<string[]> {
    const runs = await deps.runs.list({ app, states: ['live', 'stopped'] });
    const rank = ({ routing }: Run): number => (routing.port === undefined ? 1 : 0);
    return runs.toSorted((one, other) => rank(one) - rank(other)).map(({ service }) => service);
  },
  async routesOf(app: string): Promise<readonly Route[]> {
    const { liveRelease } = await deps.apps.get(app);
    const release = liveRelease === undefined ? undefined : await deps.releases.find(app, liveRelease);
    return release?.summary.routes ?? [];
  },
});
