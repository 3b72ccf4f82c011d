import { posix } from 'node:path';
import { isJob, type ServiceSpec } from '@berth/domain/service';

/**
 * What an image keeps data in and its service mounts nothing at. Docker makes a volume without a name for each
 * container; Compose takes it along to the next one, Swarm does not. A mount above the path does not help: only
 * one at the very path stands in its place. Pure.
 */
export function listLostPaths(
  spec: Pick<ServiceSpec, 'name' | 'mode' | 'mounts'>,
  volumes: readonly string[] = [],
): string[] {
  // What runs to its end has nothing to keep there.
  if (isJob(spec.mode)) return [];
  const mounted = new Set(spec.mounts.map(({ target }) => bare(target)));
  return [...new Set(volumes.map(bare))]
    .filter((path) => !mounted.has(path))
    .map(
      (path) =>
        `${spec.name}: the image keeps data in ${path}, and nothing is mounted there: each task begins with an empty one. Name a volume: \`volumes: [${spec.name}-data:${path}]\``,
    );
}

const bare = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, '');
