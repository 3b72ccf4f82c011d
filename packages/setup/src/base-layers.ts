import type { BakedImage } from '@berth/bakery/bake';
import type { ImageName } from '@berth/bakery/recipe';
import type { Engine } from '@berth/engine/engine';
import { pushOnce } from '@berth/engine/push';
import { askHttp } from '@berth/runtime/http-ask';
import type { Secret } from '@berth/runtime/secret';

/** Images that apps are built on; the one with the most layers of the others first. */
const baseImages: readonly ImageName[] = ['node', 'static', 'base'];

/** Of one part, where images of apps have two: no app can have this name. */
const repository = 'berth-bases';

export interface BaseLayersOptions {
  readonly engine: Engine;
  readonly images: readonly BakedImage[];
  readonly registry: {
    /** As this machine reaches it and images name it: `127.0.0.1:5000`. */
    readonly address: string;
    readonly username: string;
    readonly password: Secret;
  };
  readonly signal: AbortSignal;
  readonly onProgress: (text: string, far?: { done: number; of: number }) => void;
}

export type BaseLayers =
  | { readonly kind: 'there'; readonly pushed: number; readonly bytes: number }
  | { readonly kind: 'failed'; readonly because: string };

/**
 * Sees to it that the platform's registry has the layers of the base images, so that the first deployment of
 * an app sends its own and no others: what one repository has, the engine mounts into the next. The registry
 * is asked by recipe; nothing is done when it has them all.
 */
export async function pushBaseLayers(o: BaseLayersOptions): Promise<BaseLayers> {
  const wanted = baseImages.map((name) => {
    const { id, reference } = o.images.find((image) => image.name === name)!;
    return { id, tag: `${name}-${reference.slice(reference.indexOf(':') + 1)}` };
  });
  let pushed = 0;
  let bytes = 0;
  try {
    for (const image of wanted) {
      if ((await findDigest(o, image.tag)) !== undefined) continue;
      const sent = await push(o, image);
      if (sent.kind === 'failed') return sent;
      pushed++;
      bytes += sent.bytes;
    }
    if (pushed > 0) await forgetOthers(o, new Set(wanted.map(({ tag }) => tag)));
  } catch (cause) {
    o.signal.throwIfAborted();
    return { kind: 'failed', because: (cause as Error).message };
  }
  return { kind: 'there', pushed, bytes };
}

/** Under the registry's name for no longer than the push takes: nothing else needs it. */
async function push(
  o: BaseLayersOptions,
  { id, tag }: { id: string; tag: string },
): Promise<{ kind: 'pushed'; bytes: number } | { kind: 'failed'; because: string }> {
  const { engine, registry, signal } = o;
  const name = `${registry.address}/${repository}`;
  await engine.tagImage(id, name, tag, { signal });
  try {
    let bytes = 0;
    const result = await pushOnce(
      engine,
      { repository: name, tag },
      {
        auth: {
          username: registry.username,
          password: registry.password.reveal(),
          serveraddress: registry.address,
        },
        signal,
        onProgress: (moved) => {
          bytes = moved.done;
          o.onProgress(`sending ${tag} (MB)`, { done: megabytes(moved.done), of: megabytes(moved.of) });
        },
      },
    );
    return result.kind === 'failed' ? result : { kind: 'pushed', bytes };
  } finally {
    await engine.removeImage(`${name}:${tag}`, {});
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

/** Those of recipes that no longer are. Layers that releases share stay; the registry collects the others. */
async function forgetOthers(o: BaseLayersOptions, wanted: ReadonlySet<string>): Promise<void> {
  const { text } = await ask(o, 'GET', 'tags/list');
  const { tags } = JSON.parse(text) as { tags: readonly string[] | null };
  const kept = new Set(await Promise.all([...wanted].map((tag) => findDigest(o, tag))));
  for (const tag of tags ?? []) {
    const digest = wanted.has(tag) ? undefined : await findDigest(o, tag);
    if (digest !== undefined && !kept.has(digest)) await ask(o, 'DELETE', `manifests/${digest}`);
  }
}

async function findDigest(o: BaseLayersOptions, tag: string): Promise<string | undefined> {
  const { status, headers } = await ask(o, 'HEAD', `manifests/${tag}`);
  const digest = headers['docker-content-digest'];
  return status === 200 && typeof digest === 'string' ? digest : undefined;
}

/** Rejects when the registry does not answer, or not as one that has such a thing or has not. */
async function ask(o: BaseLayersOptions, method: string, path: string) {
  const { address, username, password } = o.registry;
  const answer = await askHttp(new URL(`http://${address}/v2/${repository}/${path}`), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`,
      accept: 'application/vnd.docker.distribution.manifest.v2+json',
    },
    signal: AbortSignal.any([o.signal, AbortSignal.timeout(15_000)]),
  });
  if (!answer.ok && answer.status !== 404)
    throw new Error(`the registry answered ${method} ${path} with ${answer.status}`);
  return answer;
}
