import { chmod, chown, lstat, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentPaths } from '@berth/contract/agent-paths';
import { refuse } from '@berth/contract/errors';
import { type Engine, isAbsent } from '@berth/engine/engine';
import { parseJson, type Route, readBody } from '../link/router.ts';
import type { Log } from '../log.ts';

/** `TMPFS_MAGIC` of linux/magic.h. */
const tmpfsType = 0x01021994;
const bodyBytesMax = 16 * 1024 * 1024;
const containerName = /^[a-z0-9][a-z0-9-]{0,127}$/;

interface MemoryFile {
  readonly base64: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/**
 * Files for plain containers, which Swarm gives none: one directory per container in a tmpfs of the host, from
 * which the engine binds each file read-only to its place. This is what the engine does itself for the tasks
 * of Swarm services. The directory goes with the container; what a crash left goes at the next start.
 */
export function createMemoryFiles(options: {
  /** The tmpfs as the agent and as the engine see it. */
  dir: string;
  hostDir: string;
  engine: Pick<Engine, 'inspectContainer'>;
  log: Log;
}) {
  const { dir, hostDir } = options;
  const isRoot = process.getuid?.() === 0;

  /** In memory, and nobody else's: /dev/shm is open to every user of the machine. */
  async function requireMemory(): Promise<void> {
    const [found, system] = await Promise.all([lstat(dir), statfs(dir)]);
    if (!found.isDirectory() || (isRoot && found.uid !== 0))
      throw refuse('machine_unfit', `${hostDir} belongs to somebody else: remove it and run \`berth up\``);
    if (system.type !== tmpfsType)
      throw refuse(
        'machine_unfit',
        `${hostDir} is not in memory: secrets of one-offs are never written to disk`,
      );
    await chmod(dir, 0o700);
  }

  async function put(container: string, files: readonly MemoryFile[]): Promise<{ paths: string[] }> {
    await requireMemory();
    const own = join(dir, container);
    await rm(own, { recursive: true, force: true });
    await mkdir(own, { mode: 0o700 });
    const paths: string[] = [];
    for (const [index, file] of files.entries()) {
      const path = join(own, String(index));
      await writeFile(path, Buffer.from(file.base64, 'base64'), { flag: 'wx', mode: 0o600 });
      if (isRoot) await chown(path, file.uid, file.gid);
      await chmod(path, file.mode);
      paths.push(`${hostDir}/${container}/${index}`);
    }
    return { paths };
  }

  const remove = (container: string): Promise<void> =>
    rm(join(dir, container), { recursive: true, force: true });

  const nameOf = (params: Readonly<Record<string, string>>): string => {
    const name = params.container ?? '';
    if (!containerName.test(name)) throw refuse('invalid', 'The container has a name Berth does not give.');
    return name;
  };
  const path = new RegExp(`^${agentPaths.files}/(?<container>[^/]+)$`);
  return {
    routes: [
      {
        method: 'PUT',
        path,
        handle: async (call) =>
          put(nameOf(call.params), parseFiles(await readBody(call.stream, bodyBytesMax))),
      },
      { method: 'DELETE', path, handle: async (call) => remove(nameOf(call.params)) },
    ] satisfies readonly Route[],
    /** Removes what belongs to containers that are gone. */
    async sweep(signal: AbortSignal): Promise<void> {
      const names = await readdir(dir).catch(() => []);
      for (const name of names) {
        try {
          await options.engine.inspectContainer(name, { signal });
        } catch (error) {
          if (!isAbsent(error)) throw error;
          await remove(name);
          options.log.info({ container: name }, 'removed files of a container that is gone');
        }
      }
    },
  };
}

function parseFiles(body: Buffer): readonly MemoryFile[] {
  const { files } = (parseJson(body) ?? {}) as { files?: unknown };
  const isNumber = (value: unknown, max: number) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max;
  const isFile = (value: unknown): value is MemoryFile => {
    const file = (value ?? {}) as Record<string, unknown>;
    return (
      typeof file.base64 === 'string' &&
      isNumber(file.uid, 2 ** 32 - 2) &&
      isNumber(file.gid, 2 ** 32 - 2) &&
      isNumber(file.mode, 0o7777)
    );
  };
  if (!Array.isArray(files) || !files.every(isFile))
    throw refuse('invalid', 'The files must have base64, uid, gid and mode.');
  return files;
}
