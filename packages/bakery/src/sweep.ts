import { type HashedRecipe, imageLabel } from './recipe.ts';

/** An image of the bakery, with what tells whether it may go. */
export interface SweepableImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
}

/** Another platform on this engine may be about to start a container of what it has just baked. */
const AGE_MIN_MS = 60 * 60_000;

/**
 * References and ids to remove: images of recipes that no longer are, that no container uses and that nobody
 * has just baked. Each checkout leaves some; without this they fill the disk.
 */
export function planSweep(o: {
  observed: readonly SweepableImage[];
  recipes: readonly HashedRecipe[];
  /** Ids of images that some container uses, running or not. */
  usedIds: ReadonlySet<string>;
  nowMs: number;
}): string[] {
  const wanted = new Set(o.recipes.map((recipe) => recipe.hash));
  return o.observed.flatMap((image) => {
    const { [imageLabel.recipe]: hash, [imageLabel.image]: name } = image.labels;
    if (hash === undefined || name === undefined || wanted.has(hash)) return [];
    if (o.usedIds.has(image.id) || o.nowMs - image.createdMs < AGE_MIN_MS) return [];
    // Somebody's own tag keeps an image, and so does being the latest.
    const own = `berth/${name}:${hash}`;
    if (image.tags.length === 0) return [image.id];
    return image.tags.every((tag) => tag === own) ? [own] : [];
  });
}
