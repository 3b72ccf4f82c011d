import type { EdgeReport } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import type { EdgeLane, EdgeModel, LaneName, ObservedLane } from '@berth/domain/edge';
import type { Attendant } from './attendant.ts';
import { laneNews } from './lanes.ts';
import type { EdgeParts } from './parts.ts';
import { isSilent } from './runtime.ts';

const laneLookMs = 25;
const oldWorkersLookMs = 500;

/** What the edge sees: it looks, and changes nothing. */
export function createObserver(
  parts: Pick<EdgeParts, 'certificates' | 'runtime' | 'clock'>,
  current: {
    readonly model: () => EdgeModel;
    readonly isReady: Promise<void>;
    readonly attendant: Attendant;
  },
) {
  const { certificates, runtime, clock } = parts;

  const laneOf = (service: string, lane: LaneName): EdgeLane => {
    const found = current.model().services.find(({ id }) => id === service);
    if (found === undefined) throw refuse('not_found', `The edge has no service ${service}`);
    return found.lanes[lane];
  };

  /** The lane now and whenever something about it changes, while somebody reads. */
  async function* watchLane(
    service: string,
    lane: LaneName,
    signal: AbortSignal,
  ): AsyncGenerator<ObservedLane> {
    await current.isReady;
    laneOf(service, lane);
    const unwatch = current.attendant.watch(service, lane);
    let told = '';
    let earlier: readonly string[] = [];
    let lookedAt = Number.NEGATIVE_INFINITY;
    try {
      while (!signal.aborted) {
        try {
          if (clock.now() - lookedAt > oldWorkersLookMs) {
            lookedAt = clock.now();
            earlier = (await runtime.workers()).earlier;
          }
          const goal = laneOf(service, lane);
          const seen = current.attendant.explain(
            await runtime.observe({ service, lane, fqdn: goal.fqdn }, earlier),
          );
          const news = laneNews(seen);
          if (news !== told) yield seen;
          told = news;
        } catch (error) {
          // The edge is being started again: whoever waits for the lane waits on.
          if (!isSilent(error)) throw error;
        }
        await clock.sleep(laneLookMs, signal).catch(() => undefined);
      }
    } finally {
      unwatch();
    }
  }

  /** HAProxy is asked, not the engine: that tells nothing of a container while it tries to start it. */
  async function look(): Promise<Omit<EdgeReport, 'revision' | 'certificates'>> {
    try {
      return {
        running: true,
        ...(await runtime.totals()),
        reloads: await runtime.reloads(),
        oldWorkers: (await runtime.workers()).earlier.length,
      };
    } catch (error) {
      // Starting, or just gone.
      if (!isSilent(error)) throw error;
    }
    const none = { version: '', connectionsCurrent: 0, requestsTotal: 0, reloads: 0, oldWorkers: 0 };
    return { running: false, ...none };
  }

  return {
    watchLane,
    /** Rejects with `not_found` when the model has no such service. */
    findLane: async (service: string, lane: LaneName): Promise<EdgeLane> => {
      await current.isReady;
      return laneOf(service, lane);
    },
    report: async (): Promise<EdgeReport> => {
      await current.isReady;
      const held = await certificates.list();
      return {
        revision: current.model().revision,
        ...(await look()),
        certificates: held.map(({ name, notAfter, fingerprint }) => ({ name, notAfter, fingerprint })),
      };
    },
  };
}
