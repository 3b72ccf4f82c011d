import { createHash } from 'node:crypto';
import type { ContextEntry } from './context.ts';

/** Images Berth makes. `debian` is the bare distribution under `base`; nothing else uses it. */
export const imageNames = [
  'debian',
  'base',
  'node',
  'static',
  'edge',
  'registry',
  'volume',
  'system',
] as const;
export type ImageName = (typeof imageNames)[number];

/** Labels on every image of the bakery. */
export const imageLabel = {
  image: 'berth.image',
  /** Hash of everything that decides what is in the image; equal hash, equal image. */
  recipe: 'berth.recipe',
  /** Where the distribution came from: `distribution` (mmdebstrap) or `registry`. */
  source: 'berth.source',
  /** What it was: the pulled image by digest, or the digest of the layer that mmdebstrap made. */
  digest: 'berth.digest',
} as const;

export interface Recipe {
  readonly name: ImageName;
  /** Baked first; its hash is part of this one's. */
  readonly parent?: ImageName;
  /** For all but `debian`: built by the engine. `FROM` is added. */
  readonly dockerfile?: string;
  /** Everything else that decides the content, in a few words each. */
  readonly inputs: readonly string[];
  /** Files of the build context, made only when the image is baked. */
  readonly context?: (workDir: string, signal: AbortSignal) => Promise<readonly ContextEntry[]>;
}

/** Raise when the bakery itself changes what comes out. */
const BAKERY_VERSION = 1;

export interface HashedRecipe extends Recipe {
  readonly hash: string;
}

/** Adds the hash of each recipe, over its text, inputs and parent. Parents must come first. */
export function hashRecipes(recipes: readonly Recipe[]): HashedRecipe[] {
  const hashes = new Map<ImageName, string>();
  return recipes.map((recipe) => {
    const parentHash = recipe.parent === undefined ? '' : hashes.get(recipe.parent);
    if (parentHash === undefined) throw new Error(`recipe ${recipe.name} comes before its parent`);
    const hash = createHash('sha256')
      .update(
        JSON.stringify([BAKERY_VERSION, recipe.name, parentHash, recipe.dockerfile ?? '', recipe.inputs]),
      )
      .digest('hex')
      .slice(0, 16);
    hashes.set(recipe.name, hash);
    return { ...recipe, hash };
  });
}

/** `berth/node:3f…` for exactly this recipe; `berth/node:latest` for whoever builds on it. */
export const imageReference = (name: ImageName, tag = 'latest'): string => `berth/${name}:${tag}`;
