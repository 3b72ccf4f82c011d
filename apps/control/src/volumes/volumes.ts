import { AppError, refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { Release } from '@berth/domain/release';
import {
  engineVolumeName,
  type VolumeNeeds,
  volumeNameOf,
  volumeQuotas,
  volumesOf,
} from '@berth/domain/volume';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import type { PlacedVolume } from '../swarm/mounts.ts';
import { planVolumes, type VolumeUser } from './plan.ts';
import type { Volume, VolumeStore } from './store.ts';

export interface VolumesDependencies {
  readonly platform: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly nodes: Nodes;
  readonly store: VolumeStore;
  /** Who mounts volumes, by their names: live releases, and those a running deployment is bringing up. */
  users(): Promise<ReadonlyMap<string, readonly VolumeUser[]>>;
}

/** Volumes as objects: made with a release or by themselves, removed only by name, back within a grace period. */
export type Volumes = ReturnType<typeof createVolumes>;

export function createVolumes(deps: VolumesDependencies) {
  const { store, nodes, clock } = deps;

  const linkTo = (node: string): NodeLink => {
    const link = nodes.find(node);
    if (link === undefined)
      throw refuse('agent_unreachable', `The node ${node}, which has the volume, is not connected.`);
    return link;
  };
  const engineNameOf = (volume: Pick<Volume, 'name' | 'isAdopted'>): string =>
    volume.isAdopted ? volume.name : engineVolumeName(deps.platform, volume.name);
  const wishOf = (volume: Omit<Volume, 'options' | 'removed'>, overcommit: boolean) => ({
    name: engineNameOf(volume),
    ...(volume.isAdopted ? { isAdopted: true } : {}),
    ...(volume.sizeBytes === undefined ? {} : { sizeBytes: volume.sizeBytes }),
    overcommit,
    labels: {
      ...volume.labels,
      [label.platform]: deps.platform,
      ...(volume.app === undefined ? {} : { [label.app]: volume.app }),
    },
  });

  /** On its node as it is to be; twice does no harm. A new one that cannot be made is not kept. */
  async function make(
    volume: Omit<Volume, 'options' | 'removed'>,
    o: { isNew: boolean; overcommit: boolean; signal: AbortSignal },
  ): Promise<void> {
    try {
      const state = await linkTo(volume.node).volumes.ensure(
        volume.id,
        wishOf(volume, o.overcommit),
        o.signal,
      );
      await store.made(volume.id, state);
    } catch (error) {
      if (o.isNew && error instanceof AppError && error.code !== 'agent_unreachable')
        await store.forget(volume.id);
      throw error;
    }
  }

  async function add(
    wanted: Pick<Volume, 'name' | 'app' | 'node' | 'sizeBytes' | 'labels'> & { isAdopted?: true },
    o: { actor: string; overcommit: boolean; signal: AbortSignal },
  ): Promise<string> {
    const now = clock.now();
    const volume = { isAdopted: false, ...wanted, id: newId(now), createdAt: now, createdBy: o.actor };
    await store.add(volume);
    await make(volume, { ...o, isNew: true });
    return volume.id;
  }

  /** By id, or by name: of those in the trash the last removed. */
  async function get(nameOrId: string, options: { trash: boolean }): Promise<Volume> {
    const found = (await store.list(options)).find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (found !== undefined) return found;
    throw refuse(
      'volume_not_found',
      `There is no volume "${nameOrId}"${options.trash ? ' in the trash' : ''}.`,
    );
  }

  async function nodeFor(asked: string | undefined, signal: AbortSignal): Promise<NodeLink> {
    if (asked === undefined) return nodes.manager({ signal });
    const link = nodes.list().find(({ id, name }) => id === asked || name === asked);
    if (link === undefined) throw refuse('not_found', `No node "${asked}" is connected.`);
    return link;
  }

  async function requireFree(name: string): Promise<void> {
    const taken = (await store.list({ trash: false })).find((volume) => volume.name === name);
    if (taken !== undefined)
      throw refuse(
        'volume_taken',
        `There is a volume "${name}" already${taken.app === undefined ? '' : `, of the app ${taken.app}`}.`,
      );
  }

  /** What becomes of the volumes of a release; refuses where it cannot have them. */
  async function planFor(app: string, release: VolumeNeeds, signal: AbortSignal) {
    if (volumesOf(release).length === 0) return { volumes: [], warnings: [], known: [] };
    const known = await store.list({ trash: false });
    const plan = planVolumes({
      app,
      release,
      known,
      trash: (await store.list({ trash: true })).map(({ name }) => name),
      others: await deps.users(),
      defaultNode: (await nodes.manager({ signal })).id,
    });
    if (plan.kind === 'refused') throw refuse(plan.code, plan.because);
    return { ...plan, known };
  }

  return {
    store,
    users: deps.users,
    get,
    /** Refuses what a release asks for and cannot have; makes nothing. Gives what to warn of. */
    check: async (app: string, release: VolumeNeeds, signal: AbortSignal): Promise<readonly string[]> =>
      (await planFor(app, release, signal)).warnings,
    /** What a release needs, made or grown. Gives what to warn of. */
    async ensureFor(
      app: string,
      release: VolumeNeeds,
      o: { actor: string; signal: AbortSignal },
    ): Promise<readonly string[]> {
      const { known, ...plan } = await planFor(app, release, o.signal);
      for (const planned of plan.volumes) {
        const { known: found, name, node, sizeBytes, overcommit, labels } = planned;
        if (found === undefined) await add({ name, app, node, sizeBytes, labels }, { ...o, overcommit });
        else {
          const whole = known.find(({ id }) => id === found.id) as Volume;
          await make({ ...whole, sizeBytes }, { isNew: false, overcommit, signal: o.signal });
        }
      }
      return plan.warnings;
    },
    /** Where tasks find the volumes of a release, by their names in its manifest. */
    async placedFor(
      app: string,
      release: Pick<Release, 'services' | 'volumes'>,
    ): Promise<Readonly<Record<string, PlacedVolume>>> {
      const wanted = volumesOf(release);
      const known = wanted.length === 0 ? [] : await store.list({ trash: false });
      return Object.fromEntries(
        wanted.flatMap((volume) => {
          const name = volumeNameOf(app, volume);
          const found = known.find((one) => one.name === name);
          if (found?.options === undefined) return [];
          const placed: PlacedVolume = {
            id: found.id,
            name: engineNameOf(found),
            options: found.options,
            node: found.node,
          };
          return [[volume.name, placed]];
        }),
      );
    },
    /** A volume the engine has becomes an object of Berth as it is: nothing is copied or renamed. */
    async adopt(
      wanted: { name: string; app?: string | undefined; node?: string | undefined },
      o: { actor: string; signal: AbortSignal },
    ): Promise<Volume> {
      await requireFree(wanted.name);
      const trashed = (await store.list({ trash: true })).find(({ name }) => name === wanted.name);
      if (trashed?.isAdopted === true)
        throw refuse(
          'volume_taken',
          `The volume ${wanted.name} was adopted before and is in the trash; \`berth volume restore ${wanted.name}\` brings it back.`,
        );
      const link = await nodeFor(wanted.node, o.signal);
      const { name, app } = wanted;
      const labels = {};
      await add(
        { name, app, node: link.id, sizeBytes: undefined, labels, isAdopted: true },
        { ...o, overcommit: true },
      );
      return get(name, { trash: false });
    },
    async create(
      wanted: Pick<Volume, 'name' | 'sizeBytes' | 'labels'> & { node?: string | undefined },
      o: { actor: string; overcommit: boolean; signal: AbortSignal },
    ): Promise<Volume> {
      await requireFree(wanted.name);
      const link = await nodeFor(wanted.node, o.signal);
      await add({ ...wanted, app: undefined, node: link.id }, o);
      return get(wanted.name, { trash: false });
    },
    /** Refuses while anybody uses it. Its data stays until the grace period is over. */
    async remove(name: string, o: { actor: string; signal: AbortSignal }): Promise<Volume> {
      const volume = await get(name, { trash: false });
      const users = (await deps.users()).get(volume.name) ?? [];
      if (users.length > 0)
        throw refuse(
          'volume_in_use',
          `The volume ${volume.name} is used by ${users.map((user) => `${user.app}/${user.service}`).join(', ')}.`,
        );
      await linkTo(volume.node).volumes.withdraw(volume.id, o.signal);
      const at = clock.now();
      const removed = { at, by: o.actor, purgeAt: at + volumeQuotas.graceMs };
      await store.trash(volume.id, removed);
      return { ...volume, removed };
    },
    async restore(name: string, as: string | undefined, signal: AbortSignal): Promise<Volume> {
      const volume = await get(name, { trash: true });
      const restored = { ...volume, name: as ?? volume.name };
      if (volume.isAdopted && restored.name !== volume.name)
        throw refuse('invalid', `${volume.name} was adopted: it has the name the engine has for it.`);
      await requireFree(restored.name);
      await make(restored, { isNew: false, overcommit: true, signal });
      await store.restore(volume.id, restored.name);
      return get(volume.id, { trash: false });
    },
    /** Out of the trash, for good. */
    async purge(volume: Volume, signal: AbortSignal): Promise<void> {
      await linkTo(volume.node).volumes.remove(volume.id, signal);
      await store.forget(volume.id);
    },
    async grow(
      name: string,
      sizeBytes: number,
      o: { overcommit: boolean; signal: AbortSignal },
    ): Promise<Volume> {
      const volume = await get(name, { trash: false });
      if (volume.sizeBytes === undefined)
        throw refuse('volume_size', `The volume ${volume.name} has no limit: it is as large as its disk.`);
      await make({ ...volume, sizeBytes }, { isNew: false, ...o });
      return get(volume.id, { trash: false });
    },
  };
}
