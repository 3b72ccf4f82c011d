import { refuse } from '@berth/contract/errors';
import type { LogLine } from '@berth/contract/tasks';
import { type Engine, isAbsent } from '@berth/engine/engine';
import { readEntries } from '@berth/engine/log-entries';
import { EngineStatusError } from '@berth/engine/transport';
import type * as z from 'zod';
import type { ServerSentEvent } from '../../http/handler.ts';
import { createFollower } from './follow.ts';
import { createFunnel } from './funnel.ts';
import {
  advance,
  floorOf,
  keyOf,
  type Position,
  type Progress,
  renderSeen,
  type Seen,
  seenOf,
  startOf,
} from './position.ts';
import { createRecent } from './recent.ts';
import {
  type LogSource,
  type LogsDependencies,
  type LogsOf,
  listSources,
  type SourcedEntry,
  unreadable,
} from './sources.ts';

export interface LogsRequest extends LogsOf {
  readonly tail: number;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  /** Whether a line is wanted; undefined: every one. */
  readonly matches: ((text: string) => boolean) | undefined;
  readonly follow: boolean;
  /** What the client had before it came back: only what came after is given. */
  readonly seen: Seen | undefined;
}

/** The last lines held in memory while they are put in order; above it the older ones are left out. */
const recentBytesMax = 8 * 1024 * 1024;
/** Lines read ahead of the client while following. */
const aheadMax = 64;
/** Logs read at once. */
const readersMax = 4;
/** After a reconnection: as many lines as `tail` can be. */
const resumeLinesMax = 10_000;

/**
 * The last lines of all tasks in the order of their time, then, if asked, each new one as it comes, also of
 * tasks that start later, for as long as the client reads. Holds `recentBytesMax` at most; a client that does
 * not read stops the reading of the logs.
 */
export async function* streamLogs(
  deps: LogsDependencies,
  request: LogsRequest,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent<z.infer<typeof LogLine>>> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const progress: Progress = { positions: new Map(), finished: new Set() };
  const { positions } = progress;
  const startMs = request.seen === undefined ? deps.clock.now() : floorOf(request.seen);
  // With no agent there is nothing to read from: the caller is told, not left waiting.
  if (deps.nodes.list().length === 0) await deps.nodes.manager({ signal: both });
  try {
    for (const entry of await readRecent(deps, request, progress, both)) yield toEvent(entry, entry.stamp);
    if (!request.follow) return;
    if (deps.budget.isSpent())
      throw refuse('rate_limited', 'Too many logs are followed at once: end another, or ask for less.');
    const given = new Map([...positions].map(([key, { stamp }]) => [key, stamp]));
    const funnel = createFunnel<SourcedEntry>(aheadMax);
    const follower = createFollower(deps, { of: request, startMs, progress, funnel, signal: both });
    try {
      for (;;) {
        const entry = await funnel.next(both);
        given.set(keyOf(entry.source.containerId), entry.stamp);
        if (request.matches?.(entry.text) === false) continue;
        yield toEvent(entry, renderSeen(given, entry.stamp));
      }
    } finally {
      follower.stop();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    over.abort();
  }
}

function toEvent(
  { stamp, stream, text, source }: SourcedEntry,
  id: string,
): ServerSentEvent<z.infer<typeof LogLine>> {
  const { service, task, slot, release, node } = source;
  return { id, data: { at: stamp, service, task, slot, release, node, stream, text } };
}

/** The last lines of what is there now; notes how far each log was read. */
async function readRecent(
  deps: LogsDependencies,
  request: LogsRequest,
  { positions, finished }: Progress,
  signal: AbortSignal,
): Promise<readonly SourcedEntry[]> {
  const { seen } = request;
  const count = seen === undefined ? request.tail : resumeLinesMax;
  // Logs of nodes that are not connected yet are followed from there, too.
  if (seen?.kind === 'each')
    for (const [key, stamp] of seen.stamps) positions.set(key, { stamp, count: Number.MAX_SAFE_INTEGER });
  const recent = createRecent<SourcedEntry>({ count, bytes: recentBytesMax });
  const found = await Promise.all(
    deps.nodes
      .list()
      .map(async (link) =>
        (await listSources(link, request, signal)).map((source) => ({ engine: link.engine, source })),
      ),
  );
  const queue = found.flat();
  const read = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { containerId, isRunning } = next.source;
      const before = seenOf(seen, containerId);
      const sinceMs = later(before === undefined ? request.sinceMs : Date.parse(before), recent.floor());
      const position = await readSource(next.engine, next.source, {
        // Which of a log's last lines are wanted is only known once they are read.
        count: request.matches !== undefined ? 'all' : count,
        sinceMs,
        untilMs: request.untilMs,
        signal,
        nowMs: deps.clock.now(),
        take: (entry) => {
          if ((before === undefined || entry.stamp > before) && (request.matches?.(entry.text) ?? true))
            recent.add(entry);
        },
      });
      // What had ended before it was read has been read to its end.
      if (!isRunning) finished.add(containerId);
      if (position !== undefined) positions.set(keyOf(containerId), position);
      else if (sinceMs !== undefined) positions.set(keyOf(containerId), startOf(sinceMs));
    }
  };
  await Promise.all(Array.from({ length: Math.min(readersMax, queue.length) }, read));
  if (count > 0) {
    const there = new Set(found.flat().map(({ source }) => keyOf(source.containerId)));
    await readKept(deps, request, { there, take: recent.add, floor: recent.floor, seen }, signal);
  }
  return count === 0 ? [] : recent.take();
}

