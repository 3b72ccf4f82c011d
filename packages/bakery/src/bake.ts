import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import { buildFromDockerfile } from './build.ts';
import { type ContextEntry, writeTar } from './context.ts';
import { bakeDebian } from './debian.ts';
import { SOURCE_DATE_EPOCH } from './epoch.ts';
import type { HostSettings } from './host.ts';
import { type BakeStep, findBaked, type ObservedImage, planBake } from './plan.ts';
import { type HashedRecipe, type ImageName, imageLabel, imageReference } from './recipe.ts';
import { planSweep } from './sweep.ts';

export interface BakeOptions {
  readonly engine: Engine;
  readonly host: HostSettings;
  readonly recipes: readonly HashedRecipe[];
  readonly wanted: readonly ImageName[];
  readonly signal: AbortSignal;
  /** Called as each image begins, says something, and ends. */
  readonly onProgress: (progress: BakeProgress) => void;
  /** Images baked at the same time. */
  readonly concurrency?: number;
}

export interface BakeProgress {
  readonly image: ImageName;
  /** A warning says what came differently than wished, and belongs where it is not overwritten. */
  readonly kind: 'begun' | 'line' | 'warning' | 'done';
  readonly text: string;
  /** How many of all steps have ended. */
  readonly done: number;
  readonly of: number;
}

export interface BakedImage {
  readonly name: ImageName;
  /** By recipe: names exactly this content. */
  readonly reference: string;
  readonly id: string;
  readonly layers: readonly string[];
  readonly bytes: number;
}

/** Makes what is absent and gives all wanted images. Does nothing when all are there. */
export async function bakeImages(o: BakeOptions): Promise<BakedImage[]> {
  const steps = planBake(await observeImages(o.engine, o.signal), o.recipes, o.wanted);
  await carryOut(steps, o);
  const observed = await observeImages(o.engine, o.signal);
  return Promise.all(
    o.wanted.map(async (name) => {
      const recipe = o.recipes.find((each) => each.name === name)!;
      const image = findBaked(observed, recipe);
      if (image === undefined)
        throw new Error(`${imageReference(name, recipe.hash)} was baked but is not there`);
      const facts = await o.engine.inspectImage(image.id, { signal: o.signal });
      return {
        name,
        reference: imageReference(name, recipe.hash),
        id: image.id,
        layers: facts.RootFS.Layers,
        bytes: facts.Size,
      };
    }),
  );
}

/** Images of the bakery that the engine has. */
export async function observeImages(engine: Engine, signal: AbortSignal): Promise<ObservedImage[]> {
  const images = await engine.listImages({ filters: { label: [imageLabel.recipe] }, signal });
  return images.map((image) => ({ id: image.Id, tags: image.RepoTags ?? [], labels: image.Labels ?? {} }));
}

