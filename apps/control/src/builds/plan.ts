import { createHash } from 'node:crypto';
import { label } from '@berth/domain/label';
import type { BuildOptions } from '@berth/domain/release';
import type { Query } from '@berth/engine/engine';
import type { Builder } from './ports.ts';

/**
 * BuildKit unless the engine says it prefers the classic builder. Engines that say nothing (20.10 without
 * the setting) have BuildKit all the same: it takes the context as the request's body, without a session.
 */
export function chooseBuilder(builderVersion: string | undefined): Builder {
  return builderVersion === '1' ? 'classic' : 'buildkit';
}

export interface BuildPlan {
  readonly builder: Builder;
  readonly query: Query;
}

export interface BuildCaps {
  readonly memoryBytesMax: number;
  readonly cpusMax: number;
}

/** Microseconds; the kernel's usual period. */
const cpuPeriod = 100_000;
/** Tasks have 1024: where they want the processor, a build gets little of it. */
const cpuShares = 256;

/**
 * The engine's parameters. The classic builder takes caps from them; BuildKit's containers get theirs from
 * the agent, which caps the cgroup they run in. Labels name app and service but not the build: a label that
 * changed with each build would change the image.
 */
export function planBuild(o: {
  builder: Builder;
  id: string;
  tag: string;
  dockerfilePath: string;
  target: string | undefined;
  args: Readonly<Record<string, string>>;
  options?: BuildOptions | undefined;
  app: string;
  service: string;
  platform: string;
  caps: BuildCaps;
}): BuildPlan {
  const common: Query = {
    t: o.tag,
    dockerfile: o.dockerfilePath,
    target: o.target,
    buildargs: JSON.stringify(o.args),
    ...(o.options?.isFresh === true ? { nocache: true } : {}),
    ...(o.options?.isOffline === true ? { networkmode: 'none' } : {}),
    ...(o.options?.extraHosts === undefined ? {} : { extrahosts: o.options.extraHosts }),
    labels: JSON.stringify({
      ...o.options?.labels,
      [label.platform]: o.platform,
      [label.app]: o.app,
      [label.service]: o.service,
    }),
  };
  if (o.builder === 'buildkit')
    return { builder: o.builder, query: { ...common, version: '2', buildid: o.id } };
  const { memoryBytesMax, cpusMax } = o.caps;
  return {
    builder: o.builder,
    query: {
      ...common,
      version: '1',
      rm: true,
      forcerm: true,
      memory: memoryBytesMax,
      // Equal to the memory: no swap.
      memswap: memoryBytesMax,
      cpuperiod: cpuPeriod,
      cpuquota: Math.round(cpusMax * cpuPeriod),
      cpushares: cpuShares,
    },
  };
}

/** What decides an image: equal keys, equal images. */
export function buildKey(o: {
  contextDigest: string;
  dockerfile: string;
  target: string | undefined;
  args: Readonly<Record<string, string>>;
  options?: BuildOptions | undefined;
  /** Image id by base. */
  bases: Readonly<Record<string, string>>;
  imageRepository: string;
  builder: Builder;
}): string {
  const fields = [
    o.contextDigest,
    o.dockerfile,
    o.target ?? '',
    Object.entries(o.args).sort(),
    Object.entries(o.bases).sort(),
    o.imageRepository,
    o.builder,
    ...(o.options === undefined ? [] : [o.options]),
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** What decides whether an image that was not built here is in the registry already. */
export const keptKey = (imageRepository: string, imageId: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['kept', imageRepository, imageId]))
    .digest('hex');
