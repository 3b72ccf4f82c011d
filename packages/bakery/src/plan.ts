import { type HashedRecipe, type ImageName, imageLabel, imageReference } from './recipe.ts';

/** An image of the engine, as far as the bakery cares. */
export interface ObservedImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export type BakeStep =
  | { readonly kind: 'bake'; readonly recipe: HashedRecipe }
  /** Baked before, but `latest` is another one. */
  | { readonly kind: 'tag'; readonly recipe: HashedRecipe; readonly imageId: string };

/**
 * What must be done so that every recipe in `wanted` has its image, in an order in which parents come first.
 * Parents that are only needed to bake something are baked when absent, and otherwise left alone.
 */
export function planBake(
  observed: readonly ObservedImage[],
  recipes: readonly HashedRecipe[],
  wanted: readonly ImageName[],
): BakeStep[] {
  const byName = new Map(recipes.map((recipe) => [recipe.name, recipe]));
  const steps = new Map<ImageName, BakeStep>();
  const visit = (name: ImageName): void => {
    const recipe = byName.get(name);
    if (recipe === undefined) throw new Error(`there is no recipe for ${name}`);
    if (steps.has(name)) return;
    const image = findBaked(observed, recipe);
    if (image === undefined) {
      if (recipe.parent !== undefined) visit(recipe.parent);
      steps.set(name, { kind: 'bake', recipe });
    } else if (!image.tags.includes(imageReference(name)))
      steps.set(name, { kind: 'tag', recipe, imageId: image.id });
  };
  for (const name of wanted) visit(name);
  return recipes.flatMap((recipe) => steps.get(recipe.name) ?? []);
}

/** The image that was baked by exactly this recipe. */
export function findBaked(
  observed: readonly ObservedImage[],
  recipe: HashedRecipe,
): ObservedImage | undefined {
  const reference = imageReference(recipe.name, recipe.hash);
  return observed.find(
    (image) => image.tags.includes(reference) && image.labels[imageLabel.recipe] === recipe.hash,
  );
}
