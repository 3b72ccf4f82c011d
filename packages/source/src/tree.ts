/**
 * What recognition sees of a source: names and sizes of its files, and the text of small ones. Paths are
 * relative, with `/`, sorted, and hold no directories.
 */
export interface SourceTree {
  readonly files: readonly TreeFile[];
  /** Text of a file of at most `readBytesMax`; undefined when there is none or it is larger. */
  read(path: string): Promise<string | undefined>;
}

export interface TreeFile {
  readonly path: string;
  readonly size: number;
}

/** Manifests and entry files are far smaller; a larger file tells recognition nothing. */
export const readBytesMax = 512 * 1024;

/** A tree of given texts. */
export function memoryTree(texts: Readonly<Record<string, string>>): SourceTree {
  return {
    files: Object.entries(texts)
      .map(([path, text]) => ({ path, size: Buffer.byteLength(text) }))
      .sort((a, b) => comparePaths(a.path, b.path)),
    read: async (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
  };
}

/** Byte order, the same on every machine and locale. */
export function comparePaths(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

export function hasFile(tree: SourceTree, path: string): boolean {
  return tree.files.some((file) => file.path === path);
}
