import { AppError } from '@berth/contract/errors';
import type { Release } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import { type Engine, isAbsent, type RegistryAuth } from '@berth/engine/engine';
import { readEntries } from '@berth/engine/log-entries';
import type { Task } from '@berth/engine/types';
import { type Clock, isoTime } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import { ensureFiles } from '../files/engine-files.ts';
import type { Nodes } from '../nodes/ports.ts';
import { ensureService, findService, isGone, listTasksOf, removeService } from '../swarm/services.ts';
import type { Volumes } from '../volumes/volumes.ts';
import { jobName, renderJob } from './job-spec.ts';
import type { Execution, ExecutionEnd, JobStore, Line } from './store.ts';

export interface ExecutorDependencies {
  readonly platform: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodes: Nodes;
  readonly store: JobStore;
  openRelease(app: string, number: number): Promise<Release>;
  readonly volumes: Pick<Volumes, 'placedFor'>;
  registryAuth(): RegistryAuth | undefined;
  fingerprint(text: string): string;
  /** Refuses a service that has what nobody grants any more. */
  mayRun(app: string, specs: readonly ServiceSpec[]): Promise<void>;
  /** Told of each execution that has ended. */
  ended(execution: Execution): Promise<void>;
}

/** Between two looks at a task that runs. */
const lookMs = 500;
/** A task may wait this long for room or its image before it runs; its timeout begins with its start. */
const startMaxMs = 10 * 60_000;
/** Kept of what an execution said: the last lines, at most so much text. */
export const logBytesMax = 256 * 1024;
const logLinesMax = 5_000;
const retryMs = 2_000;

/**
 * Carries executions to their end. INVARIANTS: an execution has one Swarm job, found again by its name after a
 * crash; the job is removed once its end and its log are written; nothing is run twice.
 */
export type Executor = ReturnType<typeof createExecutor>;

