import type { Engine, RegistryAuth } from './engine.ts';
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
  const layers = new Map<string, { done: number; of: number }>();
  let digest: string | undefined;
  for await (const line of ndjson<PushLine>(body)) {
    if (line.error !== undefined) return { kind: 'failed', because: line.error };
    digest = line.aux?.Digest ?? digest;
    const { current, total } = line.progressDetail ?? {};
    if (line.id === undefined || current === undefined) continue;
    layers.set(line.id, { done: Math.min(current, total ?? current), of: total ?? current });
    const sum = { done: 0, of: 0 };
    for (const layer of layers.values()) {
      sum.done += layer.done;
      sum.of += layer.of;
    }
    o.onProgress(sum);
  }
  o.signal.throwIfAborted();
  return digest === undefined
    ? { kind: 'failed', because: 'the engine ended the push without a digest' }
    : { kind: 'pushed', digest };
}
