import { isAbsent } from '@berth/engine/engine';
import { readEntries } from '@berth/engine/log-entries';
import { ndjson } from '@berth/engine/streams';
import { EngineStatusError } from '@berth/engine/transport';
import type { NodeLink } from '../../nodes/ports.ts';
import type { createFunnel } from './funnel.ts';
import { advance, keyOf, type Progress } from './position.ts';
import {
  type LogSource,
  type LogsDependencies,
  type LogsOf,
  listSources,
  type SourcedEntry,
  sourceFilters,
  toSource,
  unreadable,
} from './sources.ts';

interface ContainerEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** Pause before a log or a node's events are asked for again after they broke. */
const againMs = 1_000;
/** By how much a node's clock may be behind ours. */
const skewMs = 2_000;

/**
 * Follows the logs of an app on every node: those of running tasks, of tasks that start later, and again
 * after an agent or engine was away, from where each log was read to.
 *
 * INVARIANTS: a node is followed over its newest link only; a log has one reader at a time; `positions` says
 * what has gone into the funnel, so nothing is given twice and nothing is left out while the engine keeps it.
 */
export function createFollower(
  deps: LogsDependencies,
  options: {
    readonly of: LogsOf;
    /** What was written before is not given, but for logs that have a position. */
    readonly startMs: number;
    readonly progress: Progress;
    readonly funnel: ReturnType<typeof createFunnel<SourcedEntry>>;
    readonly signal: AbortSignal;
  },
): { stop(): void } {
  const { of, funnel } = options;
  const { positions, finished } = options.progress;
  const following = new Map<string, AbortController>();

  /** Repeats what broke until it says that it is done, or the signal aborts. Never rejects. */
  async function persist(
    what: string,
    signal: AbortSignal,
    act: () => Promise<'done' | 'again'>,
  ): Promise<void> {
    for (;;) {
      try {
        if ((await act()) === 'done') return;
      } catch (error) {
        if (signal.aborted) return;
        deps.log.debug({ err: error, app: of.app, what }, 'a log stream broke; trying again');
      }
      await deps.clock.sleep(againMs, signal).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  function followNode(link: NodeLink): void {
    following.get(link.id)?.abort();
    const own = new AbortController();
    following.set(link.id, own);
    const signal = AbortSignal.any([options.signal, own.signal]);
    const reading = new Set<string>();

    const open = (source: LogSource | undefined) => {
      if (source === undefined || reading.has(source.containerId) || finished.has(source.containerId)) return;
      reading.add(source.containerId);
      void persist('log', signal, () => readWithin(link, source, signal)).finally(() =>
        reading.delete(source.containerId),
      );
    };
    void persist('events', signal, async () => {
      // The events first, then the list: no task starts unseen in between.
      const events = await link.engine.events({
        filters: { ...sourceFilters(of), type: ['container'], event: ['start', 'destroy'] },
        signal,
      });
      for (const source of await listSources(link, of, signal)) open(source);
      for await (const event of ndjson<ContainerEvent>(events)) {
        const { ID: id, Attributes: labels } = event.Actor;
        if (event.Action === 'start')
          open(toSource({ id, name: labels.name ?? '', labels, node: link.name, isRunning: true }));
        else if (!reading.has(id)) forget(id);
      }
      return 'again';
    });
  }

  function forget(containerId: string): void {
    positions.delete(keyOf(containerId));
    finished.delete(containerId);
  }

  /** One of the logs that may be read at once; over that it says so, once, and is left out. */
  async function readWithin(
    link: NodeLink,
    source: LogSource,
    signal: AbortSignal,
  ): Promise<'done' | 'again'> {
    if (!deps.budget.tryTake()) {
      await funnel.push(unreadable('too many are followed at once', source, deps.clock.now()), signal);
      return 'done';
    }
    try {
      return await readLog(link, source, signal);
    } finally {
      deps.budget.give();
    }
  }

  async function readLog(link: NodeLink, source: LogSource, signal: AbortSignal): Promise<'done' | 'again'> {
    const id = source.containerId;
    const key = keyOf(id);
    const from = positions.get(key);
    let before = from?.count ?? 0;
    try {
      const body = await link.engine.containerLogs(id, {
        follow: true,
        timestamps: true,
        tail: 'all',
        since: (from === undefined ? options.startMs - skewMs : Date.parse(from.stamp)) / 1_000,
        signal,
      });
      for await (const entry of readEntries(body)) {
        if (from !== undefined && entry.stamp < from.stamp) continue;
        if (from !== undefined && entry.stamp === from.stamp && before-- > 0) continue;
        await funnel.push({ ...entry, source }, signal);
        positions.set(key, advance(positions.get(key), entry));
      }
      const { State } = await link.engine.inspectContainer(id, { signal });
      if (State.Running) return 'again';
    } catch (error) {
      if (!(error instanceof EngineStatusError)) throw error;
      if (isAbsent(error)) forget(id);
      else await funnel.push(unreadable(error.engineMessage, source, deps.clock.now()), signal);
    }
    finished.add(id);
    return 'done';
  }

  const unsubscribe = deps.nodes.onChange((event) => {
    const link = event.kind === 'connected' ? deps.nodes.find(event.id) : undefined;
    if (link !== undefined) followNode(link);
    else following.get(event.id)?.abort();
  });
  for (const link of deps.nodes.list()) followNode(link);
  return {
    stop() {
      unsubscribe();
      for (const controller of following.values()) controller.abort();
    },
  };
}
