import { probationMsMax, releaseDefaults } from '@berth/domain/release';
import { isJob } from '@berth/domain/service';
import type { Task } from '@berth/engine/types';
import type { AuditLog } from '../audit/log.ts';
import type { EventLog } from '../events/log.ts';
import { listTasksOf } from '../swarm/services.ts';
import type { Deployment } from './deployment.ts';
import type { Deployments } from './deployments.ts';
import { diagnose } from './diagnose.ts';
import { gatherEvidence } from './evidence.ts';
import type { DeploymentDependencies } from './step.ts';

/** A release that went live is looked at soon, and then less and less often. */
const firstLookMs = 500;
const longestPauseMs = 30_000;
/** Control may have been away when the time was over: one that ended so much earlier is looked at once. */
const lateMs = 60_000;
/** One that ends by itself with success this soon after it was made puts itself in the background (R074). */
const soonMs = 10_000;

type SeenTask = Pick<Task, 'Status' | 'CreatedAt' | 'Slot' | 'NodeID'>;

/**
 * Whether a run has fallen over since it went live, in each of its places: ended with success soon after its
 * start, or ended twice in whatever way. One end alone may have any cause. Pure.
 */
export function hasFallen(facts: {
  readonly tasks: readonly SeenTask[];
  readonly replicas: number;
  readonly sinceMs: number;
}): boolean {
  const ends = facts.tasks.filter(
    ({ Status }) =>
      ['complete', 'failed'].includes(Status.State) && Date.parse(Status.Timestamp) >= facts.sinceMs,
  );
  const fallen = [...Map.groupBy(ends, (task) => `${task.Slot ?? task.NodeID}`).values()].filter(
    (own) => own.length > 1 || own.some(isDaemonised),
  );
  return facts.replicas > 0 && fallen.length >= facts.replicas;
}

/** Half of what has passed already, within bounds. Pure. */
export const pauseMs = ({ elapsedMs, leftMs }: { elapsedMs: number; leftMs: number }): number =>
  Math.max(firstLookMs, Math.min(elapsedMs / 2, longestPauseMs, leftMs));

const isDaemonised = ({ Status, CreatedAt }: SeenTask): boolean =>
  Status.State === 'complete' && Date.parse(Status.Timestamp) - Date.parse(CreatedAt) < soonMs;

/**
 * Watches a release for some seconds after it went live: an edge calls healthy what answers, also what answers
 * for half a second and ends. One that falls over is told of, and the release before it serves again. No
 * deployment waits for this.
 */
export function createProbation(
  deps: DeploymentDependencies & {
    readonly events: Pick<EventLog, 'append'>;
    readonly audit: Pick<AuditLog, 'append'>;
    readonly deployments: Pick<Deployments, 'request'>;
  },
) {
  const stop = new AbortController();
  const { signal } = stop;

  async function watch(deployment: Deployment): Promise<void> {
    const { toRelease, endedAt } = deployment;
    if (toRelease === undefined || endedAt === undefined || !(await serves(deployment))) return;
    const { probationMs = releaseDefaults.probationMs } = await deps.releases.open(deployment.app, toRelease);
    const until = endedAt + probationMs;
    if (probationMs === 0 || deps.clock.now() > until + lateMs) return;
    for (let isLast = false; !isLast; isLast = deps.clock.now() >= until) {
      const now = deps.clock.now();
      await deps.clock.sleep(pauseMs({ elapsedMs: now - endedAt, leftMs: until - now }), signal);
      if (!(await serves(deployment)) || (await deps.store.isBusy(deployment.app))) return;
      const because = await findFall(deployment);
      if (because === undefined) continue;
      await giveBack(deployment, because);
      return;
    }
  }

  async function serves({ app, toRelease }: Deployment): Promise<boolean> {
    const found = await deps.apps.find(app);
    return found !== undefined && found.liveRelease === toRelease && found.desired !== 'stopped';
  }

  /** Why the release has fallen; undefined: it stands. */
  async function findFall({ app, runs, toRelease, endedAt }: Deployment) {
    if (toRelease === undefined || endedAt === undefined) return undefined;
    const { engine } = await deps.nodes.manager({ signal });
    const begun = new Set(runs.filter((run) => run.isBegun === true).map((run) => run.name));
    for (const run of await deps.runs.list({ app, states: ['live'] })) {
      if (!begun.has(run.name) || isJob(run.mode)) continue;
      const tasks = await listTasksOf(engine, run.name, { signal });
      if (!hasFallen({ tasks, replicas: run.replicas, sinceMs: endedAt })) continue;
      const release = await deps.releases.open(app, toRelease);
      const ended = tasks.filter(({ Status }) => ['complete', 'failed'].includes(Status.State));
      return diagnose(await gatherEvidence(engine, { run, release, tasks: ended, servers: [], signal }));
    }
    return undefined;
  }

  async function giveBack(deployment: Deployment, because: ReturnType<typeof diagnose>): Promise<void> {
    const { app, toRelease, fromRelease } = deployment;
    const before =
      fromRelease === undefined || fromRelease === toRelease
        ? undefined
        : await deps.releases.find(app, fromRelease);
    const text = `release ${toRelease} went live and fell over: ${because.message}`;
    deps.log.warn({ app, release: toRelease, evidence: because.evidence }, 'a release fell over');
    await deps.events.append({
      kind: 'release.fell',
      app,
      text: `${app}: ${text} ${before === undefined ? 'There is no release to go back to.' : `Going back to release ${before.number}.`}`,
      data: { deployment: deployment.id, release: toRelease ?? null, evidence: because.evidence },
    });
    if (before === undefined) return;
    await deps.deployments.request({
      app: await deps.apps.get(app),
      kind: 'rollback',
      from: { kind: 'release', number: before.number },
      actor: { name: 'berth' },
      message: text,
    });
    await deps.audit.append({
      actor: 'berth',
      address: '',
      userAgent: '',
      action: 'rollback',
      object: `app/${app}`,
      app,
      parameters: { body: { release: before.number }, because: text },
      result: 'ok',
      status: 202,
    });
  }

  /** Begins to watch what a deployment put live. */
  function begin(deployment: Deployment): void {
    if (deployment.kind !== 'deploy' || deployment.state !== 'succeeded') return;
    watch(deployment).catch((error: unknown) => {
      if (!signal.aborted) deps.log.warn({ app: deployment.app, err: error }, 'a new release is not watched');
    });
  }

  return {
    begin,
    /** Goes on with what was watched when control ended. */
    async resume(): Promise<void> {
      const since = deps.clock.now() - probationMsMax - lateMs;
      const ended = await deps.store.listSucceededSince(since);
      // The last of each app: what was gone back to has been watched in its time.
      for (const deployment of new Map(ended.map((one) => [one.app, one])).values()) begin(deployment);
    },
    close(): void {
      stop.abort(new Error('shutdown'));
    },
  };
}
