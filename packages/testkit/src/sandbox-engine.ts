import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { createEngine, type Engine, isAbsent } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { systemClock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';

export const engineSocket = process.env.BERTH_TEST_ENGINE ?? '/var/run/docker.sock';

/** The real engine, and a label that is this test's alone. */
export interface SandboxEngine {
  readonly engine: Engine;
  readonly socketPath: string;
  /** Put it on everything the test makes: what carries it is removed when the test ends. */
  readonly labels: Readonly<Record<'berth.test', string>>;
  /** A name nobody else uses: `berth-test-1f3a…-<suffix>`. */
  name(suffix: string): string;
  /** Waits for a fact; rejects after `withinMs` (default 20 s). */
  until<T>(look: () => Promise<T | undefined> | T | undefined, withinMs?: number): Promise<T>;
}

/**
 * The machine's engine for one test. Skips the test where there is none. What carries the label is removed
 * afterwards, also when the test failed; nothing else is touched.
 */
export async function sandboxEngine(t: TestContext): Promise<SandboxEngine | undefined> {
  if (!existsSync(engineSocket)) {
    t.skip(`no engine at ${engineSocket}`);
    return undefined;
  }
  const engine = createEngine(socketTransport(engineSocket));
  const id = randomBytes(4).toString('hex');
  const labels = { 'berth.test': id } as const;
  t.after(() => removeByLabel(engine, `berth.test=${id}`));
  return {
    engine,
    socketPath: engineSocket,
    labels,
    name: (suffix) => `berth-test-${id}-${suffix}`,
    until: (look, withinMs = 20_000) =>
      until(look, { clock: systemClock, everyMs: 50, signal: AbortSignal.timeout(withinMs) }),
  };
}

/** Removes services, containers, networks and volumes that carry `label`, in the order they let go of each other. */
export async function removeByLabel(engine: Engine, label: string): Promise<void> {
  const filters = { label: [label] };
  const patience = { clock: systemClock, everyMs: 100, signal: AbortSignal.timeout(60_000) };
  const services = await engine.listServices({ filters });
  await Promise.all(services.map(({ ID }) => engine.removeService(ID).catch(ignoreAbsent)));
  const ids = new Set(services.map(({ ID }) => ID));
  const containers = [
    ...(await engine.listContainers({ all: true, filters })),
    ...(
      await engine.listContainers({
        all: true,
        filters: { label: ['com.docker.swarm.service.id'] },
      })
    ).filter((one) => ids.has(one.Labels['com.docker.swarm.service.id'] ?? '')),
  ];
  for (const { Id } of containers)
    await until(
      () =>
        engine.removeContainer(Id, { force: true, volumes: true }).then(
          () => true,
          (cause) => (isAbsent(cause) ? true : undefined),
        ),
      patience,
    );
  for (const { Id } of await engine.listNetworks({ filters }))
    await until(
      () =>
        engine.removeNetwork(Id).then(
          () => true,
          (cause) => (isAbsent(cause) ? true : undefined),
        ),
      patience,
    );
  for (const { ID } of await engine.listSecrets({ filters }))
    await engine.removeSecret(ID).catch(ignoreAbsent);
  for (const { ID } of await engine.listConfigs({ filters }))
    await engine.removeConfig(ID).catch(ignoreAbsent);
  for (const { Name } of (await engine.listVolumes({ filters })).Volumes ?? [])
    await engine.removeVolume(Name).catch(ignoreAbsent);
}

function ignoreAbsent(cause: unknown): void {
  if (!isAbsent(cause)) throw cause;
}

/** A small image that exists on the machine: what the platform's own edge is made of, or what is named. */
export async function smallImage(engine: Engine): Promise<string | undefined> {
  const wanted = process.env.BERTH_TEST_IMAGE ?? 'berth/base:latest';
  try {
    await engine.inspectImage(wanted);
    return wanted;
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}
