import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** One finished build, kept so that the same build need not be run again. */
const BuildRecord = z.object({
  key: z.string(),
  image: z.string(),
  imageId: z.string(),
  /** The last deployment that got this image. It is not garbage before its release is written. */
  usedAt: z.number(),
});
export type BuildRecord = z.infer<typeof BuildRecord>;

/** Records as files of `dir`, by key. They are a cache: losing them costs a build, nothing else. */
export type BuildRecords = ReturnType<typeof createBuildRecords>;

export function createBuildRecords(dir: string) {
  const pathOf = (key: string) => join(dir, `${key}.json`);
  const isAbsent = (cause: unknown) => (cause as NodeJS.ErrnoException).code === 'ENOENT';

  async function read(path: string): Promise<BuildRecord | undefined> {
    try {
      return BuildRecord.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (cause) {
      if (isAbsent(cause)) return undefined;
      // Written by another version, or cut off: as good as none.
      if (cause instanceof SyntaxError || cause instanceof z.ZodError) return undefined;
      throw cause;
    }
  }

  return {
    find: (key: string) => read(pathOf(key)),
    async put(record: BuildRecord): Promise<void> {
      await mkdir(dir, { recursive: true });
      const partial = `${pathOf(record.key)}.partial`;
      await writeFile(partial, JSON.stringify(record));
      await rename(partial, pathOf(record.key));
    },
    async list(): Promise<readonly BuildRecord[]> {
      const names = await readdir(dir).catch((cause: unknown) => {
        if (isAbsent(cause)) return [];
        throw cause;
      });
      const records = await Promise.all(
        names.filter((name) => name.endsWith('.json')).map((name) => read(join(dir, name))),
      );
      return records.filter((record) => record !== undefined);
    },
    remove: (key: string) => rm(pathOf(key), { force: true }),
  };
}
