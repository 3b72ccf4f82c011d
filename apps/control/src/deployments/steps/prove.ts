import { type AppError, refuse } from '@berth/contract/errors';
import type { LaneName, ObservedLane, ObservedServer } from '@berth/domain/edge';
import { releaseDefaults } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import { isJob } from '@berth/domain/service';
import type { Task } from '@berth/engine/types';
import type { NodeLink } from '../../nodes/ports.ts';
import { listTasksOf, scaleService } from '../../swarm/services.ts';
import type { ChosenRun } from '../deployment.ts';
import { diagnose } from '../diagnose.ts';
import { gatherEvidence } from '../evidence.ts';
import { releaseOf, type Step, type StepContext } from '../step.ts';
import { expectedOf, type Goal, judge } from './proof.ts';
import { nextWave } from './start.ts';

/** How often Swarm is asked for tasks while waiting; what the edges see comes by itself. */
const lookMs = 300;

/** A job that runs longer is told of: it may be a server, which never completes. */
const jobToldMs = 60_000;

/**
 * Waits until every edge has seen every new task healthy, every unrouted task has run for a while and every job
 * has completed; where services wait for those that started, only until those are what they wait for. Gives up
 * early when tasks keep ending, and when started tasks do not become healthy in the time they have.
 */
export const prove: Step = async (context) => {
  const { deployment } = context;
  const next = nextWave(deployment);
  const wanted = next === undefined ? undefined : awaitedBy(next);
  const watch = new AbortController();
  const signal = AbortSignal.any([context.signal, watch.signal]);
  try {
    await Promise.all(
      (await provenRuns(context)).flatMap((run) => {
        const until = wanted === undefined ? goalOf(run) : wanted.get(run.service);
        return until === undefined ? [] : [proveRun({ ...context, signal }, run, until)];
      }),
    );
  } finally {
    watch.abort(new Error('proven, or given up'));
  }
  return { to: next === undefined ? 'switching' : 'starting' };
};

const goalOf = (run: Run): Goal => (isJob(run.mode) ? 'completed' : 'healthy');

/** What a wave waits for, by service; the last word of those that ask for the same counts. */
function awaitedBy(wave: readonly ChosenRun[]): Map<string, Goal> {
  const wanted = new Map<string, Goal>();
  const order: readonly Goal[] = ['started', 'healthy', 'completed'];
  for (const { service, until } of wave.flatMap((run) => run.waitsFor)) {
    const before = wanted.get(service);
    if (before === undefined || order.indexOf(until) > order.indexOf(before)) wanted.set(service, until);
  }
  return wanted;
}

/** Runs whose tasks were asked for, or of which there are to be more. */
async function provenRuns(context: StepContext): Promise<Run[]> {
  const { deployment, deps } = context;
  const names = new Set(
    deployment.runs
      .filter((run) => run.isBegun === true || (run.scale?.to ?? 0) > (run.scale?.from ?? 0))
      .map((run) => run.name),
  );
  return (await deps.runs.list({ app: deployment.app })).filter((run) => names.has(run.name));
}

async function proveRun(context: StepContext, run: Run, goal: Goal): Promise<void> {
  const { deps, signal } = context;
  const release = await releaseOf(context);
  const { engine } = await deps.nodes.manager({ signal });
  const spec = release.services.find((service) => service.spec.name === run.service)?.spec;
  const startMs = release.startMs ?? releaseDefaults.startMs;
  const facts = { run, goal, startMs, ...(spec === undefined ? {} : { spec }) };
  const sinceMs = context.deployment.createdAt;
  const waitingSinceMs = deps.clock.now();

  const lanes = new Map<string, ObservedLane>();
  let tasks: readonly Task[] = [];
  let told = '';
  let isTold = false;
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
    let proof = judge({ ...facts, tasks, lanes: seen, sinceMs, waitingSinceMs, now });
    if (proof.kind !== 'healthy' && now >= nextLook) {
      // What is awaited is also asked for, again: somebody may have scaled the service since `starting`.
      await scaleService(engine, run.name, run.replicas, { signal });
      tasks = await listTasksOf(engine, run.name, { signal });
      nextLook = deps.clock.now() + lookMs;
      proof = judge({
        ...facts,
        tasks,
        lanes: lanes.size === edges ? [...lanes.values()] : [],
        sinceMs,
        waitingSinceMs,
        now: deps.clock.now(),
      });
    }
    if (proof.kind === 'healthy') {
      if (spec !== undefined && goal === 'healthy' && run.replicas > 0)
        await deps.hostPorts.opened(run.app, spec, signal);
      const count = expectedOf(run, tasks);
      await context.progress(`${run.service}: ${count} of ${count} ${goal}`, { done: count, of: count });
      return;
    }
    if (proof.kind === 'hopeless') throw await reasonOf(context, run, tasks, [...lanes.values()]);
    if (
      goal === 'completed' &&
      proof.running > 0 &&
      deps.clock.now() - waitingSinceMs >= jobToldMs &&
      !isTold
    ) {
      isTold = true;
      await context.warn(
        `${run.service} has run for ${jobToldMs / 1_000} s and has not completed: the deployment waits until it ends by itself; one that keeps running is waited for with \`service_healthy\``,
      );
    }
    const expected = expectedOf(run, tasks);
    const text = `${run.service}: ${proof.healthy} of ${expected} ${goal}, ${proof.running} running${waitingFor(lanes, tasks)}`;
    if (text !== told) {
      told = text;
      await context.progress(text, { done: proof.healthy, of: expected });
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
  for (const run of await provenRuns(context)) {
    const tasks = await listTasksOf(engine, run.name, { signal });
    const lanes: ObservedLane[] = [];
    if (run.lane !== undefined)
      for (const link of context.deps.nodes.list()) lanes.push(await firstSight(link, run, run.lane, signal));
    const proof = judge({
      run,
      goal: goalOf(run),
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
