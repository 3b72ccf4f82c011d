import { AppError, errorTable, refuse } from '@berth/contract/errors';
import { type DeploymentState, isDeploymentEnd } from '@berth/domain/deployment';
import { backoffMs } from '@berth/runtime/retry';
import type { Deployment, FailureFact } from './deployment.ts';
import { begin } from './origins.ts';
import type { DeploymentDependencies, Step, StepContext } from './step.ts';
import { build } from './steps/build.ts';
import { hook } from './steps/hook.ts';
import { prepare } from './steps/prepare.ts';
import { explainWait, prove } from './steps/prove.ts';
import { release } from './steps/release.ts';
import { revert } from './steps/revert.ts';
import { start } from './steps/start.ts';
import { switchOver } from './steps/switch.ts';

type ActiveState = Exclude<DeploymentState, 'succeeded' | 'failed' | 'cancelled'>;

const STEPS: Readonly<Record<ActiveState, Step>> = {
  queued: begin,
  building: build,
  releasing: release,
  preparing: prepare,
  hooking: hook,
  starting: start,
  proving: prove,
  switching: switchOver,
  reverting: revert,
};

/** Before these states are left, nothing runs that would have to be taken back. */
const harmless: readonly DeploymentState[] = ['queued', 'building', 'releasing'];
/** A watcher hears something at least this often (R026). */
const heartbeatMs = 5_000;
const retry = { firstMs: 250, maxMs: 5_000, factor: 2 };
/** After this many tries the reconciler of runs is left to clean up. */
const revertTriesMax = 20;

class Stop extends Error {
  readonly because: 'deadline' | 'cancelled' | 'shutdown';
  constructor(because: Stop['because']) {
    super(because);
    this.because = because;
  }
}

export interface RunnerHooks {
  /** Called once per deployment, after its end is stored. */
  ended(deployment: Deployment): Promise<void>;
  /** Addresses of the app, best first, for the last event. */
  urls(app: string): Promise<readonly string[]>;
}

/**
 * Drives deployments from state to state: one at a time per app, the others wait in order.
 *
 * INVARIANTS: a state is stored before its step runs; a step repeated after a crash does no harm; every wait
 * ends at the deployment's deadline; after shutdown nothing is written, and the next start goes on.
 */
export type Runner = ReturnType<typeof createRunner>;

