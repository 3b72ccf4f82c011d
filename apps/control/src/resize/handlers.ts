import { refuse } from '@berth/contract/errors';
import type { Resources } from '@berth/domain/service';
import { isAbsent } from '@berth/engine/engine';
import type { AppStore } from '../apps/store.ts';
import type { Handlers } from '../http/handler.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import { findPlaces } from '../tasks/inside/places.ts';
import { applyLimits, asRefusal, checkRoom } from './apply.ts';
import type { ChangedLimits, ResizeStore } from './store.ts';

export interface ResizeDependencies {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly apps: Pick<AppStore, 'get'>;
  readonly releases: Pick<ReleaseStore, 'open'>;
  readonly store: ResizeStore;
}

export function resizeHandlers(deps: ResizeDependencies): Pick<Handlers, 'resize' | 'listResizes'> {
  /** What the release gives the service. */
  async function released(app: string, service: string): Promise<Resources> {
    const { liveRelease } = await deps.apps.get(app);
    if (liveRelease === undefined) throw refuse('never_deployed', `${app} has no live release.`);
    const { services } = await deps.releases.open(app, liveRelease);
    const found = services.find(({ spec }) => spec.name === service);
    if (found === undefined)
      throw refuse(
        'not_found',
        `${app} has no service "${service}"; it has ${services.map(({ spec }) => spec.name).join(', ')}.`,
      );
    return found.spec.resources;
  }

  return {
    listResizes: async ({ params }) => {
      const app = await deps.apps.get(params.app);
      const changed = await deps.store.of(app.name);
      return { items: [...changed].map(([service, limits]) => ({ service, limits })) };
    },
    resize: async ({ params, body, signal }) => {
      const app = await deps.apps.get(params.app);
      const { service } = params;
      const before = await released(app.name, service);
      const isReset = Object.keys(body).length === 0;
      const known = (await deps.store.of(app.name)).get(service);
      const limits: ChangedLimits = isReset ? {} : { ...known, ...body };
      const wanted = isReset ? limitsOf(before) : limits;
      if (isReset && known?.cpusMax !== undefined && before.cpusMax === undefined)
        throw refuse(
          'conflict',
          `${service} was released without a limit of CPU, which the engine cannot give back to a running task. Give it as many cores as the node has, or \`berth restart\`.`,
        );
      const places = await findPlaces(deps, app.name, { service }, signal);
      // All are asked before one is changed.
      for (const place of places) await checkRoom(place, wanted, signal);
      // Written first: tasks that start from now on have it, too.
      if (isReset) await deps.store.remove(app.name, service);
      else await deps.store.set(app.name, service, limits);
      for (const place of places) {
        try {
          await applyLimits(place.engine, place.containerId, wanted, before, signal);
        } catch (error) {
          if (!isAbsent(error)) throw asRefusal(error, place);
        }
      }
      return { service, limits, tasks: places.map(({ slot, task, node }) => ({ slot, task, node })) };
    },
  };
}

/** In the words of a change. */
const limitsOf = ({ memoryBytesMax, cpusMax, pidsMax }: Resources): ChangedLimits => ({
  memoryBytesMax,
  pidsMax,
  ...(cpusMax === undefined ? {} : { cpusMax }),
});
