import { imageDigest } from '@berth/domain/release';

/** A manifest of the registry, with the tags that lead to it. */
export interface ObservedManifest {
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  /** When it was made or last used, as far as its tags tell; undefined: unknown, and so left alone. */
  readonly madeAt: number | undefined;
}

/** An image of the engine that was built by the platform or is kept under a name of its registry. */
export interface ObservedImage {
  readonly id: string;
  readonly tags: readonly string[];
  /** `repository@sha256:…` */
  readonly repoDigests: readonly string[];
  readonly madeAt: number;
}

export interface GarbagePlan {
  readonly manifests: readonly { readonly repository: string; readonly digest: string }[];
  /** References to remove one by one; the image goes with the last. */
  readonly images: readonly { readonly id: string; readonly references: readonly string[] }[];
}

/**
 * What no kept release has and what is older than the grace period. A build that has been pushed but whose
 * release is not written yet is younger than that.
 */
export function planGarbage(o: {
  manifests: readonly ObservedManifest[];
  images: readonly ObservedImage[];
  /** Digests that stay, whatever their age and repository. */
  keep: ReadonlySet<string>;
  now: number;
  graceMs: number;
}): GarbagePlan {
  const isOld = (madeAt: number | undefined) => madeAt !== undefined && madeAt <= o.now - o.graceMs;
  return {
    manifests: o.manifests
      .filter((manifest) => !o.keep.has(manifest.digest) && isOld(manifest.madeAt))
      .map(({ repository, digest }) => ({ repository, digest })),
    images: o.images
      .filter(
        (image) => isOld(image.madeAt) && !image.repoDigests.some((one) => o.keep.has(imageDigest(one))),
      )
      .map(({ id, tags, repoDigests }) => ({
        id,
        references: tags.length + repoDigests.length === 0 ? [id] : [...tags, ...repoDigests],
      })),
  };
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Tags are build ids, whose first ten characters are the time (`newId`). */
export function timeOfTag(tag: string): number | undefined {
  const head = tag.slice(0, 10);
  if (tag.length < 20 || [...head].some((char) => !ALPHABET.includes(char))) return undefined;
  return [...head].reduce((time, char) => time * 32 + ALPHABET.indexOf(char), 0);
}