export function createRunner(deps: DeploymentDependencies, hooks: RunnerHooks) {
  const chains = new Map<string, Promise<void>>();
  const stops = new Map<string, AbortController>();
  const shutdown = new AbortController();

  function enqueue(deployment: Pick<Deployment, 'id' | 'app'>): void {
    const before = chains.get(deployment.app) ?? Promise.resolve();
    const next = before
      .then(() => drive(deployment.id))
      .catch((error: unknown) => {
        if (!shutdown.signal.aborted)
          deps.log.error({ deployment: deployment.id, err: error }, 'deployment driver failed');
      })
      .finally(() => {
        if (chains.get(deployment.app) === next) chains.delete(deployment.app);
      });
    chains.set(deployment.app, next);
  }

  async function drive(id: string): Promise<void> {
    let tries = 0;
    for (;;) {
      if (shutdown.signal.aborted) return;
      const deployment = await deps.store.get(id);
      if (deployment === undefined || isDeploymentEnd(deployment.state)) return;
      const state = deployment.state as ActiveState;
      const attempt = await runStep(deployment, state);
      if (attempt.kind === 'shutdown') return;
      if (attempt.kind === 'moved') {
        tries = 0;
        continue;
      }
      if (attempt.kind === 'retry') {
        tries++;
        if (state === 'reverting' && tries > revertTriesMax) {
          deps.log.error(
            { deployment: id, err: attempt.error },
            'could not take everything back; the reconciler goes on',
          );
          await finish(deployment, deployment.endAs ?? 'failed');
          return;
        }
        await deps.clock.sleep(backoffMs(retry, tries), shutdown.signal).catch(() => undefined);
      }
    }
  }

  type Attempt = { kind: 'moved' } | { kind: 'retry'; error: unknown } | { kind: 'shutdown' };

  async function runStep(deployment: Deployment, state: ActiveState): Promise<Attempt> {
    const stop = stopFor(deployment, state);
    const endHeartbeat = heartbeatOf(deployment);
    const context = contextOf(deployment, stop.signal);
    try {
      stop.signal.throwIfAborted();
      const outcome = await STEPS[state](context);
      if (outcome.to === 'succeeded' || outcome.to === 'failed' || outcome.to === 'cancelled')
        await finish(deployment, outcome.to, outcome.patch);
      else await deps.store.advance(deployment.id, outcome.to, outcome.patch ?? {}, deps.clock.now());
      return { kind: 'moved' };
    } catch (error) {
      if (shutdown.signal.aborted) return { kind: 'shutdown' };
      return await afterFailure(
        context,
        deployment,
        state,
        stop.signal.aborted ? (stop.signal.reason as unknown) : error,
      );
    } finally {
      endHeartbeat();
      stop.release();
    }
  }

  async function afterFailure(
    context: StepContext,
    deployment: Deployment,
    state: ActiveState,
    error: unknown,
  ): Promise<Attempt> {
    if (state === 'reverting') {
      deps.log.warn({ deployment: deployment.id, err: error }, 'taking back failed; trying again');
      return { kind: 'retry', error };
    }
    if (isTransient(error)) {
      await context.progress(`waiting: ${error.message}`);
      return { kind: 'retry', error };
    }
    const reason = error instanceof Stop ? await reasonOfStop(context, deployment, state, error) : error;
    if (!(reason instanceof AppError))
      deps.log.error({ deployment: deployment.id, state, err: reason }, 'unexpected error in a deployment');
    const failure = toFailure(reason);
    const endAs = error instanceof Stop && error.because === 'cancelled' ? 'cancelled' : 'failed';
    if (harmless.includes(state)) await finish(deployment, endAs, { failure });
    else await deps.store.advance(deployment.id, 'reverting', { endAs, failure }, deps.clock.now());
    return { kind: 'moved' };
  }

  async function reasonOfStop(
    context: StepContext,
    deployment: Deployment,
    state: ActiveState,
    stop: Stop,
  ): Promise<AppError> {
    if (stop.because === 'cancelled')
      return refuse('cancelled', `The deployment was cancelled while ${state}.`);
    const seconds = Math.round((deployment.deadlineAt - deployment.createdAt) / 1000);
    const why = state === 'proving' ? await explainWait(context).catch(() => undefined) : undefined;
    return refuse(
      'deadline_exceeded',
      `The deployment passed its deadline of ${seconds} s while ${state}${why === undefined ? '' : `: ${why.message}`}`,
      {
        evidence:
          why?.evidence ??
          (deployment.progress === undefined ? [] : [`last progress: ${deployment.progress}`]),
      },
    );
  }

  async function finish(
    deployment: Deployment,
    to: 'succeeded' | 'failed' | 'cancelled',
    patch: Parameters<typeof deps.store.advance>[2] = {},
  ): Promise<void> {
    const ended = await deps.store.advance(deployment.id, to, patch, deps.clock.now());
    await deps.store.append(
      deployment.id,
      {
        kind: 'end',
        state: to,
        ...(ended.failure === undefined ? {} : { failure: ended.failure }),
        ...(ended.toRelease === undefined ? {} : { release: ended.toRelease }),
        urls: [...(await hooks.urls(deployment.app).catch(() => []))],
      },
      deps.clock.now(),
    );
    await hooks.ended(ended);
  }

  function stopFor(deployment: Deployment, state: ActiveState) {
    const controller = new AbortController();
    const released = new AbortController();
    const onShutdown = () => controller.abort(new Stop('shutdown'));
    shutdown.signal.addEventListener('abort', onShutdown, { once: true });
    // What was begun is taken back whatever the time; once traffic moves, it moves.
    if (state !== 'reverting' && state !== 'switching') {
      stops.set(deployment.id, controller);
      if (deployment.cancelRequestedAt !== undefined) controller.abort(new Stop('cancelled'));
      const left = Math.max(0, deployment.deadlineAt - deps.clock.now());
      deps.clock.sleep(left, released.signal).then(
        () => controller.abort(new Stop('deadline')),
        () => undefined,
      );
    }
    return {
      signal: controller.signal,
      release: () => {
        released.abort();
        shutdown.signal.removeEventListener('abort', onShutdown);
        if (stops.get(deployment.id) === controller) stops.delete(deployment.id);
      },
    };
  }

  function contextOf(deployment: Deployment, signal: AbortSignal): StepContext {
    const warnings = new Set(deployment.warnings);
    return {
      deps,
      deployment,
      signal,
      progress: (text, count) =>
        deps.store.append(deployment.id, { kind: 'progress', text, ...count }, deps.clock.now()),
      build: (text) => deps.store.append(deployment.id, { kind: 'build', text }, deps.clock.now()),
      warn: async (text) => {
        if (warnings.has(text)) return;
        warnings.add(text);
        await deps.store.patch(deployment.id, { warnings: [...warnings] });
        await deps.store.append(deployment.id, { kind: 'warning', text }, deps.clock.now());
      },
    };
  }

  /** Repeats the last word while a step is silent. Returns what ends it. */
  function heartbeatOf(deployment: Deployment): () => void {
    const over = new AbortController();
    const since = deps.clock.now();
    const beat = async (): Promise<void> => {
      for (;;) {
        await deps.clock.sleep(heartbeatMs, over.signal);
        const now = deps.clock.now();
        const current = await deps.store.get(deployment.id);
        if (current === undefined || isDeploymentEnd(current.state) || over.signal.aborted) return;
        const text = `${current.progress ?? current.state} (${Math.round((now - since) / 1000)} s)`;
        await deps.store.append(deployment.id, { kind: 'progress', text }, now, true);
      }
    };
    beat().catch((error: unknown) => {
      if (!over.signal.aborted) deps.log.warn({ err: error }, 'no heartbeat');
    });
    return () => over.abort();
  }

  return {
    enqueue,
    /** Goes on with every deployment that a crash or restart interrupted. */
    async resume(): Promise<number> {
      const open = await deps.store.listOpen();
      for (const deployment of open) enqueue(deployment);
      return open.length;
    },
    async cancel(id: string): Promise<void> {
      await deps.store.requestCancel(id, deps.clock.now());
      stops.get(id)?.abort(new Stop('cancelled'));
    },
    async close(): Promise<void> {
      shutdown.abort(new Stop('shutdown'));
      await Promise.allSettled(chains.values());
    },
  };
}

/** An answer of the agent that broke off; the step that asked may run again. */
const brokenOff: readonly unknown[] = ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_HTTP2_STREAM_ERROR', 'ECONNRESET'];

/** Worth waiting for, within the deadline: the agent or the engine is away for a moment. */
function isTransient(error: unknown): error is Error {
  if (error instanceof AppError)
    return error.code === 'agent_unreachable' || error.code === 'engine_unreachable';
  return error instanceof Error && 'code' in error && brokenOff.includes(error.code);
}

function toFailure(reason: unknown): FailureFact {
  if (reason instanceof AppError) {
    const issues = reason.issues.map(
      (issue) =>
        `${issue.at}: ${issue.message}${issue.suggestion === undefined ? '' : ` (${issue.suggestion})`}`,
    );
    return {
      code: reason.code,
      message: reason.message,
      hint: errorTable[reason.code].hint,
      evidence: [...issues, ...reason.evidence],
    };
  }
  return {
    code: 'internal',
    message: reason instanceof Error ? reason.message : String(reason),
    hint: errorTable.internal.hint,
    evidence: [],
  };
}
