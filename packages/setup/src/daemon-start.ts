import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { refuse } from '@berth/contract/errors';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { readOptional } from './files.ts';

/** Where a daemon started without systemd keeps what it needs. */
export interface DaemonPlaces {
  readonly logFile: string;
  /** Remembers that `up` started it, so that `doctor` can say that nothing will at the next boot. */
  readonly record: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
}

export const usualPlaces: DaemonPlaces = {
  logFile: '/var/log/berth-dockerd.log',
  record: '/run/berth/dockerd.json',
  command: ['dockerd'],
};

const START_MAX_MS = 60_000;

/** Starts dockerd in a session of its own, outliving this process, and waits until it answers. */
export async function startDaemon(o: {
  places: DaemonPlaces;
  engine: Engine;
  clock: Clock;
  signal: AbortSignal;
}): Promise<{ pid: number }> {
  const { places } = o;
  await Promise.all([
    mkdir(dirname(places.logFile), { recursive: true }),
    mkdir(dirname(places.record), { recursive: true }),
  ]);
  const log = await open(places.logFile, 'a', 0o640);
  const [program, ...args] = places.command;
  const daemon = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
  });
  const ended = once(daemon, 'exit').then(([code, killedBy]) => ({ code, killedBy }));
  const failed = once(daemon, 'error').then(([cause]) => cause as Error);
  await log.close();
  let isEnded = false;
  void ended.then(() => {
    isEnded = true;
  });
  if (daemon.pid === undefined)
    throw refuse('engine_unreachable', `dockerd cannot be started: ${(await failed).message}`);
  await writeFile(places.record, `${JSON.stringify({ pid: daemon.pid, logFile: places.logFile })}\n`);
  daemon.unref();
  const until = o.clock.now() + START_MAX_MS;
  while (!(await answers(o.engine, o.signal))) {
    if (isEnded || o.clock.now() > until) {
      if (isEnded) await rm(places.record, { force: true });
      throw refuse(
        'engine_unreachable',
        isEnded
          ? `dockerd ended while it started; its last words are quoted, all are in ${places.logFile}`
          : `dockerd does not answer after ${START_MAX_MS / 1000} s; its last words are quoted, all are in ${places.logFile}`,
        { evidence: await tail(places.logFile) },
      );
    }
    await o.clock.sleep(200, o.signal);
  }
  return { pid: daemon.pid };
}

async function answers(engine: Engine, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.ping({ signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    return true;
  } catch {
    signal.throwIfAborted();
    // Not there yet, for whatever reason: the caller knows how long to ask.
    return false;
  }
}

async function tail(path: string): Promise<string[]> {
  return ((await readOptional(path)) ?? '').trim().split('\n').slice(-12);
}
