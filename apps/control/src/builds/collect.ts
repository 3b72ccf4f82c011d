import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import { imageDigest } from '@berth/domain/release';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import type { ContainerInspect } from '@berth/engine/types';
import { type ObservedImage, type ObservedManifest, planGarbage, timeOfTag } from './garbage.ts';
import type { GarbageReport } from './ports.ts';
import type { BuildRecords } from './records.ts';
import type { RegistryClient } from './registry-client.ts';

/** A deployment that has pushed its image has written its release long before. */
export const defaultGraceMs = 24 * 60 * 60_000;

export interface CollectOptions {
  readonly keep: ReadonlySet<string>;
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
  readonly engine: Engine;
  readonly client: RegistryClient;
  readonly records: BuildRecords;
  readonly registryAddress: string;
  readonly platform: string;
  readonly now: number;
  readonly log: { info(facts: object, text: string): void };
}

/**
 * Looks, plans, then removes: manifests by the registry's API, layers nothing refers to by the registry's own
 * collector, run inside its container, and images of the engine. Nothing may be pushed meanwhile: the caller
 * holds the queue of builds.
 */
export async function collectGarbage(o: CollectOptions): Promise<GarbageReport> {
  const { signal } = o;
  const usedAt = new Map<string, number>();
  for (const record of await o.records.list()) {
    const digest = imageDigest(record.image);
    usedAt.set(digest, Math.max(record.usedAt, usedAt.get(digest) ?? 0));
  }
  const manifests = await observeManifests(o.client, usedAt, signal);
  const images = await observeImages(o, usedAt);
  const plan = planGarbage({
    manifests,
    images,
    keep: o.keep,
    now: o.now,
    graceMs: o.graceMs ?? defaultGraceMs,
  });
  for (const { repository, digest } of plan.manifests)
    await o.client.deleteManifest(repository, digest, signal);
  if (plan.manifests.length > 0) await collectLayers(o);
  await forgetRecords(o, new Set(plan.manifests.map(({ digest }) => digest)));
  let imagesInUse = 0;
  for (const image of plan.images) if (!(await removeImage(o.engine, image, signal))) imagesInUse += 1;
  const report = {
    manifestsDeleted: plan.manifests.length,
    manifestsKept: manifests.length - plan.manifests.length,
    imagesRemoved: plan.images.length - imagesInUse,
    imagesInUse,
    cacheBytesFreed: await pruneCache(o.engine, signal),
  };
  o.log.info(report, 'images no kept release has were removed');
  return report;
}

async function observeManifests(
  client: RegistryClient,
  usedAt: ReadonlyMap<string, number>,
  signal: AbortSignal | undefined,
): Promise<readonly ObservedManifest[]> {
  const found = new Map<string, { repository: string; digest: string; tags: string[] }>();
  for (const repository of await client.listRepositories(signal))
    for (const tag of await client.listTags(repository, signal)) {
      const digest = await client.findDigest(repository, tag, signal);
      if (digest === undefined) continue;
      const key = `${repository}@${digest}`;
      const known = found.get(key) ?? { repository, digest, tags: [] };
      known.tags.push(tag);
      found.set(key, known);
    }
  return [...found.values()].map((manifest) => {
    const times = manifest.tags.map(timeOfTag);
    const known = times.filter((time) => time !== undefined);
    // A tag somebody else made says nothing of the age: such a manifest is left alone.
    const madeAt = Math.max(...known, usedAt.get(manifest.digest) ?? 0);
    return { ...manifest, madeAt: known.length < times.length ? undefined : madeAt };
  });
}

/**
 * Images of the engine that are ours: built here, or kept under a name of our registry. Of an image somebody
 * else made only our names are seen, and so only they are ever removed.
 */
