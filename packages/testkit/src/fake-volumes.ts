import type { VolumeDisk, VolumeWish } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import type { VolumePort } from '@berth/control/nodes/ports';

/** Volumes of a node that are only names and sizes. */
export interface FakeVolumePort extends VolumePort {
  /** What is there, by id. */
  readonly kept: ReadonlyMap<string, VolumeWish>;
  /** Ids the engine knows a name for. */
  readonly named: ReadonlySet<string>;
  /** Names of volumes that containers mount. */
  readonly mounted: Set<string>;
  /** Bytes used, by name. */
  readonly used: Map<string, number>;
  disk(): Promise<VolumeDisk>;
  setBytesFree(bytes: number): void;
}

export function createFakeVolumes(assertConnected: () => void): FakeVolumePort {
  const kept = new Map<string, VolumeWish>();
  const named = new Set<string>();
  const mounted = new Set<string>();
  const used = new Map<string, number>();
  let bytesFree = 100 * 2 ** 30;
  const promised = (): number => [...kept.values()].reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return {
    kept,
    named,
    mounted,
    used,
    setBytesFree: (bytes) => {
      bytesFree = bytes;
    },
    async ensure(id, wish) {
      assertConnected();
      const more = (wish.sizeBytes ?? 0) - (kept.get(id)?.sizeBytes ?? 0);
      if (more < 0) throw refuse('volume_size', `The volume ${wish.name} only grows.`);
      if (!wish.overcommit && promised() + more > bytesFree)
        throw refuse('disk_full', `The volume ${wish.name} finds no room.`);
      kept.set(id, wish);
      named.add(id);
      const { name, sizeBytes } = wish;
      const options = wish.isAdopted === true ? {} : { device: id };
      return { id, name, options, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
    },
    async withdraw(id) {
      assertConnected();
      const name = kept.get(id)?.name ?? '';
      if (mounted.has(name)) throw refuse('volume_in_use', `The volume ${name} is mounted.`);
      named.delete(id);
    },
    async remove(id) {
      assertConnected();
      kept.delete(id);
      named.delete(id);
    },
    async usage(ids) {
      assertConnected();
      return ids.map((id) => {
        const wish = kept.get(id);
        if (wish === undefined) return { id, isThere: false, fault: 'its data is not there' };
        const bytesTotal = wish.sizeBytes;
        return {
          id,
          isThere: true,
          bytesUsed: used.get(wish.name) ?? 0,
          ...(bytesTotal === undefined ? {} : { bytesTotal }),
        };
      });
    },
    async disk() {
      assertConnected();
      return { bytesFree, bytesTotal: 200 * 2 ** 30, bytesPromised: promised() };
    },
  };
}
