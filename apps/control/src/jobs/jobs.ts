import { refuse } from '@berth/contract/errors';
import type { HookCommand, Release } from '@berth/domain/release';
import { scheduleDefaults } from '@berth/domain/schedule';
import type { ServiceSpec } from '@berth/domain/service';
import type { RegistryAuth } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type { Logger } from 'pino';
import type { AppStore } from '../apps/store.ts';
import type { Database } from '../db/database.ts';
import type { Vault } from '../env/vault.ts';
import type { EventLog } from '../events/log.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { Volumes } from '../volumes/volumes.ts';
import { alert } from './alert.ts';
import { createExecutor } from './executor.ts';
import { jobHandlers } from './handlers.ts';
import { createScheduler, type Job } from './scheduler.ts';
import { createJobStore, type Execution, type Trigger } from './store.ts';

export interface JobsDependencies {
  readonly platform: string;
  readonly db: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodes: Nodes;
  readonly apps: AppStore;
  readonly releases: Pick<ReleaseStore, 'open'>;
  readonly volumes: Pick<Volumes, 'placedFor'>;
  readonly events: Pick<EventLog, 'append'>;
  registryAuth(): RegistryAuth | undefined;
  /** What no alert hook may lead to. */
  isClosedAddress(address: string): boolean;
  /** Refuses a service that has what nobody grants any more. */
  mayRun(app: string, specs: readonly ServiceSpec[]): Promise<void>;
}

/** Executions of hooks that are remembered, per app and kind. */
const hooksKept = 20;

/** Schedules and executions, put together: what the composition root starts, stops and mounts. */
export type Jobs = ReturnType<typeof createJobs>;