export function createExecutor(deps: ExecutorDependencies) {
  const stop = new AbortController();
  const carried = new Map<string, Promise<void>>();
  const wakes = new Map<string, () => void>();

  function carry(execution: Execution): void {
    if (carried.has(execution.id) || stop.signal.aborted) return;
    const work = persist(execution).finally(() => carried.delete(execution.id));
    carried.set(execution.id, work);
  }

  /** Goes on until the execution has ended, however often agent or engine are away. Never rejects. */
  async function persist({ id }: Execution): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        const execution = await deps.store.find(id);
        if (execution === undefined || execution.endedAt !== undefined) return;
        const end = await toEnd(execution);
        const ended = await deps.store.end(id, end, deps.clock.now());
        await deps.ended(ended);
      } catch (error) {
        if (stop.signal.aborted) return;
        deps.log.warn({ err: error, execution: id }, 'an execution is looked at again');
        await deps.clock.sleep(retryMs, stop.signal).catch(() => undefined);
      }
    }
  }

  async function toEnd(execution: Execution): Promise<ExecutionEnd> {
    const { signal } = stop;
    const { engine } = await deps.nodes.manager({ signal });
    const name = jobName(execution, deps.platform);
    let current = execution;
    if ((await findService(engine, name, { signal })) === undefined) {
      if (current.state === 'running')
        return { state: 'failed', reason: 'its task is gone, and its end is not known' };
      if (current.cancelRequestedAt !== undefined) return { state: 'cancelled', reason: current.reason };
      const refused = await create(engine, current);
      if (refused !== undefined) return refused;
    }
    for (;;) {
      const [task] = await listTasksOf(engine, name, { signal });
      if (task !== undefined && isGone(task)) return finish(current, task, endOf(task));
      if (task?.Status.State === 'running' && current.state === 'starting') {
        const startedAt = Date.parse(task.Status.Timestamp);
        await deps.store.begin(current.id, { node: nodeOf(task), nowMs: startedAt });
      }
      current = (await deps.store.find(current.id)) ?? current;
      const now = deps.clock.now();
      if (current.cancelRequestedAt !== undefined && canBeStopped(task))
        return finish(current, task, { state: 'cancelled', reason: current.reason });
      if (current.startedAt !== undefined && now - current.startedAt > current.timeoutMs)
        return finish(current, task, {
          state: 'failed',
          reason: `ran longer than its limit of ${Math.round(current.timeoutMs / 1_000)} s`,
        });
      if (current.startedAt === undefined && now - current.createdAt > startMaxMs)
        return finish(current, task, {
          state: 'failed',
          reason: `did not start within ${startMaxMs / 60_000} min: ${task?.Status.Err ?? task?.Status.Message ?? 'no task'}`,
        });
      await Promise.race([
        deps.clock.sleep(lookMs, signal),
        new Promise<void>((resolve) => wakes.set(execution.id, resolve)),
      ]).finally(() => wakes.delete(execution.id));
    }
  }

  /** Undefined when it is made; else why it never can be. */
  async function create(engine: Engine, execution: Execution): Promise<ExecutionEnd | undefined> {
    try {
      const release = await deps.openRelease(execution.app, execution.release);
      await deps.mayRun(
        release.app,
        release.services.flatMap(({ spec }) => (spec.name === execution.service ? [spec] : [])),
      );
      const request = await deps.store.requestOf(execution.id);
      const files = await ensureFiles(
        engine,
        { platform: deps.platform, app: release.app, files: release.files, fingerprint: deps.fingerprint },
        { signal: stop.signal },
      );
      const volumes = await deps.volumes.placedFor(release.app, release);
      const spec = renderJob({ platform: deps.platform, execution, release, request, files, volumes });
      await ensureService(engine, spec, deps.registryAuth(), { signal: stop.signal });
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError) || ['agent_unreachable', 'engine_unreachable'].includes(error.code))
        throw error;
      return { state: 'failed', reason: error.message };
    }
  }

  /** Takes the log along, then removes the job: only then is the end written. */
  async function finish(
    execution: Execution,
    task: Task | undefined,
    end: ExecutionEnd,
  ): Promise<ExecutionEnd> {
    const more = task === undefined ? {} : await lookBack(execution, task);
    await removeService(deps.nodes, jobName(execution, deps.platform), { signal: stop.signal });
    return { ...more, ...end };
  }

  async function lookBack(
    execution: Execution,
    task: Task,
  ): Promise<Pick<ExecutionEnd, 'lines' | 'oomKilled'>> {
    const id = task.Status.ContainerStatus?.ContainerID;
    const link = deps.nodes.find(task.NodeID ?? '');
    if (id === undefined || id === '' || link === undefined) return {};
    try {
      const { State } = await link.engine.inspectContainer(id, { signal: stop.signal });
      const startedAt = Date.parse(State.StartedAt);
      // It ended before anybody saw it run.
      if (execution.state === 'starting' && startedAt > 0)
        await deps.store.begin(execution.id, { node: nodeOf(task), nowMs: startedAt });
      return { oomKilled: State.OOMKilled, lines: await linesOf(link.engine, id, stop.signal) };
    } catch (error) {
      if (isAbsent(error)) return {};
      throw error;
    }
  }

  const nodeOf = (task: Task): string | undefined => deps.nodes.find(task.NodeID ?? '')?.name ?? task.NodeID;

  return {
    carry,
    /** Goes on with what a crash or restart interrupted. */
    async resume(): Promise<void> {
      for (const execution of await deps.store.listOpen()) carry(execution);
    },
    async cancel(id: string, because: string): Promise<void> {
      await deps.store.requestCancel(id, deps.clock.now(), because);
      wakes.get(id)?.();
    },
    /** Resolves when the execution has ended, or the signal aborts. */
    async settled(id: string): Promise<void> {
      await carried.get(id);
    },
    /** The lines of a task that still runs; with `follow` as they come, until it ends. */
    async *read(
      execution: Execution,
      how: { readonly follow: boolean },
      signal: AbortSignal,
    ): AsyncGenerator<Line> {
      const { engine } = await deps.nodes.manager({ signal });
      const [task] = await listTasksOf(engine, jobName(execution, deps.platform), { signal });
      const id = task?.Status.ContainerStatus?.ContainerID;
      const link = deps.nodes.find(task?.NodeID ?? '');
      if (id === undefined || id === '' || link === undefined) return;
      const body = await link.engine.containerLogs(id, {
        follow: how.follow,
        timestamps: true,
        tail: 'all',
        signal,
      });
      for await (const { stamp, stream, text } of readEntries(body))
        yield { at: isoTime(Date.parse(stamp)), stream, text };
    },
    async close(): Promise<void> {
      stop.abort(new Error('shutdown'));
      await Promise.allSettled(carried.values());
    },
  };
}

/**
 * Swarm goes on to start a task of a job that it prepares when its service has gone, and nobody would stop it: it
 * can be stopped once it has a container, or no node takes it. Pure.
 */
export const canBeStopped = (task: Pick<Task, 'Status'> | undefined): boolean =>
  task !== undefined &&
  ((task.Status.ContainerStatus?.ContainerID ?? '') !== '' ||
    (task.Status.State === 'pending' && (task.Status.Err ?? '') !== ''));

/** How a task ended, in words. Pure. */
export function endOf(task: Pick<Task, 'Status'>): ExecutionEnd {
  const { State, Err, ContainerStatus } = task.Status;
  const exitCode = ContainerStatus?.ExitCode;
  if (State === 'complete') return { state: 'succeeded', exitCode: exitCode ?? 0 };
  if (State === 'failed' && exitCode !== undefined)
    return { state: 'failed', exitCode, ...(exitCode === 0 ? { reason: Err } : {}) };
  return { state: 'failed', reason: Err ?? `its task was ${State}` };
}

/** The last lines, within `logBytesMax`. */
async function linesOf(engine: Engine, containerId: string, signal: AbortSignal): Promise<Line[]> {
  const body = await engine.containerLogs(containerId, { tail: logLinesMax, timestamps: true, signal });
  const lines: Line[] = [];
  let bytes = 0;
  for await (const { stamp, stream, text } of readEntries(body)) {
    lines.push({ at: isoTime(Date.parse(stamp)), stream, text });
    bytes += text.length;
    while (bytes > logBytesMax) bytes -= lines.shift()?.text.length ?? bytes;
  }
  return lines;
}
