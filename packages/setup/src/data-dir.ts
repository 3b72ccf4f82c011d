import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './files.ts';
import { isThere } from './is-there.ts';
import { settingsFile } from './platform.ts';

/** What `up` makes in the data directory. Whatever else is there is not Berth's, and stays. */
const ownEntries: readonly string[] = ['control', 'agent', 'registry', settingsFile];

/** What is in a data directory that no platform has written its settings in, and is not Berth's. */
export async function findForeignData(path: string): Promise<{ path: string; names: readonly string[] }> {
  if (await isThere(join(path, settingsFile))) return { path, names: [] };
  try {
    const names = await readdir(path);
    // A file system of its own has that one.
    return { path, names: names.filter((name) => !ownEntries.includes(name) && name !== 'lost+found') };
  } catch (cause) {
    if (isMissing(cause)) return { path, names: [] };
    throw cause;
  }
}

/** What is Berth's in the directory, and the directory when nothing else is there. */
export async function removeData(dir: string): Promise<void> {
  // The settings last: they say whose the directory is, to a purge that goes on where this one broke off.
  for (const name of ownEntries) await rm(join(dir, name), { recursive: true, force: true });
  try {
    await rmdir(dir);
  } catch (cause) {
    if (!['ENOTEMPTY', 'ENOENT', 'EBUSY'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  }
}