/** Removes what `planSweep` names. What turns out to be in use stays: the engine knows best. */
export async function sweepImages(
  engine: Engine,
  o: { recipes: readonly HashedRecipe[]; nowMs: number; signal: AbortSignal },
): Promise<number> {
  const [images, containers] = await Promise.all([
    engine.listImages({ filters: { label: [imageLabel.recipe] }, signal: o.signal }),
    engine.listContainers({ all: true, signal: o.signal }),
  ]);
  const names = planSweep({
    observed: images.map((image) => ({
      id: image.Id,
      tags: (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      labels: image.Labels ?? {},
      createdMs: image.Created * 1000,
    })),
    recipes: o.recipes,
    usedIds: new Set(containers.map((container) => container.ImageID)),
    nowMs: o.nowMs,
  });
  let removed = 0;
  for (const name of names)
    try {
      await engine.removeImage(name, { signal: o.signal });
      removed++;
    } catch (cause) {
      if (!isConflict(cause) && !isAbsent(cause)) throw cause;
    }
  return removed;
}

async function carryOut(steps: readonly BakeStep[], o: BakeOptions): Promise<void> {
  if (steps.length === 0) return;
  const workDir = await mkdtemp(join(tmpdir(), 'berth-bakery-'));
  const failed = new AbortController();
  const signal = AbortSignal.any([o.signal, failed.signal]);
  const places = new Places(o.concurrency ?? 3);
  const running = new Map<ImageName, Promise<void>>();
  let done = 0;
  const tell = (image: ImageName, kind: BakeProgress['kind'], text: string): void =>
    o.onProgress({ image, kind, text, done, of: steps.length });
  try {
    for (const step of steps) {
      const { name, parent } = step.recipe;
      const ownDir = join(workDir, name);
      // What a build needs is fetched while its parent is still being made.
      const staged = step.kind === 'bake' ? stage(step.recipe, ownDir, signal) : Promise.resolve([]);
      staged.catch((cause) => failed.abort(cause));
      const run = async (): Promise<void> => {
        if (parent !== undefined) await running.get(parent);
        using _place = await places.take();
        signal.throwIfAborted();
        tell(name, 'begun', step.kind === 'bake' ? 'baking' : 'tagging');
        if (step.kind === 'bake')
          await bakeOne(step.recipe, await staged, { ...o, signal }, ownDir, (kind, text) =>
            tell(name, kind, text),
          );
        const id = step.kind === 'tag' ? step.imageId : imageReference(name, step.recipe.hash);
        await o.engine.tagImage(id, `berth/${name}`, 'latest', { signal });
        done++;
        tell(name, 'done', step.kind === 'bake' ? 'baked' : 'tagged');
      };
      const promise = run();
      // Each failure is thrown below, once; children of a failed parent end with the same cause.
      promise.catch((cause) => failed.abort(cause));
      running.set(name, promise);
    }
    const results = await Promise.allSettled(running.values());
    for (const result of results) if (result.status === 'rejected') throw failed.signal.reason;
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function stage(
  recipe: HashedRecipe,
  workDir: string,
  signal: AbortSignal,
): Promise<readonly ContextEntry[]> {
  await mkdir(workDir, { recursive: true });
  return (await recipe.context?.(workDir, signal)) ?? [];
}

async function bakeOne(
  recipe: HashedRecipe,
  staged: readonly ContextEntry[],
  o: BakeOptions,
  workDir: string,
  say: (kind: 'line' | 'warning', text: string) => void,
): Promise<void> {
  const { engine, signal } = o;
  const onLine = (line: string): void => say('line', line);
  if (recipe.dockerfile === undefined || recipe.parent === undefined) {
    await bakeDebian({
      ...{ engine, recipe, workDir, signal, onLine },
      mirror: o.host.mirror.main,
      baseRegistry: o.host.baseRegistry,
      onWarning: (text) => say('warning', text),
    });
    return;
  }
  const parent = o.recipes.find((each) => each.name === recipe.parent)!;
  const about = `usr/share/berth/${recipe.name}`;
  const rootfs = join(workDir, 'rootfs.tar');
  await writeTar(rootfs, [
    ...staged,
    { path: `${about}/Dockerfile`, text: recipe.dockerfile },
    {
      path: `${about}/recipe`,
      text: `${recipe.hash}\nparent ${recipe.parent} ${parent.hash}\n${await originOf(parent, o)}`,
    },
  ]);
  await buildFromDockerfile({
    engine,
    dockerfile: recipe.dockerfile,
    entries: [{ path: 'rootfs.tar', file: rootfs }],
    tag: imageReference(recipe.name, recipe.hash),
    labels: { [imageLabel.image]: recipe.name, [imageLabel.recipe]: recipe.hash },
    buildArgs: {
      ...o.host.proxies,
      PARENT: imageReference(parent.name, parent.hash),
      SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH),
    },
    signal,
    onLine,
  });
}

/** Of an image that stands on the bare distribution: where that came from, and which it was. */
async function originOf(parent: HashedRecipe, { engine, signal }: BakeOptions): Promise<string> {
  if (parent.parent !== undefined) return '';
  const { Config } = await engine.inspectImage(imageReference(parent.name, parent.hash), { signal });
  const { [imageLabel.source]: source, [imageLabel.digest]: digest } = Config.Labels ?? {};
  return `from ${source ?? 'elsewhere'} ${digest ?? 'of unknown digest'}\n`;
}

/** So many at the same time, first come first served. */
class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  constructor(count: number) {
    this.#free = count;
  }
  async take(): Promise<Disposable> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return {
      [Symbol.dispose]: () => {
        const next = this.#waiting.shift();
        if (next === undefined) this.#free++;
        else next();
      },
    };
  }
}
