import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { FilePort } from './files.ts';

const isAbsent = (cause: unknown) =>
  cause instanceof Error && 'code' in cause && ['ENOENT', 'ENOTDIR'].includes(String(cause.code));

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
        if (isAbsent(cause)) return undefined;
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
