import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

/**
 * What a program that mostly waits needs of V8: a small nursery, and no optimising compilers, whose code and
 * data would stay resident for work that takes milliseconds.
 */
const flags = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--no-opt',
  '--no-maglev',
  '--expose-gc',
];

/** Which of its lives this process is in; kept in the environment, as it survives `execve`. */
const stageVariable = 'BERTH_PROCESS_STAGE';
const stampFile = 'stamp';

export interface LeanOptions {
  /** `process.env`: the stage is taken out of it. */
  readonly env: NodeJS.ProcessEnv;
  /** Private to the user the program runs as. */
  readonly cacheDir: string;
  /** Where the program's files are: when one changes, the cache is filled anew. */
  readonly sourceDir: string;
  /** Imports the whole program, without running it; may prepare what takes memory that it need not keep. */
  load(): Promise<unknown>;
}

/**
 * Replaces this process, under the same process id, by the same program with little memory: with the flags
 * above, and with all code read from a compile cache, so that neither a type stripper (25 MB) nor the
 * parser ever runs in it. Measured on control, idle: 82 MB resident instead of 131. Resolves only in the
 * process that may go on. Where the cache cannot be written, or the system cannot replace a process, that is
 * this one.
 */
export async function becomeLean(options: LeanOptions): Promise<void> {
  const stage = options.env[stageVariable];
  // Programs started from here have lives of their own.
  delete options.env[stageVariable];
  if (stage === 'run') return trimInQuiet();
  if (process.execve === undefined) return;
  if (stage === 'warm') {
    // Under the same flags as later: V8 takes nothing from a cache made under others.
    await options.load();
    flushCompileCache();
    writeFileSync(join(options.cacheDir, stampFile), stampOf(options.sourceDir));
    return replace('run', options);
  }
  const isWarm = isFresh(options);
  if (openCache(options.cacheDir, isWarm)) replace(isWarm ? 'run' : 'warm', options);
}

function replace(stage: 'warm' | 'run', options: LeanOptions): void {
  const env = {
    ...options.env,
    [stageVariable]: stage,
    NODE_COMPILE_CACHE: options.cacheDir,
    // One arena of malloc: the few threads hardly meet in it, and each would keep free memory of its own.
    MALLOC_ARENA_MAX: '1',
    // What a burst took of it goes back; by itself the threshold would grow with the burst.
    MALLOC_TRIM_THRESHOLD_: '131072',
  };
  process.execve?.(
    process.execPath,
    [process.execPath, ...flags, ...process.argv.slice(1)],
    env as Record<string, string>,
  );
}

const quietEveryMs = 10_000;
/** Share of the time the program may have been busy for a moment to count as quiet. */
const quietShare = 0.02;
/** Growth that is worth a collection. */
const growthBytes = 1024 * 1024;

/** Gives memory back in quiet moments: V8 keeps what a burst left until it needs the room. */
function trimInQuiet(): void {
  const collect = globalThis.gc;
  if (collect === undefined) return;
  let keptBytes = 0;
  let seen = performance.eventLoopUtilization();
  setInterval(() => {
    const before = seen;
    seen = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(seen, before).utilization > quietShare) return;
    if (process.memoryUsage().heapTotal < keptBytes + growthBytes) return;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    keptBytes = process.memoryUsage().heapTotal;
  }, quietEveryMs).unref();
}

/** False when there can be no cache: a read-only place is more memory, but no reason not to run. */
function openCache(cacheDir: string, isWarm: boolean): boolean {
  try {
    // What an earlier version left is never read again.
    if (!isWarm) rmSync(cacheDir, { recursive: true, force: true });
    mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
  } catch {
    return false;
  }
  const { status } = enableCompileCache(cacheDir);
  const { ENABLED, ALREADY_ENABLED } = constants.compileCacheStatus;
  return status === ENABLED || status === ALREADY_ENABLED;
}

function isFresh(options: LeanOptions): boolean {
  try {
    return readFileSync(join(options.cacheDir, stampFile), 'utf8') === stampOf(options.sourceDir);
  } catch {
    return false;
  }
}

/** Changes with Node, with the flags, and with any file of the program. */
function stampOf(sourceDir: string): string {
  const hash = createHash('sha256').update(`${process.version} ${flags.join(' ')}`);
  for (const name of readdirSync(sourceDir, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.[jt]s$/.test(name)) continue;
    const { size, mtimeMs } = statSync(join(sourceDir, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
