import { isAbsolute, join, resolve } from 'node:path';
import { joinPath } from './paths.ts';

/** The files of a project, as the caller grants them. Paths are absolute, or as written when relative. */
export interface FilePort {
  /** Undefined: there is no such file. `-` is standard input where the caller offers one. */
  read(path: string): string | Uint8Array | undefined;
  kind(path: string): 'file' | 'directory' | 'absent';
  /** The path with the first symbolic link on it replaced by its target. */
  followLink?(path: string): string;
}

/** A file port over a record of paths and contents: for tests, and for manifests held in memory. */
export function memoryFiles(contents: Readonly<Record<string, string>>): FilePort {
  const paths = Object.keys(contents);
  return {
    read: (path) => contents[resolve(path)],
    kind: (path) => {
      const full = resolve(path);
      if (full in contents) return 'file';
      return paths.some((other) => other.startsWith(`${full}/`)) ? 'directory' : 'absent';
    },
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a file; undefined when it is absent, `invalid` when it is no UTF-8. */
export function readText(
  port: FilePort,
  path: string,
): { kind: 'text'; text: string } | { kind: 'absent' } | { kind: 'invalid' } {
  const content = port.read(path);
  if (content === undefined) return { kind: 'absent' };
  if (typeof content === 'string') return { kind: 'text', text: content };
  try {
    return { kind: 'text', text: decoder.decode(content) };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return { kind: 'invalid' };
  }
}

export function absoluteFrom(directory: string, path: string): string {
  return isAbsolute(path) ? path : joinPath(directory, path);
}

export function fileIn(directory: string, name: string): string {
  return join(directory, name);
}
