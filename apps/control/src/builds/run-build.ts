import { refuse } from '@berth/contract/errors';
import type { Engine } from '@berth/engine/engine';
import { ndjson } from '@berth/engine/streams';
import { EngineStatusError } from '@berth/engine/transport';
import { createBuildkitProgress } from './buildkit-progress.ts';
import { createClassicProgress } from './classic-progress.ts';
import type { BuildContext } from './context.ts';
import { isGoingDown, lost, translateLoss } from './lost.ts';
import type { BuildPlan } from './plan.ts';
import type { BuildFailure, BuildStep } from './ports.ts';
import { type BuildLine, limitLog, type Progress, type StepEvent } from './progress.ts';

export type RunResult =
  | { readonly kind: 'built'; readonly imageId: string; readonly steps: readonly BuildStep[] }
  | BuildFailure;

/** What the engine says of a Dockerfile it cannot use, before any step runs. */
const dockerfileFault =
  /dockerfile parse error|failed to parse|unknown instruction|cannot locate specified dockerfile|the dockerfile .* (cannot be|is) empty|target stage|failed to reach build target|no build stage/i;

/** How long the engine may take to confirm that a build is cancelled. */
const cancelTimeoutMs = 5_000;

/** Runs one build in the engine. Aborting the signal stops the build there and rejects with its reason. */
export async function runBuild(
  engine: Engine,
  plan: BuildPlan,
  context: BuildContext,
  o: {
    id: string;
    now: () => number;
    signal: AbortSignal;
    onEvent: (event: StepEvent) => void;
    /** Told what it is at whenever that changes. */
    onCurrent: (text: string) => void;
  },
): Promise<RunResult> {
  const progress = plan.builder === 'buildkit' ? createBuildkitProgress() : createClassicProgress(o.now);
  const onEvent = limitLog(o.onEvent);
  const cancel = () => {
    // The engine also stops when the connection goes; an older one may notice late, so it is told.
    if (plan.builder === 'buildkit')
      engine.cancelBuild(o.id, { signal: AbortSignal.timeout(cancelTimeoutMs) }).catch(() => {});
  };
  o.signal.addEventListener('abort', cancel, { once: true });
  try {
    const body = await engine.buildImage(context.open(o.signal), plan.query, { signal: o.signal });
    for await (const line of ndjson<BuildLine>(body)) {
      for (const event of progress.take(line)) onEvent(event);
      o.onCurrent(progress.current);
    }
    o.signal.throwIfAborted();
    return resultOf(progress);
  } catch (cause) {
    o.signal.throwIfAborted();
    if (cause instanceof EngineStatusError) return explainStatus(cause);
    throw translateLoss(cause, 'the build');
  } finally {
    o.signal.removeEventListener('abort', cancel);
  }
}

function resultOf(progress: Progress): RunResult {
  const { failure } = progress;
  if (failure !== undefined && isGoingDown(failure.because)) throw lost(`the build: ${failure.because}`);
  if (failure !== undefined) return failure;
  if (progress.imageId !== undefined)
    return { kind: 'built', imageId: progress.imageId, steps: progress.steps };
  // The answer ended before the build did: some connections end without an error when they are cut.
  throw lost('the build');
}

function explainStatus(cause: EngineStatusError): BuildFailure {
  if (cause.status < 500 || dockerfileFault.test(cause.engineMessage))
    return { kind: 'failed', step: 'Dockerfile', because: cause.engineMessage, lastLines: [] };
  throw refuse('engine_refused', `The engine did not begin the build: ${cause.engineMessage}`, { cause });
}
