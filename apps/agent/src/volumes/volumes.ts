import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VolumeDisk, VolumeState, VolumeUsage, VolumeWish } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import type { Volume } from '@berth/engine/types';
import { runCommand } from '@berth/runtime/command';
import { createSerial } from '../edge/serial.ts';
import type { Log } from '../log.ts';
import { findAdoptionFault } from './adoption.ts';
import { isVolumeId, volumeOptions, type volumePlaces } from './options.ts';
import { findPromiseFault } from './promise.ts';
import * as scripts from './scripts.ts';
import type { VolumeWorker } from './worker.ts';

/** The volumes of this node: their data, and the engine's names for them. */
export type Volumes = ReturnType<typeof createVolumes>;

/** Kept beside the data, so that a node can tell what it has without control. */
interface Note {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The engine's own volume: its data is where the engine keeps it, and stays there. */
  readonly isAdopted?: boolean;
}

/** mkfs.xfs makes nothing smaller unless it is told to mean it. */
const usualBytesMin = 300 * 2 ** 20;

export function createVolumes(options: {
  places: ReturnType<typeof volumePlaces>;
  engine: Engine;
  worker: VolumeWorker;
  log: Log;
}) {
  const { places, engine, worker, log } = options;
  // One change at a time: two must not promise the same room.
  const inTurn = createSerial();
  const dirOf = (id: string): string => join(places.dir, id);
  const diskOf = (id: string): string => join(dirOf(id), 'disk');

  async function ids(): Promise<string[]> {
    return (await readdir(places.dir).catch(unlessMissing([]))).filter(isVolumeId);
  }
  const sizeOf = async (id: string): Promise<{ size: number; allocated: number } | undefined> => {
    const found = await stat(diskOf(id)).catch(unlessMissing(undefined));
    return found === undefined ? undefined : { size: found.size, allocated: found.blocks * 512 };
  };
  async function limited(): Promise<{ id: string; size: number; allocated: number }[]> {
    const found = await Promise.all((await ids()).map(async (id) => ({ id, at: await sizeOf(id) })));
    return found.flatMap(({ id, at }) => (at === undefined ? [] : [{ id, ...at }]));
  }
  const noteOf = async (id: string): Promise<Note | undefined> => {
    const text = await readFile(join(dirOf(id), 'volume.json'), 'utf8').catch(unlessMissing(undefined));
    return text === undefined ? undefined : (JSON.parse(text) as Note);
  };
  /** Names of the engine's own volumes among ours. */
  async function adopted(): Promise<ReadonlySet<string>> {
    const notes = await Promise.all((await ids()).map(noteOf));
    return new Set(notes.flatMap((note) => (note?.isAdopted === true ? [note.name] : [])));
  }
  const findVolume = (name: string, signal: AbortSignal): Promise<Volume | undefined> =>
    engine.inspectVolume(name, { signal }).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });

  async function disk(): Promise<VolumeDisk> {
    await mkdir(places.dir, { recursive: true });
    const { bavail, blocks, bsize } = await statfs(places.dir);
    const bytesPromised = (await limited()).reduce(
      (sum, { size, allocated }) => sum + Math.max(0, size - allocated),
      0,
    );
    return { bytesFree: bavail * bsize, bytesTotal: blocks * bsize, bytesPromised };
  }

  async function requireRoom(name: string, bytesMore: number): Promise<void> {
    const fault = findPromiseFault({ ...(await disk()), bytesMore });
    if (fault !== undefined) throw refuse('disk_full', `The volume ${name} finds no room: ${fault}.`);
  }

  /** The name must be free, or lead to this very volume. */
  async function requireOwn(name: string, id: string, signal: AbortSignal): Promise<void> {
    const found = await findVolume(name, signal);
    if (found === undefined || found.Labels?.[label.volume] === id) return;
    throw refuse(
      'volume_taken',
      found.Labels?.[label.volume] === undefined
        ? `The engine has a volume "${name}" already that Berth did not make; \`berth volume adopt ${name}\` takes it as it is (\`-a APP\` for the app it is of).`
        : `The engine has a volume "${name}" already that is another of Berth’s; \`docker volume inspect ${name}\` shows it.`,
    );
  }

  const runningHolders = async (name: string, signal: AbortSignal): Promise<string[]> =>
    (await engine.listContainers({ all: true, filters: { volume: [name] }, signal }))
      .filter(({ State }) => State === 'running' || State === 'paused')
      .map(({ Names, Id }) => (Names[0] ?? Id).replace(/^\//, ''));

  async function adopt(id: string, wish: VolumeWish, signal: AbortSignal): Promise<VolumeState> {
    if ((await noteOf(id)) === undefined) {
      const found = await findVolume(wish.name, signal);
      const fault = findAdoptionFault(wish.name, found, await runningHolders(wish.name, signal));
      if (fault !== undefined) throw fault;
      await mkdir(dirOf(id), { recursive: true, mode: 0o711 });
      await writeNote(id, { name: wish.name, labels: wish.labels, isAdopted: true });
    }
    return { id, name: wish.name, options: {} };
  }

  async function ensure(id: string, wish: VolumeWish, signal: AbortSignal): Promise<VolumeState> {
    if (wish.isAdopted === true) return adopt(id, wish, signal);
    await requireOwn(wish.name, id, signal);
    const has = await sizeOf(id);
    const isLimited = wish.sizeBytes !== undefined;
    const isNew = (await noteOf(id)) === undefined;
    if (!isNew && isLimited !== (has !== undefined))
      throw refuse(
        'volume_size',
        `The volume ${wish.name} is ${isLimited ? 'a directory: it cannot be limited any more' : 'limited: its limit can only be raised'}.`,
      );
    const more = (wish.sizeBytes ?? 0) - (has?.size ?? 0);
    if (has !== undefined && more < 0)
      throw refuse('volume_size', `The volume ${wish.name} is larger than that: volumes only grow.`);
    if (more > 0 && !wish.overcommit) await requireRoom(wish.name, more);
    const driver = volumeOptions({ id, isLimited, hostDir: places.hostDir });
    try {
      await realise(id, wish, { has: has !== undefined, isNew, isMore: more > 0, driver, signal });
    } catch (error) {
      if (isNew) await discard(id, wish.name);
      throw error;
    }
    return { id, name: wish.name, options: driver, ...(isLimited ? { sizeBytes: wish.sizeBytes } : {}) };
  }

  async function realise(
    id: string,
    wish: VolumeWish,
    o: {
      has: boolean;
      isNew: boolean;
      isMore: boolean;
      driver: Readonly<Record<string, string>>;
      signal: AbortSignal;
    },
  ): Promise<void> {
    const { signal } = o;
    await mkdir(dirOf(id), { recursive: true, mode: 0o711 });
    if (wish.sizeBytes === undefined) await mkdir(join(dirOf(id), 'data'), { recursive: true });
    else if (!o.has) await makeDisk(id, wish.sizeBytes, signal);
    const Labels = { ...wish.labels, [label.volume]: id };
    await engine.createVolume({ Name: wish.name, Driver: 'local', DriverOpts: o.driver, Labels }, { signal });
    if (wish.sizeBytes !== undefined && (o.isNew || o.isMore)) await growDisk(id, wish, signal);
    await writeNote(id, { name: wish.name, labels: wish.labels });
  }

  /** What came to be of a volume that could not be made: it never held anything. */
  async function discard(id: string, name: string): Promise<void> {
    try {
      await engine.removeVolume(name);
    } catch (error) {
      if (!isAbsent(error)) log.warn({ err: error, volume: name }, 'a volume that was not made is left');
    }
    if ((await sizeOf(id)) !== undefined)
      await worker
        .run(scripts.detachDisk, [id], { signal: AbortSignal.timeout(30_000) })
        .catch((error: unknown) =>
          log.warn({ err: error, volume: name }, 'the disk of a volume that was not made stays attached'),
        );
    await rm(dirOf(id), { recursive: true, force: true });
  }

  async function makeDisk(id: string, sizeBytes: number, signal: AbortSignal): Promise<void> {
    const small = sizeBytes < usualBytesMin ? ['--unsupported'] : [];
    await worked(() => worker.run(scripts.makeDisk, [id, String(sizeBytes), ...small], { signal }));
    await worked(() => worker.run(scripts.attachDisks, [id], { signal }));
  }

  /** Also of a new one, which it mounts once: a kernel that cannot is found now and not by the first task. */
  async function growDisk(id: string, wish: VolumeWish, signal: AbortSignal): Promise<void> {
    await worked(() => worker.run(scripts.attachDisks, [id], { signal }));
    const mounts = { '/mounted': wish.name };
    await worked(() => worker.run(scripts.growDisk, [id, String(wish.sizeBytes)], { signal, mounts }));
  }

  async function writeNote(id: string, note: Note): Promise<void> {
    const path = join(dirOf(id), 'volume.json');
    await writeFile(`${path}.new`, `${JSON.stringify(note, null, 2)}\n`);
    await rename(`${path}.new`, path);
  }

  /** The engine forgets the volume, unless it is its own. Ended containers that still hold it go; running ones are named. */
  async function withdraw(id: string, signal: AbortSignal): Promise<void> {
    const note = await noteOf(id);
    if (note === undefined) return;
    const found = await findVolume(note.name, signal);
    if (found === undefined || (note.isAdopted !== true && found.Labels?.[label.volume] !== id)) return;
    const running = await runningHolders(note.name, signal);
    if (running.length > 0)
      throw refuse('volume_in_use', `The volume ${note.name} is mounted by ${running.join(', ')}.`);
    // The name is all the engine has to find the data by.
    if (note.isAdopted === true) return;
    const holders = await engine.listContainers({ all: true, filters: { volume: [note.name] }, signal });
    for (const { Id } of holders)
      await engine.removeContainer(Id, { signal }).catch((error: unknown) => {
        if (!isAbsent(error) && !isConflict(error)) throw error;
      });
    await engine.removeVolume(note.name, { signal }).catch((error: unknown) => {
      if (isAbsent(error)) return;
      if (isConflict(error))
        throw refuse('volume_in_use', `The volume ${note.name} is in use.`, { cause: error });
      throw error;
    });
  }

  async function remove(id: string, signal: AbortSignal): Promise<void> {
    await withdraw(id, signal);
    if ((await sizeOf(id)) !== undefined)
      await worked(() => worker.run(scripts.detachDisk, [id], { signal }));
    await rm(dirOf(id), { recursive: true, force: true });
  }

  /** Attaches what is not; ids of those that were not. */
  async function attach(signal: AbortSignal): Promise<string[]> {
    return attachThese(
      (await limited()).map(({ id }) => id),
      signal,
    );
  }

  const attached = new Set<string>();
  async function attachThese(wanted: readonly string[], signal: AbortSignal): Promise<string[]> {
    if (wanted.length === 0) return [];
    const text = await worker.run(scripts.attachDisks, wanted, { signal });
    const said = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));
    for (const id of wanted)
      if (/^(attached|detached)$/.test(said.get(id) ?? '')) attached.add(id);
      else attached.delete(id);
    return wanted.filter((id) => said.get(id) === 'detached');
  }

  async function usage(wanted: readonly string[], signal: AbortSignal): Promise<VolumeUsage[]> {
    const disks = new Map((await limited()).map((one) => [one.id, one]));
    const measured = await measureAttached(
      wanted.filter((id) => disks.has(id)),
      signal,
    );
    return Promise.all(
      wanted.map(async (id): Promise<VolumeUsage> => {
        if (disks.has(id)) {
          const found = measured.get(id);
          return found ?? { id, isThere: false, fault: 'its disk cannot be attached to a loop device' };
        }
        const note = await noteOf(id);
        if (note?.isAdopted === true) return measureAdopted(id, note.name, signal);
        const data = join(dirOf(id), 'data');
        if ((await stat(data).catch(unlessMissing(undefined))) === undefined)
          return { id, isThere: false, fault: `its data is not there (${join(places.hostDir, id)})` };
        const { stdout } = await runCommand('du', ['-sxB1', '--', data], { signal });
        return { id, isThere: true, bytesUsed: Number.parseInt(stdout, 10) };
      }),
    );
  }

  /** Where the engine keeps it, the agent does not see. */
  async function measureAdopted(id: string, name: string, signal: AbortSignal): Promise<VolumeUsage> {
    if ((await findVolume(name, signal)) === undefined)
      return { id, isThere: false, fault: `the engine has no volume ${name} any more` };
    const at = `/mounted/${id}`;
    const text = await worked(() =>
      worker.run(scripts.measureDirectories, [at], { signal, mounts: { [at]: name } }),
    );
    return { id, isThere: true, bytesUsed: Number(text.trim().split(' ').at(-1)) };
  }

  /** Attached since the agent started is taken for attached until it proves not to be. */
  async function measureAttached(
    wanted: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, VolumeUsage>> {
    if (wanted.every((id) => attached.has(id)))
      try {
        return await measureDisks(wanted, signal);
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ err: error }, 'disks of volumes are attached again');
      }
    await worked(() => attachThese(wanted, signal));
    return measureDisks(
      wanted.filter((id) => attached.has(id)),
      signal,
    );
  }

  async function measureDisks(
    wanted: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, VolumeUsage>> {
    const measured = new Map<string, VolumeUsage>();
    const mounts: Record<string, string> = {};
    for (const id of wanted) {
      const note = await noteOf(id);
      const found = note === undefined ? undefined : await findVolume(note.name, signal);
      if (note === undefined || found?.Labels?.[label.volume] !== id)
        // In the trash: what its file takes is what it has.
        measured.set(id, { id, isThere: true, bytesUsed: (await sizeOf(id))?.allocated ?? 0 });
      else mounts[`/mounted/${id}`] = note.name;
    }
    const places = Object.keys(mounts);
    if (places.length === 0) return measured;
    const text = await worked(() => worker.run(scripts.measureDisks, places, { signal, mounts }));
    for (const line of text.trim().split('\n')) {
      const [at = '', total, used, type] = line.split(/\s+/);
      const id = at.split('/').at(-1) as string;
      const fault = type === 'xfs' ? {} : { fault: 'the engine’s volume does not lead to its disk' };
      measured.set(id, { id, isThere: true, bytesUsed: Number(used), bytesTotal: Number(total), ...fault });
    }
    return measured;
  }

  let limitFault: Promise<string | undefined> | undefined;
  async function probe(signal: AbortSignal): Promise<string | undefined> {
    return await worker.run(scripts.probeDisks, [], { signal }).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  return {
    ensure: (id: string, wish: VolumeWish, signal: AbortSignal) => inTurn(() => ensure(id, wish, signal)),
    withdraw: (id: string, signal: AbortSignal) => inTurn(() => withdraw(id, signal)),
    remove: (id: string, signal: AbortSignal) => inTurn(() => remove(id, signal)),
    usage: (wanted: readonly string[], signal: AbortSignal) => inTurn(() => usage(wanted, signal)),
    attach: (signal: AbortSignal) =>
      inTurn(async () => {
        const found = await attach(signal);
        if (found.length > 0) log.info({ volumes: found }, 'disks of volumes attached');
        return found;
      }),
    adopted,
    sweep: worker.sweep,
    async disk(signal: AbortSignal): Promise<VolumeDisk> {
      limitFault ??= inTurn(() => probe(signal));
      const fault = await limitFault;
      // Looked at again: a machine may be given what it lacked.
      if (fault !== undefined) limitFault = undefined;
      return { ...(await disk()), ...(fault === undefined ? {} : { limitFault: fault }) };
    },
  };
}

/** The worker's words as a refusal: they are about this machine. */
async function worked<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw refuse(
      'machine_unfit',
      `The disk of a volume: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
  }
}

const unlessMissing =
  <T>(instead: T) =>
  (cause: unknown): T => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return instead;
    throw cause;
  };
