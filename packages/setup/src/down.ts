import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryDir } from '@berth/contract/agent-paths';
import { refuse } from '@berth/contract/errors';
import { label, type Role, roles } from '@berth/domain/label';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import { replicasOf, withReplicas } from '@berth/engine/replicas';
import type { Service } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import { removeData } from './data-dir.ts';
import { detachDisks } from './disks.ts';
import { type DownStep, findReleaseTags, type Labelled, planDown } from './down-plan.ts';
import { readOptional } from './files.ts';
import { takeLock } from './lock.ts';
import { layoutOf, type Platform } from './platform.ts';
import { type Report, runStep } from './progress.ts';

/** On a service that `down` paused: how many replicas it had. */
export const pausedReplicasLabel = 'berth.paused-replicas';

export interface DownOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly platform: Platform;
  readonly isPurge: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** Stops the platform, or removes it. Gives what was done, in order. */
export async function stopPlatform(o: DownOptions): Promise<DownStep[]> {
  await using _lock = await takeLock(o.platform.name);
  const steps = planDown(await observeLabelled(o.engine, o.platform, o.signal), { isPurge: o.isPurge });
  await runStep(o.report, o.isPurge ? 'purge' : 'stop', async (move) => {
    for (const [index, step] of steps.entries()) {
      move(describeDownStep(step), { done: index, of: steps.length });
      await applyDownStep(step, o);
    }
    return {
      value: undefined,
      isChanged: steps.length > 0,
      text: steps.length === 0 ? 'nothing of the platform is there' : `${steps.length} steps done`,
    };
  });
  return steps;
}

/** Gives the services that `down` paused their replicas back. */
export async function resumeServices(
  engine: Engine,
  platform: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const services = await engine.listServices({
    filters: { label: [`${label.platform}=${platform}`] },
    signal,
  });
  const paused = services.filter((service) => service.Spec.Labels[pausedReplicasLabel] !== undefined);
  for (const service of paused) {
    const { [pausedReplicasLabel]: replicas, ...labels } = service.Spec.Labels;
    await setReplicas(engine, service, Number(replicas), labels, signal);
  }
  return paused.map((service) => service.Spec.Name);
}

const TASKS_MAX_MS = 30_000;

/**
 * Waits until the services have their tasks, but not for ever: an app that no longer starts must not keep its
 * platform from doing so, and `berth status` shows it.
 */
export async function waitForTasks(
  engine: Engine,
  platform: string,
  o: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const filters = { label: [`${label.platform}=${platform}`] };
  const until = o.clock.now() + TASKS_MAX_MS;
  for (;;) {
    const services = await engine.listServices({ filters, status: true, signal: o.signal });
    const isThere = services.every(
      ({ ServiceStatus }) => (ServiceStatus?.RunningTasks ?? 0) >= (ServiceStatus?.DesiredTasks ?? 0),
    );
    if (isThere || o.clock.now() > until) return;
    await o.clock.sleep(200, o.signal);
  }
}

