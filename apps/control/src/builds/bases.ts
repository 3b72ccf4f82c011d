import { isBakedImage } from '@berth/domain/baked-image';
import { type Engine, isAbsent } from '@berth/engine/engine';
import { sumLayers } from '@berth/engine/layers';
import { ndjson } from '@berth/engine/streams';
import { EngineStatusError } from '@berth/engine/transport';
import { translateLoss } from './lost.ts';

/** The engine's id of an image it has; undefined when it has none of this name. */
export async function findImageId(
  engine: Engine,
  reference: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await engine.inspectImage(reference, { signal })).Id;
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    // Not a reference at all: the builder will say so in its own words.
    if (cause instanceof EngineStatusError && cause.status === 400) return undefined;
    throw cause;
  }
}

interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/**
 * Pulls an image; gives the engine's or the registry's words when that cannot be done. `answerWithinMs`: how
 * long the registry may take to say its first word, where there is something to fall back on. Where no
 * network leads to it, the engine would try for minutes.
 */
export async function tryPull(
  engine: Engine,
  reference: string,
  signal: AbortSignal,
  o: {
    readonly answerWithinMs?: number | undefined;
    /** Of the layers that have been begun with. */
    readonly onProgress?: (bytes: { done: number; of: number }) => void;
  } = {},
): Promise<{ kind: 'pulled' } | { kind: 'failed'; because: string }> {
  if (isBakedImage(reference))
    return {
      kind: 'failed',
      because: '`berth up` bakes the images of this name; none is taken from a registry',
    };
  const named = /[:@][^/]*$/.test(reference) ? reference : `${reference}:latest`;
  const silent = new AbortController();
  const { answerWithinMs } = o;
  const sum = sumLayers();
  const timer =
    answerWithinMs === undefined ? undefined : setTimeout(() => silent.abort(), answerWithinMs).unref();
  try {
    const body = await engine.pullImage(named, { signal: AbortSignal.any([signal, silent.signal]) });
    for await (const line of ndjson<PullLine>(body)) {
      clearTimeout(timer);
      if (line.error !== undefined) return { kind: 'failed', because: line.error };
      if (line.status === 'Downloading' && line.id !== undefined) o.onProgress?.(sum(line.id, line));
    }
    signal.throwIfAborted();
    return { kind: 'pulled' };
  } catch (cause) {
    signal.throwIfAborted();
    if (silent.signal.aborted)
      return { kind: 'failed', because: `its registry did not answer within ${answerWithinMs} ms` };
    if (cause instanceof EngineStatusError) return { kind: 'failed', because: cause.engineMessage };
    throw translateLoss(cause, `the pull of ${reference}`);
  } finally {
    clearTimeout(timer);
  }
}

/** For `answerWithinMs`. */
export const registryPatienceMs = 10_000;

export type Bases =
  | { readonly kind: 'there'; readonly ids: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly image: string; readonly because: string };

/**
 * Sees to it that the engine has the images a build starts from. BuildKit could not fetch them itself: it
 * asks for credentials, even for none, on a session that the API's plain build request does not have ("no
 * active sessions").
 */
export async function ensureBases(
  engine: Engine,
  images: readonly string[],
  o: {
    signal: AbortSignal;
    onPull: (image: string) => void;
    onProgress?: (bytes: { done: number; of: number }) => void;
    answerWithinMs?: number;
  },
): Promise<Bases> {
  const ids: Record<string, string> = {};
  for (const image of images) {
    let id = await findImageId(engine, image, o.signal);
    if (id === undefined) {
      o.onPull(image);
      const pulled = await tryPull(engine, image, o.signal, {
        answerWithinMs: o.answerWithinMs,
        ...(o.onProgress === undefined ? {} : { onProgress: o.onProgress }),
      });
      if (pulled.kind === 'failed') return { kind: 'missing', image, because: pulled.because };
      id = await findImageId(engine, image, o.signal);
    }
    if (id === undefined) return { kind: 'missing', image, because: 'it was pulled and is not there' };
    ids[image] = id;
  }
  return { kind: 'there', ids };
}

/** Programs that read Dockerfiles as every BuildKit does by itself; only the newest instructions differ. */
const ordinarySyntax = /^(docker\.io\/)?docker\/dockerfile(-upstream)?(:|@|$)/;

/**
 * The Dockerfile without its `# syntax=` line, when that names Docker's own reader: where it cannot be
 * pulled, the engine's built-in one does. Undefined for any other, which means what only it understands.
 */
export function withoutSyntax(dockerfile: string, syntax: string): string | undefined {
  if (!ordinarySyntax.test(syntax)) return undefined;
  return dockerfile.replace(
    /^#\s*syntax\s*=[^\n]*/i,
    '# (the syntax line named a reader that could not be pulled)',
  );
}
