import { fileFor } from '@berth/domain/file';
import type { ReleaseFile } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import type { ContainerCreate } from '@berth/engine/types';
import type { MemoryFile, NodeLink } from '../nodes/ports.ts';

export interface OneOffFile extends MemoryFile {
  readonly target: string;
}

/** Configs and secrets of a service, for a container of its own. Pure. */
export const oneOffFiles = (spec: ServiceSpec, files: readonly ReleaseFile[]): OneOffFile[] =>
  spec.files.map((grant) => {
    const file = fileFor(files, spec.name, { kind: grant.kind, name: grant.source });
    if (file === undefined)
      throw new Error(`the release lacks the ${grant.kind} ${grant.source} of ${spec.name}`);
    const { target, mode } = grant;
    return { target, base64: file.base64, uid: Number(grant.uid), gid: Number(grant.gid), mode };
  });

/**
 * Puts the files into the memory of the container's node and mounts them: only Swarm services can be given
 * Swarm's secrets. `takeFiles` removes them when the container is gone.
 */
export async function giveFiles(
  link: Pick<NodeLink, 'memory'>,
  container: string,
  { create, files }: { create: ContainerCreate; files: readonly OneOffFile[] },
  signal?: AbortSignal,
): Promise<ContainerCreate> {
  if (files.length === 0) return create;
  const paths = await link.memory.put(
    container,
    files.map(({ target: _target, ...file }) => file),
    signal,
  );
  const mounts = files.map(({ target }, index) => ({
    Type: 'bind',
    Source: paths[index],
    Target: target,
    ReadOnly: true,
  }));
  const before = (create.HostConfig?.Mounts ?? []) as readonly unknown[];
  return { ...create, HostConfig: { ...create.HostConfig, Mounts: [...before, ...mounts] } };
}

export async function takeFiles(
  link: Pick<NodeLink, 'memory'>,
  container: string,
  files: readonly OneOffFile[],
  signal?: AbortSignal,
): Promise<void> {
  if (files.length > 0) await link.memory.remove(container, signal);
}
