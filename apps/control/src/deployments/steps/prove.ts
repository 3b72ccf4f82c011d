import { type AppError, refuse } from '@berth/contract/errors';
import type { LaneName, ObservedLane, ObservedServer } from '@berth/domain/edge';
import { releaseDefaults } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import type { Task } from '@berth/engine/types';
import type { NodeLink } from '../../nodes/ports.ts';
import { listTasksOf, scaleService } from '../../swarm/services.ts';
import { diagnose } from '../diagnose.ts';
import { gatherEvidence } from '../evidence.ts';
import { ownRuns, releaseOf, type Step, type StepContext } from '../step.ts';

/** How often Swarm is asked for tasks while waiting; what the edges see comes by itself. */
const lookMs = 300;
/** A task nobody routes to counts as up when it has run this long. */
const steadyMs = 2_000;

/**
 * Waits until every edge has seen every new task healthy, and every unrouted task has run for a while. Gives
 * up early when tasks keep ending, and when started tasks do not become healthy in the time they have.
 */
export const prove: Step = async (context) => {
  const runs = await ownRuns(context);
  const watch = new AbortController();
  const signal = AbortSignal.any([context.signal, watch.signal]);
  try {
    await Promise.all(runs.map((run) => proveRun({ ...context, signal }, run)));
  } finally {
    watch.abort(new Error('proven, or given up'));
  }
  return { to: 'switching' };
};

/** Why waiting is over, or how far it is. Pure. */
export type Proof =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'waiting'; readonly healthy: number; readonly running: number }
  | { readonly kind: 'hopeless'; readonly because: 'tasks-end' | 'too-slow' };

export function judge(facts: {
  run: Pick<Run, 'replicas' | 'routing'>;
  tasks: readonly Pick<Task, 'Status' | 'CreatedAt'>[];
  /** What each edge sees of the lane; empty while none has said. */
  lanes: readonly Pick<ObservedLane, 'servers'>[];
  sinceMs: number;
  startMs: number;
  /** When the wait began: tasks that were warm have run for long, and the edge is only now told of them. */
  waitingSinceMs: number;
  now: number;
}): Proof {
  const { run, now } = facts;
  const ofThis = facts.tasks.filter((task) => Date.parse(task.CreatedAt) >= facts.sinceMs || !hasEnded(task));
  const runningTasks = ofThis.filter((task) => task.Status.State === 'running');
  const ended = ofThis.filter(hasEnded);
  const isRouted = run.routing.port !== undefined;
  const healthy = isRouted
    ? facts.lanes.length === 0
      ? 0
      : Math.min(...facts.lanes.map((lane) => lane.servers.filter((server) => server.state === 'up').length))
    : runningTasks.filter((task) => now - Date.parse(task.Status.Timestamp) >= steadyMs).length;
  if (healthy >= run.replicas) return { kind: 'healthy' };
  // Each replica may fail once (a dependency that comes up a moment later); a second round is a pattern.
  if (ended.length > run.replicas) return { kind: 'hopeless', because: 'tasks-end' };
  const started = runningTasks.map((task) => Date.parse(task.Status.Timestamp));
  if (started.length >= run.replicas && now - Math.max(...started, facts.waitingSinceMs) > facts.startMs)
    return { kind: 'hopeless', because: 'too-slow' };
  return { kind: 'waiting', healthy, running: runningTasks.length };
}

const hasEnded = (task: Pick<Task, 'Status'>): boolean =>
  ['failed', 'rejected', 'complete'].includes(task.Status.State);

