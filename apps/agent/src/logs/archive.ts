import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { KeptLog } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import type { Entry } from '@berth/engine/log-entries';

/** Bounds of what is kept on a node, compressed but for `logBytesMax`. */
export const archiveLimits = {
  retentionMs: 7 * 24 * 3_600_000,
  /** Of one task, before compression; the last lines of it. */
  logBytesMax: 8 * 1024 * 1024,
  linesMax: 20_000,
  appBytesMax: 128 * 1024 * 1024,
  nodeBytesMax: 1024 * 1024 * 1024,
} as const;
export type ArchiveLimits = { readonly [K in keyof typeof archiveLimits]: number };

/** `<ended>_<container>_<service>_<release>_<slot>_<task>.gz`: labels and ids have no underscore. */
const filePattern = /^(\d+)_([0-9a-f]{12})_([a-z0-9-]+)_(\d+)_(\d+)_([a-z0-9]+)\.gz$/;
const appPattern = /^[a-z][a-z0-9-]*$/;

export function fileOf(log: Omit<KeptLog, 'file' | 'bytes'>): string {
  const { endedAt, container, service, release, slot, task } = log;
  return `${[endedAt, container, service, release, slot, task].join('_')}.gz`;
}

export function parseFile(file: string): Omit<KeptLog, 'bytes'> | undefined {
  const match = filePattern.exec(file);
  if (match === null) return undefined;
  const [, endedAt, container = '', service = '', release, slot, task = ''] = match;
  return {
    file,
    endedAt: Number(endedAt),
    container,
    service,
    release: Number(release),
    slot: Number(slot),
    task,
  };
}

/** Files to drop, oldest first: what is too old, and what is over a bound. Pure. */
export function planSweep(
  logs: readonly (KeptLog & { readonly app: string })[],
  now: number,
  limits: ArchiveLimits,
): readonly { readonly app: string; readonly file: string }[] {
  const newest = [...logs].sort((x, y) => y.endedAt - x.endedAt || (x.file < y.file ? 1 : -1));
  const bytes = new Map<string, number>();
  let total = 0;
  return newest
    .filter((log) => {
      const ofApp = (bytes.get(log.app) ?? 0) + log.bytes;
      if (now - log.endedAt > limits.retentionMs) return true;
      if (ofApp > limits.appBytesMax || total + log.bytes > limits.nodeBytesMax) return true;
      bytes.set(log.app, ofApp);
      total += log.bytes;
      return false;
    })
    .reverse();
}

/** Logs of tasks whose containers are gone, one compressed file each: whole or not there. */
export type LogArchive = ReturnType<typeof createLogArchive>;

export function createLogArchive(options: {
  readonly dir: string;
  readonly limits?: ArchiveLimits;
  now(): number;
}) {
  const { dir } = options;
  const limits = options.limits ?? archiveLimits;

  async function appsOf(): Promise<string[]> {
    return (await entriesOf(dir)).filter((name) => appPattern.test(name));
  }

  async function list(app: string): Promise<KeptLog[]> {
    if (!appPattern.test(app)) throw refuse('invalid', `"${app}" is no name of an app`);
    const found = await Promise.all(
      (await entriesOf(join(dir, app))).map(async (file) => {
        const log = parseFile(file);
        const facts =
          log === undefined
            ? undefined
            : await stat(join(dir, app, file)).catch((cause: unknown) => {
                if (isAbsent(cause)) return undefined;
                throw cause;
              });
        return log === undefined || facts === undefined ? [] : [{ ...log, bytes: facts.size }];
      }),
    );
    return found.flat();
  }

  return {
    list,
    /** What a crash left half-written goes. */
    async start(): Promise<void> {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      for (const app of await appsOf())
        for (const file of await entriesOf(join(dir, app)))
          if (file.endsWith('.part')) await rm(join(dir, app, file), { force: true });
    },
    async isKept(app: string, container: string): Promise<boolean> {
      return (await entriesOf(join(dir, app))).some((file) => parseFile(file)?.container === container);
    },
    /** Writes entries as they come; the file appears when they have ended. */
    async keep(
      app: string,
      log: Omit<KeptLog, 'file' | 'bytes' | 'endedAt'>,
      entries: AsyncIterable<Entry>,
    ): Promise<void> {
      const home = join(dir, app);
      await mkdir(home, { recursive: true, mode: 0o700 });
      const part = join(home, `${log.container}.part`);
      let count = 0;
      async function* lines(): AsyncGenerator<string> {
        let bytes = 0;
        for await (const { stamp, stream, text } of entries) {
          const line = `${JSON.stringify({ stamp, stream, text })}\n`;
          bytes += line.length;
          if (bytes > limits.logBytesMax) continue;
          count += 1;
          yield line;
        }
      }
      try {
        await pipeline(
          Readable.from(lines()),
          createGzip({ level: 4 }),
          createWriteStream(part, { mode: 0o600 }),
        );
        if (count > 0) await rename(part, join(home, fileOf({ ...log, endedAt: options.now() })));
      } finally {
        await rm(part, { force: true });
      }
    },
    /** The entries of a file, as lines of JSON. */
    read(app: string, file: string): Readable {
      if (!appPattern.test(app) || parseFile(file) === undefined)
        throw refuse('invalid', `"${file}" is no kept log`);
      const source = createReadStream(join(dir, app, file));
      const plain = createGunzip();
      source.once('error', (cause) =>
        plain.destroy(isAbsent(cause) ? refuse('not_found', `${file} is not kept`) : cause),
      );
      plain.once('close', () => source.destroy());
      return source.pipe(plain);
    },
    async sweep(): Promise<void> {
      const all = await Promise.all(
        (await appsOf()).map(async (app) => (await list(app)).map((log) => ({ ...log, app }))),
      );
      for (const { app, file } of planSweep(all.flat(), options.now(), limits))
        await rm(join(dir, app, file), { force: true });
    },
  };
}

const isAbsent = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';

async function entriesOf(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw cause;
  }
}
