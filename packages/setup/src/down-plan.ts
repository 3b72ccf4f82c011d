import type { Role } from '@berth/domain/label';

/** Objects with the platform's label. */
export interface Labelled {
  readonly containers: readonly { id: string; name: string; role: Role | undefined; isRunning: boolean }[];
  /** Of services, also of those that are gone: Swarm leaves the ended tasks of jobs. */
  readonly taskContainers: number;
  readonly services: readonly { id: string; name: string; replicas: number }[];
  readonly networks: readonly { id: string; name: string }[];
  readonly volumes: readonly string[];
  readonly secrets: readonly { id: string; name: string }[];
  readonly configs: readonly { id: string; name: string }[];
  readonly images: readonly { id: string; tags: readonly string[] }[];
  /** The data directory, when it is there and is this platform's. */
  readonly dataDir: string | undefined;
}

export type DownStep =
  | { readonly kind: 'remove-container'; readonly id: string; readonly name: string }
  /** Its replicas are remembered on it; the next `up` gives them back. */
  | { readonly kind: 'pause-service'; readonly id: string; readonly name: string }
  | { readonly kind: 'remove-service'; readonly id: string; readonly name: string }
  /** Containers of removed services, which Swarm stops in its own time. */
  | { readonly kind: 'sweep-tasks'; readonly name: string }
  | { readonly kind: 'remove-network'; readonly id: string; readonly name: string }
  | { readonly kind: 'remove-volume'; readonly name: string }
  | { readonly kind: 'remove-secret'; readonly id: string; readonly name: string }
  | { readonly kind: 'remove-config'; readonly id: string; readonly name: string }
  | { readonly kind: 'remove-image'; readonly id: string; readonly name: string }
  /** Disks of size-limited volumes, which would hold their files on the disk after all. */
  | { readonly kind: 'detach-disks'; readonly path: string }
  | { readonly kind: 'remove-data'; readonly path: string };

/** The agent first, so that nothing makes the edge again; the edge before what it serves. */
const order: readonly (Role | undefined)[] = ['agent', 'control', 'edge', 'registry', undefined];

/**
 * Stopping keeps everything a platform is made of: definitions of services, data, images. Purging removes all
 * that carries its label and its data directory, and nothing else: not the engine, not the Swarm, not images
 * that other platforms share.
 */
export function planDown(found: Labelled, o: { isPurge: boolean }): DownStep[] {
  const containers = order.flatMap((role) => found.containers.filter((each) => each.role === role));
  const stop: DownStep[] = containers
    .filter((each) => o.isPurge || each.role !== undefined)
    .map(({ id, name }) => ({ kind: 'remove-container', id, name }));
  if (!o.isPurge)
    return [
      ...stop,
      ...found.services
        .filter((each) => each.replicas > 0)
        .map(({ id, name }) => ({ kind: 'pause-service', id, name }) as const),
    ];
  return [
    ...found.services.map(({ id, name }) => ({ kind: 'remove-service', id, name }) as const),
    ...stop,
    ...(found.services.length + found.taskContainers > 0
      ? [{ kind: 'sweep-tasks', name: 'of all apps' } as const]
      : []),
    ...found.networks.map(({ id, name }) => ({ kind: 'remove-network', id, name }) as const),
    ...found.volumes.map((name) => ({ kind: 'remove-volume', name }) as const),
    ...found.secrets.map(({ id, name }) => ({ kind: 'remove-secret', id, name }) as const),
    ...found.configs.map(({ id, name }) => ({ kind: 'remove-config', id, name }) as const),
    ...found.images.map(({ id, tags }) => ({ kind: 'remove-image', id, name: tags[0] ?? id }) as const),
    ...(found.dataDir === undefined
      ? []
      : [
          { kind: 'detach-disks', path: found.dataDir } as const,
          { kind: 'remove-data', path: found.dataDir } as const,
        ]),
  ];
}

/**
 * Names that releases gave to images which are not Berth's, to push them: `127.0.0.1:5000/shop/web:01m87m8cdh3zjxfgac4c`.
 * The image itself keeps its other names.
 */
export function findReleaseTags(
  images: readonly { readonly RepoTags?: readonly string[] | null }[],
  registryPort: number,
): string[] {
  const form = new RegExp(`^127\\.0\\.0\\.1:${registryPort}/[a-z0-9-]+/[a-z0-9._-]+:[0-9a-z]{20}$`);
  return images.flatMap(({ RepoTags }) => (RepoTags ?? []).filter((tag) => form.test(tag)));
}
