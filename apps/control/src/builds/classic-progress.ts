import type { BuildFailure, BuildStep } from './ports.ts';
import {
  type BuildLine,
  cleanLine,
  findExitCode,
  Lines,
  lastLinesMax,
  type Progress,
  type StepEvent,
} from './progress.ts';

/** Progress of the classic builder: one step after the other, told in words. */
export function createClassicProgress(now: () => number): Progress {
  const steps: BuildStep[] = [];
  const lines = new Lines();
  let open: { text: string; startedAt: number; cached: boolean; last: string[] } | undefined;
  let imageId: string | undefined;
  let failure: BuildFailure | undefined;

  function close(state: 'done' | 'failed'): StepEvent[] {
    if (open === undefined) return [];
    const { text, cached } = open;
    const durationMs = now() - open.startedAt;
    if (state === 'done') steps.push({ text, durationMs, cached });
    open = undefined;
    return [{ kind: 'step', text, state: state === 'done' && cached ? 'cached' : state, durationMs }];
  }

  function takeLine(line: string): StepEvent[] {
    const step = /^Step (\d+)\/(\d+) : (.*)$/.exec(line);
    if (step !== null) {
      const text = `[${step[1]}/${step[2]}] ${step[3]}`.slice(0, 300);
      const events = close('done');
      open = { text, startedAt: now(), cached: false, last: [] };
      return [...events, { kind: 'step', text, state: 'started' }];
    }
    if (line === ' ---> Using cache' && open !== undefined) {
      open.cached = true;
      return [];
    }
    if (/^ ---> (Running in )?[0-9a-f]{12}$|^Removing intermediate container /.test(line)) return [];
    if (/^Successfully (built|tagged) /.test(line)) return close('done');
    if (open === undefined) return [];
    open.last.push(line);
    if (open.last.length > lastLinesMax) open.last.shift();
    return [{ kind: 'log', step: open.text, text: line }];
  }

  return {
    take(line: BuildLine) {
      const aux = line.aux as { ID?: string } | undefined;
      if (aux?.ID !== undefined) imageId = aux.ID;
      const events = lines.take(line.stream ?? '').flatMap(takeLine);
      if (line.error === undefined) return events;
      events.push(...lines.end().flatMap(takeLine));
      const exitCode = line.errorDetail?.code ?? findExitCode(line.error);
      failure = {
        kind: 'failed',
        step: open?.text ?? 'Dockerfile',
        ...(exitCode === undefined ? {} : { exitCode }),
        because: cleanLine(line.error),
        lastLines: open?.last ?? [],
      };
      return [...events, ...close('failed')];
    },
    get current() {
      return open?.text ?? 'starting';
    },
    steps,
    get imageId() {
      return imageId;
    },
    get failure() {
      return failure;
    },
  };
}
