import { type Engine, isAbsent } from '@berth/engine/engine';
import type { EngineFile } from '@berth/engine/types';
import type { ObjectRef } from './policy/request.ts';
import { findLabelFault } from './policy/rules.ts';

type Labels = Readonly<Record<string, string>> | null | undefined;

/**
 * Why one of the objects may not be touched; undefined when all may. An object the engine does not have is
 * no fault: the engine's own 404 is the better answer.
 */
export async function findForeignObject(
  engine: Engine,
  objects: readonly ObjectRef[],
  platform: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  for (const object of objects) {
    let labels: Labels;
    try {
      if (object.orEngines !== undefined && (await isEngines(engine, object, signal))) continue;
      labels = await readLabels(engine, object, signal);
    } catch (error) {
      if (isAbsent(error)) continue;
      throw error;
    }
    const fault = findLabelFault(object, labels, platform);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

async function isEngines(
  engine: Engine,
  { kind, id, orEngines }: ObjectRef,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (kind !== 'network') return false;
  const { Name, Driver } = await engine.inspectNetwork(id, { signal });
  return Name === orEngines && Driver === orEngines;
}

async function readLabels(
  engine: Engine,
  object: ObjectRef,
  signal: AbortSignal | undefined,
): Promise<Labels> {
  const { id } = object;
  switch (object.kind) {
    case 'container':
      return (await engine.inspectContainer(id, { signal })).Config.Labels;
    case 'exec': {
      const exec = await engine.json<{ ContainerID: string }>('GET', `/exec/${encodeURIComponent(id)}/json`, {
        signal,
      });
      return (await engine.inspectContainer(exec.ContainerID, { signal })).Config.Labels;
    }
    case 'service':
      return (await engine.inspectService(id, { signal })).Spec.Labels;
    case 'task': {
      const task = await engine.inspectTask(id, { signal });
      return task.Spec.ContainerSpec.Labels;
    }
    case 'network':
      return (await engine.inspectNetwork(id, { signal })).Labels;
    case 'secret':
    case 'config':
      return (await engine.json<EngineFile>('GET', `/${object.kind}s/${encodeURIComponent(id)}`, { signal }))
        .Spec.Labels;
    case 'volume':
      return (await engine.inspectVolume(id, { signal })).Labels;
  }
}
