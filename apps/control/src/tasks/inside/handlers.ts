import { refuse } from '@berth/contract/errors';
import { isAbsent } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { AppStore } from '../../apps/store.ts';
import type { Handlers } from '../../http/handler.ts';
import type { Nodes } from '../../nodes/ports.ts';
import { createClientEnd } from '../client-end.ts';
import type { Touches } from '../touches.ts';
import { changesOf } from './changes.ts';
import { copy } from './copy.ts';
import { findPlaces, type Place, placeView } from './places.ts';
import { parseProcesses, psArguments } from './processes.ts';
import { cpuPercentOf, usageOf } from './usage.ts';

export interface InsideDependencies {
  readonly platform: string;
  readonly nodes: Nodes;
  readonly apps: Pick<AppStore, 'get'>;
  readonly touches: Touches;
  readonly clock: Clock;
}

/** Between the two samples a share of the processor is told from. */
const sampleMs = 1_000;
/** Changes of one task that are listed. */
const changesMax = 500;
/** Tasks looked into at once. */
const atOnce = 8;

export function insideHandlers(
  deps: InsideDependencies,
): Pick<Handlers, 'listUsage' | 'listProcesses' | 'listChanges' | 'copy'> {
  /** What `look` sees in each place; a task that ended meanwhile is left out. */
  async function each<T>(
    context: {
      params: { app: string };
      query: { service?: string | undefined; slot?: number | undefined };
      signal: AbortSignal;
    },
    look: (place: Place) => Promise<T>,
  ): Promise<{ items: T[] }> {
    const app = await deps.apps.get(context.params.app);
    const places = await findPlaces(deps, app.name, context.query, context.signal);
    const seen = new Map<Place, T>();
    const queue = [...places];
    const work = async () => {
      for (let place = queue.shift(); place !== undefined; place = queue.shift()) {
        try {
          seen.set(place, await look(place));
        } catch (error) {
          if (!isAbsent(error)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, places.length) }, work));
    return { items: places.flatMap((place) => (seen.has(place) ? [seen.get(place) as T] : [])) };
  }

  return {
    listUsage: async (context) => {
      const { signal } = context;
      const firsts = new Map<string, Awaited<ReturnType<Place['engine']['containerStats']>>>();
      await each(context, async ({ engine, containerId }) => {
        firsts.set(containerId, await engine.containerStats(containerId, { signal }));
      });
      await deps.clock.sleep(sampleMs, signal);
      return each(context, async (place) => {
        const after = await place.engine.containerStats(place.containerId, { signal });
        const before = firsts.get(place.containerId) ?? after;
        return { ...placeView(place), cpuPercent: cpuPercentOf(before, after), ...usageOf(after) };
      });
    },
    listProcesses: (context) =>
      each(context, async (place) => {
        const { Processes } = await place.engine.containerTop(place.containerId, {
          psArguments,
          signal: context.signal,
        });
        return { ...placeView(place), processes: parseProcesses(Processes) };
      }),
    listChanges: async (context) => {
      const touches = await deps.touches.list(context.params.app);
      return each(context, async (place) => {
        const { engine, containerId } = place;
        const { Mounts } = await engine.inspectContainer(containerId, { signal: context.signal });
        const all = changesOf(await engine.containerChanges(containerId, { signal: context.signal }), [
          ...Mounts.map((mount) => mount.Destination),
          ...place.inMemory,
        ]);
        const changes = all.slice(0, changesMax);
        return {
          ...placeView(place),
          changes,
          changesLeftOut: all.length - changes.length,
          touched: touches
            .filter((touch) => touch.container === containerId)
            .map(({ at, actor, command }) => ({ at, actor, command })),
        };
      });
    },
    copy: async ({ params, query, actor, signal }, socket) => {
      const client = createClientEnd(socket);
      const app = await deps.apps.get(params.app);
      const [place] = await findPlaces(deps, app.name, query, signal);
      if (place === undefined) throw refuse('not_found', `No task of ${app.name} is running.`);
      if (query.direction === 'to')
        await deps.touches.note(app.name, place, { actor: actor.name, command: `cp to ${query.path}` });
      return copy(place, query, client, signal);
    },
  };
}
