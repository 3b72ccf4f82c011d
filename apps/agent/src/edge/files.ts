import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { EdgeModel } from '@berth/domain/edge';
import { edgeUser } from './container.ts';
import { mapFiles } from './names.ts';

/**
 * The edge's files. Each model gets a directory of its own with the model itself beside what was rendered
 * from it; `current` is a symbolic link, so the whole set changes in one rename, and `previous` names the
 * one to return to. HAProxy's own start after a crash reads `current`: the same state as ran before.
 *
 *     edge/current -> revisions/12-3fa1   edge/previous -> revisions/11-90bc   edge/certs/   edge/run/
 */
export interface EdgeFiles {
  readonly runDir: string;
  readonly certsDir: string;
  prepare(): Promise<void>;
  /** The model of `current`, and the digest of its files as they are on disk. */
  readCurrent(): Promise<
    { readonly model: EdgeModel; readonly digest: string; readonly directory: string } | undefined
  >;
  /** Writes a candidate; resolves with its directory's name. */
  write(model: EdgeModel, files: ReadonlyMap<string, string>): Promise<string>;
  /** Makes the directory the current one; resolves with the one it was. */
  swap(directory: string): Promise<string | undefined>;
  /** Removes directories that are neither current nor previous. */
  prune(): Promise<void>;
}

const modelFile = 'model.json';
const isChownable = process.getuid?.() === 0;

export function createEdgeFiles(root: string): EdgeFiles {
  const revisions = join(root, 'revisions');
  const runDir = join(root, 'run');
  const certsDir = join(root, 'certs');

  const linkTo = async (name: string): Promise<string | undefined> => {
    try {
      return (await readlink(join(root, name))).replace(/^revisions\//, '');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const point = async (name: string, directory: string): Promise<void> => {
    const candidate = join(root, `.${name}.new`);
    await rm(candidate, { force: true });
    await symlink(`revisions/${directory}`, candidate);
    await rename(candidate, join(root, name));
  };

  return {
    runDir,
    certsDir,
    prepare: async () => {
      await mkdir(revisions, { recursive: true, mode: 0o755 });
      for (const directory of [runDir, certsDir]) {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await giveToEdge(directory, 0o700);
      }
      // The edge passes through these, whatever umask made them.
      for (const directory of [root, revisions]) await chmod(directory, 0o755);
    },
    readCurrent: async () => {
      const directory = await linkTo('current');
      if (directory === undefined) return undefined;
      const at = join(revisions, directory);
      try {
        const model = JSON.parse(await readFile(join(at, modelFile), 'utf8')) as EdgeModel;
        const files = new Map<string, string>();
        for (const name of await readdir(at))
          if (name !== modelFile && name !== mapFiles.meta)
            files.set(name, await readFile(join(at, name), 'utf8'));
        return { model, digest: digestOf(files), directory };
      } catch (error) {
        // A half-written directory is never linked to; a lost or broken one is made again from control's model.
        if (isMissing(error) || error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
    write: async (model, files) => {
      const digest = digestOf(files);
      const name = `${model.revision}-${digest.slice(0, 8)}-${Date.now().toString(36)}`;
      const directory = join(revisions, name);
      await mkdir(directory, { recursive: true, mode: 0o755 });
      await chmod(directory, 0o755);
      const put = (file: string, text: string, flush = false) =>
        writeFile(join(directory, file), text, { mode: 0o644, flush });
      await Promise.all([...files].map(([file, text]) => put(file, text)));
      await put(mapFiles.meta, `digest ${digest}\nrevision ${model.revision}\n`);
      await put(modelFile, JSON.stringify(model), true);
      return name;
    },
    swap: async (directory) => {
      const before = await linkTo('current');
      if (before !== undefined && before !== directory) await point('previous', before);
      await point('current', directory);
      await syncDirectory(root);
      return before;
    },
    prune: async () => {
      const kept = [await linkTo('current'), await linkTo('previous')];
      for (const name of await readdir(revisions))
        if (!kept.includes(name)) await rm(join(revisions, name), { recursive: true, force: true });
    },
  };
}

export function digestOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [name, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}\0${text}\0`);
  return hash.digest('hex');
}

/** Owned by the edge's user where we may give things away; in development everything is one user's. */
export async function giveToEdge(path: string, mode: number): Promise<void> {
  if (isChownable) await chown(path, edgeUser, edgeUser);
  await chmod(path, mode);
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
