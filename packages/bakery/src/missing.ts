/** The path, or something above it, is not there. */
export const isMissing = (cause: unknown): boolean =>
  cause instanceof Error &&
  ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
