import type { ReleaseFile } from './release.ts';
import type { ServiceSpec } from './service.ts';

export type FileKind = 'config' | 'secret';

type Named = Pick<ReleaseFile, 'kind' | 'name' | 'service'>;

/** Of the configs and secrets of a release the one a service gets under a name: its own, else that of all. */
export const fileFor = <T extends Named>(
  files: readonly T[],
  service: string,
  wanted: Pick<Named, 'kind' | 'name'>,
): T | undefined => {
  const found = files.filter(({ kind, name }) => kind === wanted.kind && name === wanted.name);
  return found.find((file) => file.service === service) ?? found.find((file) => file.service === undefined);
};

/** The names of the manifest a service gets, as files or as variables; each once. */
export function fileNamesOf(
  spec: Pick<ServiceSpec, 'files' | 'secretVariables'>,
): readonly Pick<Named, 'kind' | 'name'>[] {
  const names = [
    ...spec.files.map(({ kind, source }) => ({ kind, name: source })),
    ...Object.values(spec.secretVariables).map((name) => ({ kind: 'secret' as const, name })),
  ];
  return [...new Map(names.map((one) => [`${one.kind} ${one.name}`, one])).values()];
}

/** What a release has for one service. */
export const filesFor = <T extends Named>(
  files: readonly T[],
  spec: Pick<ServiceSpec, 'name' | 'files' | 'secretVariables'>,
): T[] =>
  fileNamesOf(spec).flatMap((wanted) => {
    const file = fileFor(files, spec.name, wanted);
    return file === undefined ? [] : [file];
  });

/** The most a config or secret may hold: what Swarm takes. */
export const fileBytesMax = 500 * 1024 - 1;

/** Content Swarm does not take: nothing, or too much. */
export function findSizeFault(
  kind: FileKind,
  name: string,
  bytes: number,
): { readonly message: string; readonly suggestion: string } | undefined {
  if (bytes === 0) {
    return { message: `${kind} \`${name}\` is empty`, suggestion: 'the engine keeps none without content' };
  }
  if (bytes <= fileBytesMax) return undefined;
  return {
    message: `${kind} \`${name}\` has ${bytes} bytes; the most is ${fileBytesMax} (500 KB)`,
    suggestion: 'put what is larger into the image or on a volume',
  };
}
