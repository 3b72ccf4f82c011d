import { relative } from 'node:path';
import type { BuildOptions, ImageSource } from '@berth/domain/release';
import type { ComposeBuild, ComposeModel } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { isRemoteContext } from './paths.ts';
import { labelFaults } from './translate-labels.ts';

/** Where the image of a service comes from. `directory`: what build contexts are inside of. */
export function imageOf(
  context: { readonly model: ComposeModel; readonly name: string; readonly directory: string | undefined },
  faults: Fault[],
): ImageSource {
  const service = context.model.services[context.name]!;
  if (service.build === undefined) return { kind: 'image', reference: service.image ?? '' };
  const { build } = service;
  return {
    kind: 'build',
    context: contextOf(context, build, faults),
    // `Dockerfile` is what Compose fills in: then Berth looks for one, and generates one if there is none.
    ...(build.dockerfile === undefined || build.dockerfile === 'Dockerfile'
      ? {}
      : { dockerfile: build.dockerfile }),
    ...(build.dockerfile_inline ? { dockerfileText: build.dockerfile_inline } : {}),
    ...(build.target ? { target: build.target } : {}),
    args: Object.fromEntries(
      Object.entries(build.args ?? {}).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
    ...optionsOf(context.name, build, faults),
  };
}

function optionsOf(name: string, build: ComposeBuild, faults: Fault[]): { options?: BuildOptions } {
  const path = ['services', name, 'build'];
  const labels = (build.labels ?? {}) as Readonly<Record<string, string>>;
  faults.push(...labelFaults(labels, [...path, 'labels']));
  const network = (build.network as string | undefined) || 'default';
  if (network !== 'default' && network !== 'none')
    faults.push({
      path: [...path, 'network'],
      message: `a build reaches the outside or nothing, not the network ${network}`,
      suggestion: 'use `default` or `none`',
    });
  const extraHosts = (build.extra_hosts ?? []) as readonly string[];
  const options: BuildOptions = {
    ...(Object.keys(labels).length === 0 ? {} : { labels: { ...labels } }),
    ...(network === 'none' ? { isOffline: true } : {}),
    ...(build.no_cache === true ? { isFresh: true } : {}),
    ...(extraHosts.length === 0 ? {} : { extraHosts: extraHosts.map((host) => host.replace('=', ':')) }),
  };
  return Object.keys(options).length === 0 ? {} : { options };
}

function contextOf(
  { name, directory }: { readonly name: string; readonly directory: string | undefined },
  build: ComposeBuild,
  faults: Fault[],
): string {
  const context = build.context ?? '.';
  const path = ['services', name, 'build', 'context'];
  if (isRemoteContext(context)) {
    faults.push({
      path,
      message: `the build context ${context} is not part of the source`,
      suggestion: 'clone it into the project',
    });
    return context;
  }
  if (directory === undefined || !context.startsWith('/')) return context;
  const inside = relative(directory, context);
  if (inside === '..' || inside.startsWith('../')) {
    faults.push({
      path,
      message: `the build context ${inside} is outside the source`,
      suggestion: 'move the manifest up, or the context inside',
    });
  }
  return inside === '' ? '.' : inside;
}
