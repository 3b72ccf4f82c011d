import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { refuse } from '@berth/contract/errors';
import { readOptional } from './files.ts';

const lockPath = (platform: string): string => join('/run/berth', `${platform}.lock`);

/** One `up` or `down` of a platform at a time. The lock of a process that is no more is nobody's. */
export async function takeLock(platform: string): Promise<AsyncDisposable> {
  const path = lockPath(platform);
  await mkdir(dirname(path), { recursive: true });
  const own = `${process.pid} ${await readStart(process.pid)}`;
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, 'wx', 0o644);
      await file.writeFile(own);
      await file.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    const holder = (await readOptional(path)) ?? '';
    const [pid, start] = holder.split(' ');
    const isAlive = pid !== undefined && start !== undefined && (await readStart(Number(pid))) === start;
    if (isAlive || attempt > 2)
      throw refuse(
        'conflict',
        `another berth up or down of the platform ${platform} is at work (process ${pid}); wait until it ends`,
      );
    await rm(path, { force: true });
  }
}

/** When a process began, in ticks since boot: with its id, nobody else. */
async function readStart(pid: number): Promise<string | undefined> {
  const stat = await readOptional(`/proc/${pid}/stat`);
  // The name may hold spaces and brackets; the fields after it do not.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