async function observeImages(
  o: Pick<CollectOptions, 'engine' | 'platform' | 'registryAddress' | 'signal'>,
  usedAt: ReadonlyMap<string, number>,
): Promise<readonly ObservedImage[]> {
  const isOurs = (reference: string) => reference.startsWith(`${o.registryAddress}/`);
  return (await o.engine.listImages({ signal: o.signal })).flatMap((image) => {
    const isBuilt = image.Labels?.[label.platform] === o.platform && image.Labels[label.app] !== undefined;
    const tags = (image.RepoTags ?? []).filter(isOurs);
    const repoDigests = (image.RepoDigests ?? []).filter(isOurs);
    if (!isBuilt && tags.length + repoDigests.length === 0) return [];
    // A build served from the cache gives an image as old as the cache; its tag is as young as the build.
    const times = tags.flatMap((tag) => timeOfTag(tag.slice(tag.lastIndexOf(':') + 1)) ?? []);
    const uses = repoDigests.flatMap((reference) => usedAt.get(imageDigest(reference)) ?? []);
    return [{ id: image.Id, tags, repoDigests, madeAt: Math.max(image.Created * 1000, ...times, ...uses) }];
  });
}

/** Unused for two weeks, and beyond what makes the usual builds quick. */
const cacheUnused = '336h';
const cacheBytesKept = 10 * 1024 ** 3;

/** BuildKit's cache has no bound of its own on older engines. It holds nothing that cannot be made again. */
async function pruneCache(engine: Engine, signal: AbortSignal | undefined): Promise<number> {
  const { SpaceReclaimed } = await engine.json<{ SpaceReclaimed?: number }>('POST', '/build/prune', {
    query: { 'keep-storage': cacheBytesKept, filters: JSON.stringify({ until: [cacheUnused] }) },
    signal,
  });
  return SpaceReclaimed ?? 0;
}

/** False when a container still uses it. */
async function removeImage(
  engine: Engine,
  image: { readonly references: readonly string[] },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const reference of image.references) {
    try {
      await engine.removeImage(reference, { signal });
    } catch (cause) {
      if (isConflict(cause)) return false;
      if (!isAbsent(cause)) throw cause;
    }
  }
  return true;
}

async function forgetRecords(o: CollectOptions, deleted: ReadonlySet<string>): Promise<void> {
  for (const record of await o.records.list())
    if (deleted.has(imageDigest(record.image))) await o.records.remove(record.key);
}

/** The registry's own collector: it alone knows its storage. */
async function collectLayers({ engine, platform, signal }: CollectOptions): Promise<void> {
  const [registry] = await engine.listContainers({
    filters: { label: [`${label.role}=registry`, `${label.platform}=${platform}`] },
    signal,
  });
  if (registry === undefined)
    throw refuse('not_found', `There is no running registry container of the platform ${platform}.`);
  const command = collectorCommand(await engine.inspectContainer(registry.Id, { signal }));
  const { Id } = await engine.createExec(
    registry.Id,
    { Cmd: command, AttachStdout: true, AttachStderr: true },
    { signal },
  );
  const connection = await engine.startExec(Id, { tty: false, signal });
  const words: string[] = [];
  for await (const frame of demux(connection)) words.push(frame.data.toString('utf8'));
  const { ExitCode } = await engine.inspectExec(Id, { signal });
  if (ExitCode !== 0)
    throw refuse('engine_refused', `The registry's garbage collection ended with ${ExitCode}.`, {
      evidence: words.join('').trim().split('\n').slice(-10),
    });
}

/** The registry's program and configuration file, as it was started with them. */
function collectorCommand(container: ContainerInspect): string[] {
  const words = [...(container.Config.Entrypoint ?? []), ...(container.Config.Cmd ?? [])];
  const at = words.indexOf('serve');
  const [program, config] = [words[at - 1], words[at + 1]];
  if (at < 1 || program === undefined || config === undefined)
    throw new Error(`registry container ${container.Name}: no "serve CONFIG" in its command`);
  return [program, 'garbage-collect', config];
}
