import { refuse } from '@berth/contract/errors';
import type { Secret } from '@berth/runtime/secret';
import type { Desired, DesiredContainer } from './desired.ts';
import { type DirectorySpec, type FileSpec, isAsWanted, type ObservedPath } from './files.ts';

/** A container of the platform, as the engine has it. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  readonly specHash: string | undefined;
  /** Has the platform's label. */
  readonly isOwn: boolean;
}

/** What of this machine decides what `up` must still do to files, networks and containers. */
export interface Observed {
  readonly paths: ReadonlyMap<string, ObservedPath>;
  readonly networks: readonly string[];
  readonly containers: readonly ObservedContainer[];
}

export type UpStep =
  | { readonly kind: 'make-directory'; readonly directory: DirectorySpec }
  /** Before the hash of the token is written: a crash in between costs nothing but another token. */
  | { readonly kind: 'save-token'; readonly token: Secret }
  | { readonly kind: 'write-file'; readonly file: FileSpec }
  | {
      readonly kind: 'create-network';
      readonly name: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'remove-container';
      readonly id: string;
      readonly name: string;
    }
  | { readonly kind: 'create-container'; readonly container: DesiredContainer }
  | { readonly kind: 'start-container'; readonly name: string };

/**
 * Steps from `observed` to `desired`, in order. Nothing to do gives no steps. A container is replaced when the
 * hash on it is another one, or when a file it reads is about to change (then its hash differs as well).
 */
export function planUp(observed: Observed, desired: Desired, newToken: Secret | undefined): UpStep[] {
  const steps: UpStep[] = [];
  for (const directory of desired.directories)
    if (!isAsWanted(directory, observed.paths.get(directory.path)))
      steps.push({ kind: 'make-directory', directory });
  if (newToken !== undefined) steps.push({ kind: 'save-token', token: newToken });
  for (const file of desired.files)
    if (!isAsWanted(file, observed.paths.get(file.path))) steps.push({ kind: 'write-file', file });
  if (!observed.networks.includes(desired.network.name))
    steps.push({ kind: 'create-network', ...desired.network });
  for (const container of desired.containers) {
    const found = observed.containers.find((each) => each.name === container.name);
    if (found?.specHash === container.specHash) {
      if (!found.isRunning) steps.push({ kind: 'start-container', name: container.name });
      continue;
    }
    if (found?.isOwn === false)
      throw refuse(
        'conflict',
        `the container ${found.name} is not Berth's and has the name of one that is: rename it (\`docker rename\`) or remove it, and run \`berth up\` again`,
      );
    if (found !== undefined) steps.push({ kind: 'remove-container', id: found.id, name: found.name });
    steps.push({ kind: 'create-container', container }, { kind: 'start-container', name: container.name });
  }
  return steps;
}
