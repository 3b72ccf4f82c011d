import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { RegistryClient } from '../builds/registry-client.ts';

export interface ArchivedImage {
  readonly service: string;
  /** `registry/app/service@sha256:…` */
  readonly image: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

type Registry = Pick<RegistryClient, 'manifest' | 'openBlob'>;

/** What `docker load` calls the images: a registry that never is (RFC 2606), so that no pull finds another's. */
export const loadedUnder = 'berth.invalid';

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

/** `app/service` and `sha256:…`. */
function placeOf(image: string): { repository: string; digest: string } {
  const [name = '', digest = ''] = image.split('@');
  return { repository: name.slice(name.indexOf('/') + 1), digest };
}

/**
 * The images of a release as one tar archive, with the digests they have in the registry: an OCI layout, with the
 * list that `docker load` reads beside it, and `release.json`. Layers that images share are in it once.
 */
export function archiveRelease(
  o: {
    readonly app: string;
    readonly number: number;
    readonly images: readonly ArchivedImage[];
    /** Without values of variables or secrets. */
    readonly release: Readonly<Record<string, unknown>>;
    /** When the release was made: the same release gives the same archive. */
    readonly madeAt: Date;
  },
  registry: Registry,
  signal: AbortSignal,
) {
  const archive = pack();
  const common = { mtime: o.madeAt, mode: 0o644, uid: 0, gid: 0 };
  const put = (name: string, content: string): void => {
    archive.entry({ name, ...common }, content);
  };

  async function write(): Promise<void> {
    const written = new Set<string>();
    const index: object[] = [];
    const loads: object[] = [];
    put('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    put('release.json', `${JSON.stringify(o.release, null, 2)}\n`);
    for (const { service, image } of o.images) {
      const { repository, digest } = placeOf(image);
      const { text, mediaType } = await registry.manifest(repository, digest, signal);
      const { config, layers } = JSON.parse(text) as Manifest;
      if (config === undefined || layers === undefined)
        throw new Error(`${image} is a list of images, not one`);
      for (const part of [config, ...layers]) {
        if (written.has(part.digest)) continue;
        written.add(part.digest);
        const entry = archive.entry({ name: blobPath(part.digest), size: part.size, ...common });
        await pipeline(
          await registry.openBlob(repository, part.digest, signal),
          verified(part.digest),
          entry,
          {
            signal,
          },
        );
      }
      if (!written.has(digest)) put(blobPath(digest), text);
      written.add(digest);
      const name = `${loadedUnder}/${o.app}/${service}:${o.number}`;
      index.push({
        mediaType,
        digest,
        size: Buffer.byteLength(text),
        annotations: { 'org.opencontainers.image.ref.name': name, 'io.containerd.image.name': name },
      });
      loads.push({
        Config: blobPath(config.digest),
        RepoTags: [name],
        Layers: layers.map((layer) => blobPath(layer.digest)),
      });
    }
    put('index.json', JSON.stringify({ schemaVersion: 2, manifests: index }));
    put('manifest.json', JSON.stringify(loads));
    archive.finalize();
  }

  write().catch((cause: unknown) =>
    archive.destroy(cause instanceof Error ? cause : new Error(String(cause))),
  );
  return archive;
}

/** Passes on what comes; fails at the end when it was not what the digest says. */
const verified = (digest: string) =>
  async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest) throw new Error(`the registry gave ${found} for ${digest}`);
  };
