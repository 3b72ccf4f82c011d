import type { VolumeUsage } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import { type Clock, isoTime } from '@berth/runtime/clock';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../http/handler.ts';
import { indexAfter, pageOf } from '../http/page.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { VolumeUser } from './plan.ts';
import type { Volume } from './store.ts';
import type { Volumes } from './volumes.ts';

/** A list is as old as this at most; one volume is always measured anew. */
const usageAgeMsMax = 60_000;
/** A large directory takes long to measure: a list does not wait for it. */
const listWaitMs = 15_000;

type Handled =
  | 'listVolumes'
  | 'createVolume'
  | 'getVolume'
  | 'deleteVolume'
  | 'restoreVolume'
  | 'growVolume'
  | 'adoptVolume';

export function volumeHandlers(deps: {
  volumes: Volumes;
  nodes: Nodes;
  events: Pick<EventLog, 'append'>;
  clock: Pick<Clock, 'now'>;
}): Pick<Handlers, Handled> {
  const { volumes, nodes, clock } = deps;
  const measured = new Map<string, { readonly usage: VolumeUsage; readonly at: number }>();

  /** Asks the nodes for what is older than `ageMs`; what they do not answer is left out. */
  async function measure(wanted: readonly Volume[], ageMs: number, signal: AbortSignal): Promise<void> {
    const old = wanted.filter(
      ({ id }) => clock.now() - (measured.get(id)?.at ?? Number.NEGATIVE_INFINITY) > ageMs,
    );
    await Promise.all(
      [...Map.groupBy(old, ({ node }) => node)].map(async ([node, items]) => {
        const link = nodes.find(node);
        if (link === undefined) return;
        const ids = items.map(({ id }) => id);
        for (const usage of await link.volumes.usage(ids, signal))
          measured.set(usage.id, { usage, at: clock.now() });
      }),
    );
  }

  function view(volume: Volume, users: ReadonlyMap<string, readonly VolumeUser[]>) {
    const found = measured.get(volume.id);
    const { bytesUsed, bytesTotal, fault } = found?.usage ?? {};
    return {
      id: volume.id,
      name: volume.name,
      ...(volume.app === undefined ? {} : { app: volume.app }),
      owner: volume.createdBy,
      createdAt: isoTime(volume.createdAt),
      node: nodes.find(volume.node)?.name ?? volume.node,
      driver: 'local' as const,
      ...(volume.isAdopted ? { adopted: true } : {}),
      ...(volume.sizeBytes === undefined ? {} : { sizeBytes: volume.sizeBytes }),
      ...(bytesUsed === undefined ? {} : { bytesUsed }),
      ...(bytesTotal === undefined ? {} : { bytesTotal }),
      ...(found === undefined ? {} : { measuredAt: isoTime(found.at) }),
      ...(fault === undefined ? {} : { fault }),
      users: volume.removed === undefined ? [...(users.get(volume.name) ?? [])] : [],
      labels: { ...volume.labels },
      ...(volume.removed === undefined
        ? {}
        : {
            removedAt: isoTime(volume.removed.at),
            restorableUntil: isoTime(volume.removed.purgeAt),
          }),
    };
  }
  const viewOf = async (volume: Volume) => view(volume, await volumes.users());
  const tell = (kind: string, volume: Volume, text: string) =>
    deps.events.append({
      kind: `volume.${kind}`,
      ...(volume.app === undefined ? {} : { app: volume.app }),
      text,
      data: { volume: volume.name, id: volume.id },
    });

  return {
    listVolumes: async ({ query, signal }) => {
      const all = (await volumes.store.list({ trash: query.trash })).filter(
        (volume) => query.app === undefined || volume.app === query.app,
      );
      const from = indexAfter(all, query, ({ id }) => id);
      const shown = all.slice(from, from + query.limit + 1);
      const users = await volumes.users();
      const patience = AbortSignal.any([signal, AbortSignal.timeout(listWaitMs)]);
      // What a node does not say in time is shown as not known.
      await measure(shown, usageAgeMsMax, patience).catch(() => signal.throwIfAborted());
      return pageOf(
        shown,
        query.limit,
        (volume) => view(volume, users),
        ({ id }) => id,
      );
    },
    createVolume: async ({ body, actor, signal }) => {
      const { overcommit, ...wanted } = body;
      const volume = await volumes.create(
        { ...wanted, sizeBytes: body.sizeBytes },
        { actor: actor.name, overcommit, signal },
      );
      await tell('created', volume, `volume ${volume.name} made`);
      return viewOf(volume);
    },
    adoptVolume: async ({ body, actor, signal }) => {
      const volume = await volumes.adopt(body, { actor: actor.name, signal });
      await tell('adopted', volume, `volume ${volume.name} of the engine adopted as it is`);
      return viewOf(volume);
    },
    getVolume: async ({ params, signal }) => {
      const volume = await volumes
        .get(params.volume, { trash: false })
        .catch(() => volumes.get(params.volume, { trash: true }));
      if (nodes.find(volume.node) !== undefined) await measure([volume], 0, signal);
      return viewOf(volume);
    },
    deleteVolume: async ({ params, query, actor, signal }) => {
      const volume = await volumes.get(params.volume, { trash: query.trash });
      if (query.confirm !== volume.name)
        throw refuse('invalid', `To remove the volume ${volume.name}, give its name as confirmation.`, {
          issues: [{ at: 'query.confirm', message: `must be "${volume.name}"` }],
        });
      if (query.trash) {
        await volumes.purge(volume, signal);
        measured.delete(volume.id);
        await tell('purged', volume, `volume ${volume.name} removed for good`);
        return viewOf(volume);
      }
      const removed = await volumes.remove(volume.id, { actor: actor.name, signal });
      await tell('removed', removed, `volume ${volume.name} moved to the trash`);
      return viewOf(removed);
    },
    restoreVolume: async ({ params, body, signal }) => {
      const volume = await volumes.restore(params.volume, body.as, signal);
      await tell('restored', volume, `volume ${volume.name} is back from the trash`);
      return viewOf(volume);
    },
    growVolume: async ({ params, body, signal }) => {
      const volume = await volumes.grow(params.volume, body.sizeBytes, {
        overcommit: body.overcommit,
        signal,
      });
      measured.delete(volume.id);
      await tell('grown', volume, `volume ${volume.name} may have ${body.sizeBytes} bytes`);
      return viewOf(volume);
    },
  };
}
