import { isUtf8 } from 'node:buffer';
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

/** Text in UTF-16 behind its byte order mark, which go-yaml reads, too; undefined when it is none. */
export function readUtf16(port: FilePort, path: string): string | undefined {
  const content = port.read(path);
  if (!(content instanceof Uint8Array)) return undefined;
  const [first, second] = content;
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined;
  if (encoding === undefined) return undefined;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(content);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return undefined;
  }
}

/** As `textOf`; undefined when there is no such file. */
export function readAnyText(port: FilePort, path: string): string | undefined {
  const content = port.read(path);
  return content === undefined || typeof content === 'string' ? content : textOf(content);
}

/**
 * Text whose bytes need not be UTF-8: a byte that is not becomes a lone surrogate (U+DC80 to U+DCFF), which no
 * text in UTF-8 has, and `bytesOf` makes it that byte again.
 */
export function textOf(content: Uint8Array): string {
  try {
    return decoder.decode(content);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
  }
  let text = '';
  for (let at = 0; at < content.length; ) {
    const length = [1, 2, 3, 4].find((size) => isUtf8(content.subarray(at, at + size)));
    text +=
      length === undefined
        ? String.fromCharCode(0xdc00 + content[at]!)
        : decoder.decode(content.subarray(at, at + length));
    at += length ?? 1;
  }
  return text;
}

/** The bytes of a text with such bytes in it; undefined when it has none. */
export function bytesOf(text: string): Buffer | undefined {
  if (text.isWellFormed()) return undefined;
  return Buffer.concat(
    Array.from(text, (c) => {
      const code = c.codePointAt(0)!;
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(c);
    }),
  );
}

export function absoluteFrom(directory: string, path: string): string {
  return isAbsolute(path) ? path : joinPath(directory, path);
}

export function fileIn(directory: string, name: string): string {
  return join(directory, name);
}
