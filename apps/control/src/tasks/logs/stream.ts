import type { LogLine } from '@berth/contract/schemas';
import { type Engine, isAbsent } from '@berth/engine/engine';
import type * as z from 'zod';
import type { ServerSentEvent } from '../../http/handler.ts';
import { createFollower } from './follow.ts';
import { createFunnel } from './funnel.ts';
import { readEntries } from './lines.ts';
import { advance, type LogsDependencies, type Position, type SourcedEntry } from './position.ts';
import { createRecent } from './recent.ts';
import { type LogSource, type LogsOf, listSources } from './sources.ts';

export interface LogsRequest extends LogsOf {
  readonly tail: number;
  readonly sinceMs: number | undefined;
  readonly follow: boolean;
  /** Stamp of the last line the client has: only later ones are given. */
  readonly after: string | undefined;
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
  const positions = new Map<string, Position>();
  // With no agent there is nothing to read from: the caller is told, not left waiting.
  if (deps.nodes.list().length === 0) await deps.nodes.manager({ signal: both });
  try {
    for (const entry of await readRecent(deps, request, positions, both)) yield toEvent(entry);
    if (!request.follow) return;
    const funnel = createFunnel<SourcedEntry>(aheadMax);
    const follower = createFollower(deps, { of: request, positions, funnel, signal: both });
    try {
      for (;;) yield toEvent(await funnel.next(both));
    } finally {
      follower.stop();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    over.abort();
  }
}

function toEvent({ stamp, stream, text, source }: SourcedEntry): ServerSentEvent<z.infer<typeof LogLine>> {
  const { service, task, slot } = source;
  return { id: stamp, data: { at: stamp, service, task, slot, stream, text } };
}

/** The last lines of what is there now; notes how far each log was read. */
async function readRecent(
  deps: LogsDependencies,
  request: LogsRequest,
  positions: Map<string, Position>,
  signal: AbortSignal,
): Promise<readonly SourcedEntry[]> {
  const { after } = request;
  const count = after === undefined ? request.tail : resumeLinesMax;
  const recent = createRecent<SourcedEntry>({ count, bytes: recentBytesMax });
  const found = await Promise.all(
    deps.nodes
      .list()
      .map(async ({ engine }) =>
        (await listSources(engine, request, signal)).map((source) => ({ engine, source })),
      ),
  );
  const queue = found.flat();
  const sinceMs = after === undefined ? request.sinceMs : Date.parse(after);
  const read = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const position = await readSource(next.engine, next.source, {
        count,
        sinceMs: later(sinceMs, recent.floor()),
        signal,
        take: (entry) => {
          if (after === undefined || entry.stamp > after) recent.add(entry);
        },
      });
      if (position !== undefined) positions.set(next.source.containerId, position);
    }
  };
  await Promise.all(Array.from({ length: Math.min(readersMax, queue.length) }, read));
  return count === 0 ? [] : recent.take();
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
    readonly count: number;
    readonly sinceMs: number | undefined;
    readonly signal: AbortSignal;
    take(entry: SourcedEntry): void;
  },
): Promise<Position | undefined> {
  let position: Position | undefined;
  try {
    const body = await engine.containerLogs(source.containerId, {
      // The last entry at least: it says from where to follow.
      tail: Math.max(1, options.count),
      timestamps: true,
      ...(options.sinceMs === undefined || options.count === 0 ? {} : { since: options.sinceMs / 1_000 }),
      signal: options.signal,
    });
    for await (const entry of readEntries(body)) {
      position = advance(position, entry);
      options.take({ ...entry, source });
    }
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  return position;
}
