import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@berth/runtime/command';

/**
 * Lets go of the disks of size-limited volumes: files that the agent put on loop devices, with a name each in
 * /dev/berth. A file on a device keeps its room after it is removed.
 */
export async function detachDisks(volumesDir: string, signal: AbortSignal): Promise<void> {
  const ids = await readdir(volumesDir).catch(unlessMissing);
  for (const id of ids) {
    const files = await readdir(join(volumesDir, id)).catch(unlessMissing);
    if (!files.includes('disk')) continue;
    const found = ['--noheadings', '--output', 'NAME', '--associated', join(volumesDir, id, 'disk')];
    const { stdout } = await runCommand('losetup', found, { signal });
    for (const device of stdout.split('\n').filter((line) => line.startsWith('/dev/')))
      await runCommand('losetup', ['--detach', device.trim()], { signal });
    await rm(join('/dev/berth', id), { force: true });
  }
}

function unlessMissing(cause: unknown): string[] {
  if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
    return [];
  throw cause;
}