export function createJobs(deps: JobsDependencies) {
  const { clock, apps } = deps;
  const closing = new AbortController();
  const store = createJobStore(deps.db, deps.vault);
  /** Schedules of a release never change: it is opened once. */
  const schedules = new Map<string, readonly Job[]>();

  function jobsIn(release: Release): readonly Job[] {
    return release.services.flatMap(({ spec }) =>
      spec.schedule === undefined
        ? []
        : [{ app: release.app, service: spec.name, release: release.number, schedule: spec.schedule }],
    );
  }

  async function jobsOf(name: string): Promise<readonly Job[]> {
    const { liveRelease } = await apps.get(name);
    if (liveRelease === undefined) return [];
    const key = `${name}/${liveRelease}`;
    const known = schedules.get(key) ?? jobsIn(await deps.releases.open(name, liveRelease));
    for (const other of schedules.keys())
      if (other.startsWith(`${name}/`) && other !== key) schedules.delete(other);
    schedules.set(key, known);
    return known;
  }

  async function ended(execution: Execution): Promise<void> {
    if (execution.state !== 'failed') return;
    const why = execution.reason ?? `exit code ${execution.exitCode}`;
    await deps.events.append({
      kind: 'job.failed',
      app: execution.app,
      text: `${execution.app}: ${execution.job} failed: ${why}${execution.oomKilled ? ' (out of memory)' : ''}`,
      data: { execution: execution.id, job: execution.job, exitCode: execution.exitCode ?? null },
    });
    const job = (await jobsOf(execution.app).catch(() => [])).find(
      ({ service }) => service === execution.job,
    );
    const url = job?.schedule.alertUrl;
    // Told beside, so that a hook that does not answer holds nothing up.
    if (url !== undefined) void alert(deps, url, execution, closing.signal);
  }

  const executor = createExecutor({
    ...deps,
    store,
    fingerprint: (text) => deps.vault.fingerprint(text, 'run'),
    openRelease: (app, number) => deps.releases.open(app, number),
    ended,
  });
  const scheduler = createScheduler({
    clock,
    log: deps.log,
    store,
    executor,
    listJobs: async () => {
      const running = (await apps.list()).filter(
        (app) => app.desired === 'running' && app.liveRelease !== undefined,
      );
      return (await Promise.all(running.map((app) => jobsOf(app.name)))).flat();
    },
  });

  async function runHook(release: Release, trigger: Trigger, hook: HookCommand): Promise<void> {
    const now = clock.now();
    const execution = await store.create({
      id: newId(now),
      app: release.app,
      job: trigger,
      service: hook.service,
      release: release.number,
      trigger,
      actor: 'deployment',
      timeoutMs: scheduleDefaults.timeoutMs,
      request: { command: hook.command },
      nowMs: now,
    });
    executor.carry(execution);
    await store.prune(release.app, trigger, hooksKept);
  }

  /** A crash between a release going live and its commands for afterwards: they have not begun, and do now. */
  async function catchUp(): Promise<void> {
    for (const { name, liveRelease, desired } of await apps.list()) {
      if (liveRelease === undefined || desired !== 'running') continue;
      const release = await deps.releases.open(name, liveRelease);
      // Opened once: the scheduler asks for the same.
      schedules.set(`${name}/${liveRelease}`, jobsIn(release));
      const { seed, postDeploy } = release.hooks;
      if (seed !== undefined && !(await store.hasBegun(name, 'seed'))) await runHook(release, 'seed', seed);
      if (postDeploy !== undefined && !(await store.hasBegun(name, 'post-deploy', liveRelease)))
        await runHook(release, 'post-deploy', postDeploy);
    }
  }

  return {
    handlers: jobHandlers({
      apps,
      store,
      executor,
      scheduler,
      clock,
      jobsOf,
      async liveService(name, wanted) {
        const { liveRelease } = await apps.get(name);
        if (liveRelease === undefined) throw refuse('never_deployed', `${name} has no live release.`);
        const release = await deps.releases.open(name, liveRelease);
        const services = release.services.map(({ spec }) => spec.name);
        const routed = release.services.find(({ spec }) => spec.port !== undefined)?.spec.name;
        const service = wanted ?? routed ?? services[0];
        if (service === undefined || !services.includes(service))
          throw refuse(
            'not_found',
            `${name} has no service "${service ?? ''}"; it has ${services.join(', ')}.`,
          );
        return { release: liveRelease, service, services };
      },
    }),
    /**
     * A release went live: its commands for afterwards, and its schedules. A deployment that touched nothing is
     * followed by none of them but a seed that has not succeeded yet.
     */
    async deployed(app: string, number: number, touched: boolean): Promise<void> {
      const { hooks, ...release } = await deps.releases.open(app, number);
      const whole = { hooks, ...release };
      if (hooks.seed !== undefined && !(await store.hasSucceeded(app, 'seed')))
        await runHook(whole, 'seed', hooks.seed);
      if (touched && hooks.postDeploy !== undefined) await runHook(whole, 'post-deploy', hooks.postDeploy);
      scheduler.hint();
    },
    /** Services of the live release that run by a schedule. */
    async scheduledIn(name: string): Promise<readonly string[]> {
      const { liveRelease } = await apps.get(name);
      const release = liveRelease === undefined ? undefined : await deps.releases.open(name, liveRelease);
      return (release?.services ?? [])
        .filter(({ spec }) => spec.schedule !== undefined)
        .map(({ spec }) => spec.name);
    },
    /** Stops what runs for an app that is being removed, and forgets it. */
    async removeApp(app: string): Promise<void> {
      const open = await store.listOpen({ app });
      for (const { id } of open) await executor.cancel(id, 'its app is removed');
      await Promise.all(open.map(({ id }) => executor.settled(id)));
      await store.removeApp(app);
    },
    async start(): Promise<void> {
      await executor.resume();
      await catchUp();
      scheduler.start();
    },
    async close(): Promise<void> {
      closing.abort(new Error('shutdown'));
      await Promise.all([scheduler.close(), executor.close()]);
    },
  };
}
