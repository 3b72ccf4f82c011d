import type { Engine, RegistryAuth } from './engine.ts';
import { sumLayers } from './layers.ts';
import { ndjson } from './streams.ts';

interface PushLine {
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: { readonly Digest?: string };
  readonly error?: string;
}

export type PushResult =
  | { readonly kind: 'pushed'; readonly digest: string }
  /** In the engine's or the registry's words. */
  | { readonly kind: 'failed'; readonly because: string };

/** Pushes `repository:tag` once. Rejects when the connection to the engine goes or the signal says so. */
export async function pushOnce(
  engine: Pick<Engine, 'pushImage'>,
  image: { readonly repository: string; readonly tag: string },
  o: {
    readonly auth: RegistryAuth;
    readonly signal: AbortSignal;
    /** Bytes of the layers the registry does not have yet, as far as the engine has come to them. */
    readonly onProgress: (bytes: { done: number; of: number }) => void;
  },
): Promise<PushResult> {
  const body = await engine.pushImage(image.repository, image.tag, o.auth, { signal: o.signal });
  const sum = sumLayers();
  let digest: string | undefined;
  for await (const line of ndjson<PushLine>(body)) {
    if (line.error !== undefined) return { kind: 'failed', because: line.error };
    digest = line.aux?.Digest ?? digest;
    if (line.id !== undefined && line.progressDetail?.current !== undefined) o.onProgress(sum(line.id, line));
  }
  o.signal.throwIfAborted();
  return digest === undefined
    ? { kind: 'failed', because: 'the engine ended the push without a digest' }
    : { kind: 'pushed', digest };
}