async function proveRun(context: StepContext, run: Run): Promise<void> {
  const { deps, signal } = context;
  const release = await releaseOf(context);
  const { engine } = await deps.nodes.manager({ signal });
  const startMs = release.startMs ?? releaseDefaults.startMs;
  const sinceMs = context.deployment.createdAt;
  const waitingSinceMs = deps.clock.now();

  const lanes = new Map<string, ObservedLane>();
  let tasks: readonly Task[] = [];
  let told = '';
  let broken: unknown;
  const wake: { now: () => void } = { now: () => undefined };
  const lane = run.lane;
  const watching =
    lane === undefined || run.routing.port === undefined
      ? []
      : deps.nodes.list().map(async (link) => {
          for await (const seen of link.edge.watchLane(`${run.app}.${run.service}`, lane, signal)) {
            lanes.set(link.id, seen);
            wake.now();
          }
          if (!signal.aborted)
            throw refuse(
              'agent_unreachable',
              `The agent of ${link.name} stopped telling what its edge sees.`,
            );
        });
  for (const watcher of watching) {
    watcher.catch((error: unknown) => {
      broken = error;
      wake.now();
    });
  }
  const edges = watching.length;
  let nextLook = 0;
  for (;;) {
    signal.throwIfAborted();
    const now = deps.clock.now();
    if (broken !== undefined) throw broken;
    const seen = lanes.size === edges ? [...lanes.values()] : [];
    let proof = judge({ run, tasks, lanes: seen, sinceMs, startMs, waitingSinceMs, now });
    if (proof.kind !== 'healthy' && now >= nextLook) {
      // What is awaited is also asked for, again: somebody may have scaled the service since `starting`.
      await scaleService(engine, run.name, run.replicas, { signal });
      tasks = await listTasksOf(engine, run.name, { signal });
      nextLook = deps.clock.now() + lookMs;
      proof = judge({
        run,
        tasks,
        lanes: lanes.size === edges ? [...lanes.values()] : [],
        sinceMs,
        startMs,
        waitingSinceMs,
        now: deps.clock.now(),
      });
    }
    if (proof.kind === 'healthy') {
      await context.progress(`${run.service}: ${run.replicas} of ${run.replicas} healthy`, {
        done: run.replicas,
        of: run.replicas,
      });
      return;
    }
    if (proof.kind === 'hopeless') throw await reasonOf(context, run, tasks, [...lanes.values()]);
    const text = `${run.service}: ${proof.healthy} of ${run.replicas} healthy, ${proof.running} running${waitingFor(lanes, tasks)}`;
    if (text !== told) {
      told = text;
      await context.progress(text, { done: proof.healthy, of: run.replicas });
    }
    await Promise.race([
      deps.clock.sleep(Math.max(1, nextLook - deps.clock.now()), signal),
      new Promise<void>((resolve) => {
        wake.now = resolve;
      }),
    ]);
  }
}

/** The reason in words, from all that can be known. Also called when the deadline ends the wait. */
export async function reasonOf(
  context: StepContext,
  run: Run,
  tasks: readonly Task[],
  lanes: readonly ObservedLane[],
): Promise<AppError> {
  const gathering = AbortSignal.timeout(10_000);
  const { engine } = await context.deps.nodes.manager({ signal: gathering });
  const servers: ObservedServer[] = lanes.flatMap((lane) => lane.servers);
  const found = diagnose(
    await gatherEvidence(engine, {
      run,
      release: await releaseOf(context),
      tasks,
      servers,
      signal: gathering,
    }),
  );
  return refuse(found.code, found.message, { evidence: found.evidence });
}

function waitingFor(lanes: ReadonlyMap<string, ObservedLane>, tasks: readonly Task[]): string {
  const error = tasks.find((task) => task.Status.Err !== undefined && task.Status.Err !== '')?.Status.Err;
  if (error !== undefined) return ` (${error})`;
  const server = [...lanes.values()]
    .flatMap((lane) => lane.servers)
    .find((candidate) => candidate.state !== 'up');
  return server === undefined || server.check.status === ''
    ? ''
    : ` (probe: ${server.check.status} ${server.check.text})`.replace(/ \)$/, ')');
}

/** Why the runs of a deployment are not healthy now: for a deadline that ends the wait. */
export async function explainWait(context: StepContext): Promise<AppError | undefined> {
  const signal = AbortSignal.timeout(5_000);
  const { engine } = await context.deps.nodes.manager({ signal });
  for (const run of await ownRuns(context)) {
    const tasks = await listTasksOf(engine, run.name, { signal });
    const lanes: ObservedLane[] = [];
    if (run.lane !== undefined)
      for (const link of context.deps.nodes.list()) lanes.push(await firstSight(link, run, run.lane, signal));
    const proof = judge({
      run,
      tasks,
      lanes,
      sinceMs: 0,
      waitingSinceMs: 0,
      startMs: Number.MAX_SAFE_INTEGER,
      now: context.deps.clock.now(),
    });
    if (proof.kind !== 'healthy') return reasonOf(context, run, tasks, lanes);
  }
  return undefined;
}

async function firstSight(
  link: NodeLink,
  run: Run,
  lane: LaneName,
  signal: AbortSignal,
): Promise<ObservedLane> {
  const enough = new AbortController();
  for await (const seen of link.edge.watchLane(
    `${run.app}.${run.service}`,
    lane,
    AbortSignal.any([signal, enough.signal]),
  )) {
    enough.abort();
    return seen;
  }
  throw refuse('agent_unreachable', `The agent of ${link.name} says nothing of its edge.`);
}
