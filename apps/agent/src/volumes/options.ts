import { join } from 'node:path';

/**
 * A volume's data is in a directory of the agent's, or on a disk of its own: a file there with a file system,
 * behind a loop device. The engine's volume only leads to it, by options of the engine's `local` driver, so
 * that the engine itself mounts it and an engine that lost the volume makes the same one again. The device has
 * a name of its own in `/dev`, which a reboot forgets: the engine then mounts nothing, rather than what came
 * to be behind the same number.
 */
export const fileSystem = 'xfs';
const deviceDir = '/dev/berth';
const idPattern = '[0-9a-z]{20}';
const isId = new RegExp(`^${idPattern}$`);

export const isVolumeId = (id: string): boolean => isId.test(id);
export const deviceOf = (id: string): string => `${deviceDir}/${id}`;

/** Where volumes are kept: as the agent sees it, and as the engine does. */
export function volumePlaces(config: { dataDir: string; hostDataDir: string }): {
  readonly dir: string;
  readonly hostDir: string;
} {
  return { dir: join(config.dataDir, 'volumes'), hostDir: join(config.hostDataDir, 'volumes') };
}

/** Options of the engine's `local` driver that lead to the volume. */
export function volumeOptions(volume: {
  id: string;
  isLimited: boolean;
  hostDir: string;
}): Readonly<Record<string, string>> {
  return volume.isLimited
    ? { type: fileSystem, o: 'discard', device: deviceOf(volume.id) }
    : { type: 'none', o: 'bind', device: join(volume.hostDir, volume.id, 'data') };
}

/** Whether options are those of a volume, to the letter. */
export function isVolumeOptions(options: Readonly<Record<string, unknown>>, hostDir: string): boolean {
  const id = new RegExp(`(?:^|/)(${idPattern})(?:/data)?$`).exec(String(options.device))?.[1];
  if (id === undefined) return false;
  const given = JSON.stringify(Object.entries(options).sort());
  return [true, false].some(
    (isLimited) => JSON.stringify(Object.entries(volumeOptions({ id, isLimited, hostDir })).sort()) === given,
  );
}
