import type { Engine } from '@berth/engine/engine';
import type { ServiceSpec } from '@berth/engine/types';
import { runCommand } from '@berth/runtime/command';
import type { NetworkProbe } from './network-probe.ts';

const nowMs = (): number => performance.timeOrigin + performance.now();
const deadline = (): AbortSignal => AbortSignal.timeout(180_000);

/** The same tasks as a service of Berth, without Berth: what the engine alone needs. */
export function bareSpec(
  berths: ServiceSpec,
  over: { name: string; replicas: number; labels: Readonly<Record<string, string>> },
): ServiceSpec {
  const { ContainerSpec, ...template } = berths.TaskTemplate;
  return {
    ...berths,
    Name: over.name,
    Labels: { ...over.labels },
    TaskTemplate: {
      ...template,
      ContainerSpec: { ...ContainerSpec, Labels: { ...over.labels } },
      // The alias of the app's own service would mix the bare tasks into its traffic.
      Networks: (template.Networks ?? []).map(({ Target }) => ({ Target })),
    },
    Mode: { Replicated: { Replicas: over.replicas } },
  };
}

/** Milliseconds from `service create` called to all tasks listed in DNS. The service is left running. */
export async function measureCreate(engine: Engine, probe: NetworkProbe, spec: ServiceSpec): Promise<number> {
  const signal = deadline();
  const startedAt = nowMs();
  const listed = probe.listed(`tasks.${spec.Name}`, spec.Mode.Replicated!.Replicas, signal);
  await engine.createService(spec, { signal });
  return (await listed) - startedAt;
}

export interface UpdateFlags {
  /** Of `docker service update`. */
  readonly flags: readonly string[];
  /** Health check of the tasks, as people write it. */
  readonly healthIntervalNs: number;
}

/** Start-first, all at once, health asked every second: as fast as `docker service update` gets. */
export const updateAtBest: UpdateFlags = {
  flags: ['--update-order', 'start-first', '--update-parallelism', '0'],
  healthIntervalNs: 1e9,
};

/** The defaults of `docker service update` and of a health check. */
export const updateAsIs: UpdateFlags = { flags: [], healthIntervalNs: 30e9 };

/** Creates the service that `measureUpdate` updates, and waits until it runs. */
export async function prepareUpdate(
  engine: Engine,
  spec: ServiceSpec,
  how: UpdateFlags,
  healthTest: readonly string[],
): Promise<void> {
  const { ContainerSpec, ...template } = spec.TaskTemplate;
  await engine.createService({
    ...spec,
    TaskTemplate: {
      ...template,
      ContainerSpec: { ...ContainerSpec, Healthcheck: { Test: healthTest, Interval: how.healthIntervalNs } },
    },
  });
  await runCommand('docker', ['service', 'update', '--quiet', '--detach=false', spec.Name], {
    signal: deadline(),
  });
}

/** Milliseconds of `docker service update` until it says that the service converged. */
export async function measureUpdate(name: string, how: UpdateFlags, round: number): Promise<number> {
  const startedAt = nowMs();
  await runCommand(
    'docker',
    [
      'service',
      'update',
      '--quiet',
      '--detach=false',
      '--env-add',
      `BENCH_ROUND=${round}`,
      ...how.flags,
      name,
    ],
    { signal: deadline() },
  );
  return nowMs() - startedAt;
}
