import type { ObservedServer } from '@berth/domain/edge';
import type { Release } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import { isJob } from '@berth/domain/service';
import { type Engine, isAbsent } from '@berth/engine/engine';
import type { Task } from '@berth/engine/types';
import type { Evidence, TaskEvidence } from './diagnose.ts';
import { lastLines } from './steps/hook.ts';

/** Tasks looked into for exit codes and logs: the newest few tell enough. */
const tasksMax = 3;

/** Gathers what `diagnose` needs: exit code, OOM flag and last lines of the tasks, and the edge's view. */
export async function gatherEvidence(
  engine: Engine,
  facts: {
    run: Run;
    release: Release;
    tasks: readonly Task[];
    servers: readonly ObservedServer[];
    signal: AbortSignal;
  },
): Promise<Evidence> {
  const spec = facts.release.services.find((service) => service.spec.name === facts.run.service)?.spec;
  const newest = [...facts.tasks]
    .sort((x, y) => Date.parse(x.Status.Timestamp) - Date.parse(y.Status.Timestamp))
    .slice(-tasksMax);
  return {
    service: facts.run.service,
    memoryBytesMax: spec?.resources.memoryBytesMax ?? 0,
    isJob: isJob(facts.run.mode),
    port: facts.run.routing.port,
    probe: facts.run.routing.probe,
    tasks: await Promise.all(newest.map((task) => taskEvidence(engine, task, facts.signal))),
    servers: facts.servers,
  };
}

async function taskEvidence(engine: Engine, task: Task, signal: AbortSignal): Promise<TaskEvidence> {
  const id = task.Status.ContainerStatus?.ContainerID;
  const base = { slot: task.Slot ?? 0, state: task.Status.State, error: task.Status.Err };
  const unknown: TaskEvidence = {
    ...base,
    exitCode: task.Status.ContainerStatus?.ExitCode,
    oomKilled: false,
    ranMs: undefined,
    log: [],
  };
  if (id === undefined || id === '') return { ...unknown, exitCode: undefined };
  try {
    const { State } = await engine.inspectContainer(id, { signal });
    const log = await lastLines(await engine.containerLogs(id, { tail: 50, signal }));
    const ranMs = Date.parse(State.FinishedAt) - Date.parse(State.StartedAt);
    return {
      ...base,
      exitCode: State.Running ? undefined : State.ExitCode,
      oomKilled: State.OOMKilled,
      ranMs: State.Running || Number.isNaN(ranMs) || ranMs < 0 ? undefined : ranMs,
      log,
    };
  } catch (error) {
    // Swarm keeps only some containers of ended tasks; without one there is no more to tell.
    if (isAbsent(error)) return unknown;
    throw error;
  }
}