/** Tasks whose containers are gone: from what their nodes kept, the newest first, as long as they matter. */
async function readKept(
  deps: LogsDependencies,
  request: LogsRequest,
  into: {
    /** Containers whose logs were read already. */
    readonly there: ReadonlySet<string>;
    readonly seen: Seen | undefined;
    take(entry: SourcedEntry): void;
    /** Entries before this time do not matter any more. */
    floor(): string | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  for (const link of deps.nodes.list()) {
    const kept = (await link.logs.list(request.app, signal))
      .filter((log) => !into.there.has(log.container) && log.release >= request.firstRelease)
      .filter((log) => request.service === undefined || log.service === request.service)
      .sort((x, y) => y.endedAt - x.endedAt);
    for (const log of kept) {
      const before = seenOf(into.seen, log.container);
      const sinceMs = later(before === undefined ? request.sinceMs : Date.parse(before), into.floor());
      // A task's last line is at most as late as its end.
      if (sinceMs !== undefined && log.endedAt < sinceMs) continue;
      const { container: containerId, service, task, slot, release } = log;
      const source = { containerId, service, task, slot, release, node: link.name, isRunning: false };
      for await (const entry of link.logs.read(request.app, log.file, signal)) {
        const at = Date.parse(entry.stamp);
        if (sinceMs !== undefined && at < sinceMs) continue;
        if (request.untilMs !== undefined && at > request.untilMs) continue;
        if (before !== undefined && entry.stamp <= before) continue;
        if (request.matches?.(entry.text) ?? true) into.take({ ...entry, source });
      }
    }
  }
}

function later(ms: number | undefined, stamp: string | undefined): number | undefined {
  if (stamp === undefined) return ms;
  const at = Date.parse(stamp);
  return ms === undefined || at > ms ? at : ms;
}

async function readSource(
  engine: Engine,
  source: LogSource,
  options: {
    readonly count: number | 'all';
    readonly sinceMs: number | undefined;
    readonly untilMs: number | undefined;
    readonly signal: AbortSignal;
    readonly nowMs: number;
    take(entry: SourcedEntry): void;
  },
): Promise<Position | undefined> {
  let position: Position | undefined;
  try {
    const body = await engine.containerLogs(source.containerId, {
      // The last entry at least: it says from where to follow.
      tail: options.count === 'all' ? 'all' : Math.max(1, options.count),
      timestamps: true,
      ...(options.sinceMs === undefined || options.count === 0 ? {} : { since: options.sinceMs / 1_000 }),
      ...(options.untilMs === undefined ? {} : { until: options.untilMs / 1_000 }),
      signal: options.signal,
    });
    for await (const entry of readEntries(body)) {
      position = advance(position, entry);
      options.take({ ...entry, source });
    }
  } catch (error) {
    if (!(error instanceof EngineStatusError)) throw error;
    // One log that cannot be read (driver `none`) is told in its place, and the others are read.
    if (!isAbsent(error)) options.take(unreadable(error.engineMessage, source, options.nowMs));
  }
  return position;
}
