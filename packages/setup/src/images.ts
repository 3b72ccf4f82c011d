import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BakedImage, type BakeProgress, bakeImages, sweepImages } from '@berth/bakery/bake';
import { environment } from '@berth/bakery/environment';
import { readHostSettings } from '@berth/bakery/host';
import { type HashedRecipe, hashRecipes, type ImageName } from '@berth/bakery/recipe';
import { readRecipes } from '@berth/bakery/recipes';
import type { Engine } from '@berth/engine/engine';

/** The checkout this runs from. */
export const repositoryDir = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Images a platform needs. `debian` comes with them where something must be baked. */
export const platformImages = ['base', 'node', 'static', 'edge', 'registry', 'volume', 'system'] as const;

export interface ImagesOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BakeProgress) => void;
  readonly wanted?: readonly ImageName[];
  /** Where Debian is pulled from, when not Docker Hub. */
  readonly baseRegistry?: string | undefined;
}

/** Recipes for this machine and checkout, with their hashes. */
export async function readHashedRecipes(baseRegistry?: string): Promise<{
  recipes: HashedRecipe[];
  host: Awaited<ReturnType<typeof readHostSettings>>;
}> {
  const host = { ...(await readHostSettings(environment())), baseRegistry };
  const recipes = await readRecipes({
    host,
    repositoryDir,
    nodeFile: process.execPath,
    nodeVersion: process.version,
    arch: process.arch,
  });
  return { recipes: hashRecipes(recipes), host };
}

/** Bakes what is absent. `up` and the tests both come through here. */
export async function prepareImages(o: ImagesOptions): Promise<BakedImage[]> {
  const { recipes, host } = await readHashedRecipes(o.baseRegistry);
  return bakeImages({
    engine: o.engine,
    host,
    recipes,
    wanted: o.wanted ?? platformImages,
    signal: o.signal,
    onProgress: o.onProgress ?? (() => {}),
  });
}

/** Images of earlier checkouts that nothing uses any more. Gives how many went. */
export async function sweepOldImages(
  engine: Engine,
  o: { baseRegistry: string | undefined; nowMs: number; signal: AbortSignal },
): Promise<number> {
  const { recipes } = await readHashedRecipes(o.baseRegistry);
  return sweepImages(engine, { recipes, nowMs: o.nowMs, signal: o.signal });
}
