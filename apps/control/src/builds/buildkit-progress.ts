import { decodeTrace, type Vertex } from './buildkit-trace.ts';
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

interface Known {
  vertex: Vertex;
  isShown: boolean;
  hasEnded: boolean;
  readonly lines: Lines;
  readonly last: string[];
}

/** Progress of BuildKit: steps may run at the same time, and each has its own output. */
export function createBuildkitProgress(): Progress {
  const known = new Map<string, Known>();
  let current = 'starting';
  let imageId: string | undefined;
  let failure: BuildFailure | undefined;

  function takeVertex(vertex: Vertex): StepEvent[] {
    const entry = known.get(vertex.digest) ?? {
      vertex,
      isShown: false,
      hasEnded: false,
      lines: new Lines(),
      last: [],
    };
    known.set(vertex.digest, entry);
    entry.vertex = vertex;
    const text = stepText(vertex.name);
    const events: StepEvent[] = [];
    if (vertex.startedAt !== undefined && !entry.isShown) {
      entry.isShown = true;
      current = text;
      if (!vertex.isCached && !isInternal(vertex)) events.push({ kind: 'step', text, state: 'started' });
    }
    // A step is sent as completed more than once; its first end counts for watchers.
    if (vertex.completedAt === undefined || entry.hasEnded) return events;
    entry.hasEnded = true;
    events.push(...takeLines(entry, entry.lines.end()));
    const durationMs = durationOf(vertex);
    const state = vertex.error !== '' ? 'failed' : vertex.isCached ? 'cached' : 'done';
    if (!isInternal(vertex) || state === 'failed') events.push({ kind: 'step', text, state, durationMs });
    return events;
  }

  const takeLines = (entry: Known, lines: readonly string[]): StepEvent[] =>
    lines.map((text) => {
      entry.last.push(text);
      if (entry.last.length > lastLinesMax) entry.last.shift();
      return { kind: 'log', step: stepText(entry.vertex.name), text };
    });

  function fail(message: string): void {
    // Steps cancelled because another failed have errors too: only theirs is a mere "canceled".
    const failed = [...known.values()].filter((entry) => entry.vertex.error !== '');
    const culprit =
      failed.find((entry) => !/context canceled|^cancell?ed$/i.test(entry.vertex.error)) ?? failed[0];
    const exitCode = findExitCode(message) ?? findExitCode(culprit?.vertex.error ?? '');
    failure = {
      kind: 'failed',
      step: culprit === undefined ? 'Dockerfile' : stepText(culprit.vertex.name),
      ...(exitCode === undefined ? {} : { exitCode }),
      because: cleanLine(message),
      lastLines: culprit === undefined ? [] : [...culprit.last],
    };
  }

  return {
    take(line: BuildLine) {
      if (line.error !== undefined) fail(line.error);
      if (line.id === 'moby.image.id') imageId = (line.aux as { ID: string }).ID;
      if (line.id !== 'moby.buildkit.trace' || typeof line.aux !== 'string') return [];
      const trace = decodeTrace(line.aux);
      const events = trace.vertexes.flatMap(takeVertex);
      for (const log of trace.logs) {
        const entry = known.get(log.vertex);
        if (entry !== undefined) events.push(...takeLines(entry, entry.lines.take(log.text)));
      }
      return events;
    },
    get current() {
      return current;
    },
    get steps(): BuildStep[] {
      return [...known.values()]
        .filter(({ vertex }) => vertex.completedAt !== undefined && !isInternal(vertex))
        .map(({ vertex }) => ({
          text: stepText(vertex.name),
          durationMs: durationOf(vertex),
          cached: vertex.isCached,
        }));
    },
    get imageId() {
      return imageId;
    },
    get failure() {
      return failure;
    },
  };
}

const isInternal = (vertex: Vertex): boolean =>
  vertex.name.startsWith('[internal]') || vertex.name === 'copy /context /';

const durationOf = (vertex: Vertex): number =>
  Math.max(0, Math.round((vertex.completedAt ?? 0) - (vertex.startedAt ?? 0)));

/** `[build 2/4] RUN npm ci`: BuildKit's own, on one line. */
const stepText = (name: string): string => cleanLine(name.replace(/\s*\n\s*/g, ' ')).slice(0, 300);
