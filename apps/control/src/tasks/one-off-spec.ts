import { refuse } from '@berth/contract/errors';
import { variablesOf } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import type { AppStore } from '../apps/store.ts';
import { oneOffFiles } from '../files/one-off-files.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { RunStore } from '../runs/store.ts';
import { oneOffNetworks, renderOneOff } from '../swarm/service-spec.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { OneOffSpec } from './run.ts';

interface Dependencies {
  readonly platform: string;
  readonly apps: Pick<AppStore, 'get'>;
  readonly runs: Pick<RunStore, 'list'>;
  readonly releases: Pick<ReleaseStore, 'open'>;
  readonly volumes: Pick<Volumes, 'placedFor'>;
  /** Refuses what needs a grant that is not there. */
  mayRun(app: string, specs: readonly ServiceSpec[]): Promise<void>;
}

/** What a one-off container of the live release is: of the named service, else of the one with a route. */
export const createOneOffSpecs =
  (deps: Dependencies) =>
  async (appName: string, service: string | undefined, command: readonly string[]): Promise<OneOffSpec> => {
    const live = await findLive(deps, appName, service);
    await deps.mayRun(appName, [live.service.spec]);
    const wish = { platform: deps.platform, purpose: 'one-off' as const, ...live, command };
    return {
      service: live.run.service,
      create: renderOneOff(wish),
      networks: oneOffNetworks(wish),
      files: oneOffFiles(live.service.spec, live.files),
    };
  };

async function findLive(deps: Dependencies, appName: string, wanted: string | undefined) {
  const app = await deps.apps.get(appName);
  const live = await deps.runs.list({ app: app.name, states: ['live', 'stopped'] });
  const [first] = live;
  if (first === undefined) throw refuse('never_deployed', `${app.name} has no live release.`);
  const release = await deps.releases.open(app.name, app.liveRelease ?? first.release);
  const name = wanted ?? (live.find((run) => run.routing.port !== undefined) ?? first).service;
  const service = release.services.find(({ spec }) => spec.name === name);
  if (service === undefined)
    throw refuse(
      'not_found',
      `${app.name} has no service "${name}"; it has ${release.services.map(({ spec }) => spec.name).join(', ')}.`,
    );
  // What runs by a schedule has no run.
  const run = live.find((candidate) => candidate.service === name) ?? {
    app: app.name,
    service: name,
    release: release.number,
    generation: 1,
  };
  return {
    run,
    service,
    variables: variablesOf(release, name),
    networks: release.networks,
    files: release.files,
    volumes: await deps.volumes.placedFor(app.name, release),
  };
}
