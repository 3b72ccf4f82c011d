export type FileKind = 'config' | 'secret';

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
