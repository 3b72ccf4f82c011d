import type { Mount } from './service.ts';

/** Files of a task whose lines belong to its log, as a label of its containers carries them. */
export interface LogFile {
  /** An absolute path, in which `*` and `?` stand for names. */
  readonly pattern: string;
  /** What is there already when the task starts is of tasks before it: it lies on a volume. */
  readonly isKept: boolean;
}

export const logFilesMax = 20;
/** No white space and nothing a shell would read as more than a pattern. */
export const logFilePattern = /^\/[A-Za-z0-9._*?/@+-]+$/;

/** Pure. */
export const logFilesOf = (patterns: readonly string[], mounts: readonly Mount[]): LogFile[] =>
  patterns.map((pattern) => ({
    pattern,
    isKept: mounts.some(({ kind, target }) => kind === 'volume' && pattern.startsWith(`${target}/`)),
  }));

export const printLogFiles = (files: readonly LogFile[]): string => JSON.stringify(files);

/** The label read back; what is no pattern is left out, as anybody may have written it. */
export function parseLogFiles(text: string | undefined): readonly LogFile[] {
  if (text === undefined) return [];
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return [];
  }
  if (!Array.isArray(given)) return [];
  return given
    .slice(0, logFilesMax)
    .flatMap((one: { pattern?: unknown; isKept?: unknown } | null) =>
      typeof one?.pattern === 'string' && logFilePattern.test(one.pattern)
        ? [{ pattern: one.pattern, isKept: one.isKept === true }]
        : [],
    );
}
