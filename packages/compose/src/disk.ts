import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileBytesMax } from '@berth/domain/file';
import type { FilePort } from './files.ts';
import type { SourceFile } from './translate-files.ts';

const hasCode = (cause: unknown, ...codes: readonly string[]) =>
  cause instanceof Error && 'code' in cause && codes.includes(String(cause.code));
const isAbsent = (cause: unknown) => hasCode(cause, 'ENOENT', 'ENOTDIR');
const isDirectory = (cause: unknown) => hasCode(cause, 'EISDIR');

/**
 * Files of this machine. With `within`, only those inside that directory once symbolic links are followed:
 * a manifest that came from elsewhere must not read what the process may.
 */
export function diskFiles(options: { readonly within?: string } = {}): FilePort {
  const root = options.within === undefined ? undefined : realpathSync(options.within);
  const isAllowed = (path: string) => {
    if (root === undefined) return true;
    const real = realpathSync(path);
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
  };
  return {
    read: (path) => {
      try {
        return isAllowed(path) ? readFileSync(path) : undefined;
      } catch (cause) {
        if (isAbsent(cause) || isDirectory(cause)) return undefined;
        throw cause;
      }
    },
    kind: (path) => {
      try {
        if (!isAllowed(path)) return 'absent';
        return statSync(path).isDirectory() ? 'directory' : 'file';
      } catch (cause) {
        if (isAbsent(cause)) return 'absent';
        throw cause;
      }
    },
    followLink: (path) => {
      let current = '';
      for (const part of path.split(sep).filter((each) => each !== '')) {
        current = `${current}${sep}${part}`;
        try {
          if (lstatSync(current).isSymbolicLink()) return realpathSync(current) + path.slice(current.length);
        } catch (cause) {
          if (isAbsent(cause)) return path;
          throw cause;
        }
      }
      return path;
    },
  };
}

/**
 * What paths of a source hold: content of configs and secrets, and of the files it mounts; bytes as they are.
 * Links are followed as long as they stay inside.
 */
export function sourceFiles(directory: string): (path: string) => SourceFile {
  const isWithin = (root: string, path: string) => {
    const rest = relative(root, path);
    return rest !== '..' && !rest.startsWith(`..${sep}`) && !rest.startsWith('/');
  };
  return (path) => {
    if (!isWithin(directory, path)) return { kind: 'outside' };
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { kind: 'absent' };
    if (!isWithin(realpathSync(directory), realpathSync(path))) return { kind: 'outside' };
    if (found.isDirectory()) return { kind: 'directory', entries: readdirSync(path).sort() };
    if (!found.isFile()) return { kind: 'absent' };
    if (found.size > fileBytesMax) return { kind: 'too-large', size: found.size };
    return { kind: 'file', bytes: readFileSync(path), mode: found.mode & 0o777 };
  };
}