async function observeLabelled(engine: Engine, platform: Platform, signal: AbortSignal): Promise<Labelled> {
  const filters = { label: [`${label.platform}=${platform.name}`] };
  const query = { filters: JSON.stringify(filters) };
  interface Named {
    ID: string;
    Spec: { Name: string };
  }
  const [containers, networks, volumes, images, allImages, inSwarm, isOwn] = await Promise.all([
    engine.listContainers({ all: true, filters, signal }),
    engine.listNetworks({ filters, signal }),
    engine.listVolumes({ filters, signal }),
    engine.listImages({ filters, signal }),
    engine.listImages({ signal }),
    isManager(engine, signal),
    isOwnData(platform),
  ]);
  const services = inSwarm ? await engine.listServices({ filters, signal }) : [];
  const secrets = inSwarm ? await engine.json<Named[]>('GET', '/secrets', { query, signal }) : [];
  const configs = inSwarm ? await engine.json<Named[]>('GET', '/configs', { query, signal }) : [];
  const named = (each: Named) => ({ id: each.ID, name: each.Spec.Name });
  const isOfService = (each: (typeof containers)[number]) =>
    each.Labels['com.docker.swarm.service.id'] !== undefined;
  return {
    taskContainers: containers.filter(isOfService).length,
    containers: containers
      // Containers of services go with their service; Swarm would only start them again.
      .filter((each) => !isOfService(each))
      .map((each) => ({
        id: each.Id,
        name: (each.Names[0] ?? each.Id).replace(/^\//, ''),
        role: roles.find((role: Role) => role === each.Labels[label.role]),
        isRunning: each.State === 'running',
      })),
    services: services.map((each) => ({
      id: each.ID,
      name: each.Spec.Name,
      replicas: replicasOf(each.Spec),
    })),
    networks: networks.map((each) => ({ id: each.Id, name: each.Name })),
    volumes: (volumes.Volumes ?? []).map((each) => each.Name),
    secrets: secrets.map(named),
    configs: configs.map(named),
    images: [
      ...images.map((each) => ({ id: each.Id, tags: each.RepoTags ?? [] })),
      // Only with the settings it is known which registry is this platform's.
      ...(isOwn ? findReleaseTags(others(allImages, images), platform.registryPort) : []).map((tag) => ({
        id: tag,
        tags: [tag],
      })),
    ],
    dataDir: isOwn ? platform.dataDir : undefined,
  };
}

const others = <T extends { Id: string }>(all: readonly T[], without: readonly T[]): T[] =>
  all.filter(({ Id }) => !without.some((each) => each.Id === Id));

async function isManager(engine: Engine, signal: AbortSignal): Promise<boolean> {
  return (await engine.info({ signal })).Swarm.ControlAvailable;
}

/** A directory is removed only when `up` wrote in it which platform it belongs to. */
async function isOwnData(platform: Platform): Promise<boolean> {
  const text = await readOptional(layoutOf(platform).settings);
  if (text === undefined) return false;
  const settings: unknown = JSON.parse(text);
  return (
    typeof settings === 'object' && settings !== null && 'name' in settings && settings.name === platform.name
  );
}

async function applyDownStep(step: DownStep, o: DownOptions): Promise<void> {
  const { engine, signal } = o;
  const gone = (act: () => Promise<unknown>) => unlessAbsent(act);
  switch (step.kind) {
    case 'remove-container':
      await gone(() => engine.stopContainer(step.id, { graceSeconds: 15, signal }));
      return gone(() => engine.removeContainer(step.id, { force: true, signal }));
    case 'pause-service':
      return gone(async () => {
        const service = await engine.inspectService(step.id, { signal });
        const replicas = replicasOf(service.Spec);
        const labels = { ...service.Spec.Labels, [pausedReplicasLabel]: String(replicas) };
        await setReplicas(engine, service, 0, labels, signal);
      });
    case 'remove-service':
      return gone(() => engine.removeService(step.id, { signal }));
    case 'sweep-tasks':
      return sweepTasks(o);
    case 'remove-network':
      return gone(() => removeNetwork(step.id, o));
    case 'remove-volume':
      return gone(() => retryBusy(() => engine.removeVolume(step.name, { signal }), o));
    case 'remove-secret':
      return gone(() => retryBusy(() => engine.done('DELETE', `/secrets/${step.id}`, { signal }), o));
    case 'remove-config':
      return gone(() => retryBusy(() => engine.done('DELETE', `/configs/${step.id}`, { signal }), o));
    case 'remove-image':
      return gone(() => retryBusy(() => engine.removeImage(step.id, { force: true, signal }), o));
    case 'detach-disks':
      return detachDisks(join(layoutOf(o.platform).agent.dir, 'volumes'), signal);
    case 'remove-data':
      // What one-offs were given is in memory, outside the data directory.
      await rm(memoryDir.host(o.platform.name), { recursive: true, force: true });
      return removeData(step.path);
  }
}

/** Until no container with the platform's label is left. Ended ones are removed, running ones are Swarm's. */
async function sweepTasks(o: DownOptions): Promise<void> {
  const { engine, signal } = o;
  const filters = { label: [`${label.platform}=${o.platform.name}`] };
  const until = o.clock.now() + BUSY_MAX_MS;
  for (;;) {
    const left = await engine.listContainers({ all: true, filters, signal });
    if (left.length === 0) return;
    for (const container of left)
      if (container.State !== 'running')
        // Swarm removes it at the same moment: gone, or busy being removed, is as good.
        await unlessAbsent(() =>
          unlessConflict(() => engine.removeContainer(container.Id, { force: true, signal })),
        );
    if (o.clock.now() > until)
      throw refuse(
        'conflict',
        `${left.length} containers of removed services still run after ${BUSY_MAX_MS / 1000} s`,
      );
    await o.clock.sleep(200, signal);
  }
}

async function unlessConflict(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (!isConflict(cause)) throw cause;
  }
}

/** Tasks of a removed service hold its network for some seconds; the engine says so with 403 or 400. */
async function removeNetwork(id: string, o: DownOptions): Promise<void> {
  await retryBusy(() => o.engine.removeNetwork(id, { signal: o.signal }), o);
}

const BUSY_MAX_MS = 60_000;

/** Repeats what the engine refuses because something still uses it. */
async function retryBusy(act: () => Promise<unknown>, o: DownOptions): Promise<void> {
  const until = o.clock.now() + BUSY_MAX_MS;
  for (;;) {
    try {
      await act();
      return;
    } catch (cause) {
      if (!isBusy(cause)) throw cause;
      if (o.clock.now() > until)
        throw refuse('conflict', `still in use after ${BUSY_MAX_MS / 1000} s: ${(cause as Error).message}`, {
          cause,
        });
      await o.clock.sleep(300, o.signal);
    }
  }
}

const isBusy = (cause: unknown): boolean =>
  isConflict(cause) || (cause instanceof Error && /in use|has active endpoints|has task/.test(cause.message));

async function setReplicas(
  engine: Engine,
  service: Service,
  replicas: number,
  labels: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  await engine.updateService(
    service.ID,
    service.Version.Index,
    { ...(withReplicas(service.Spec, replicas) ?? service.Spec), Labels: labels },
    { signal },
  );
}

async function unlessAbsent(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (!isAbsent(cause)) throw cause;
  }
}

function describeDownStep(step: DownStep): string {
  if (step.kind === 'detach-disks') return 'detaching disks of volumes';
  if (step.kind === 'remove-data') return `removing ${step.path}`;
  if (step.kind === 'sweep-tasks') return 'waiting for the tasks to end';
  const [verb, what] = step.kind.split('-') as [string, string];
  return `${verb === 'pause' ? 'pausing' : 'removing'} ${what} ${step.name}`;
}
