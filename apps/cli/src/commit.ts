import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Short hash and subject of the commit a directory is at; undefined where there is none, or no git. */
export async function readCommit(directory: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['log', '-1', '--format=%h %s'], {
      cwd: directory,
      timeout: 2_000,
      maxBuffer: 64_000,
    });
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    // No repository, no commit, no git, or too slow: the message is a courtesy.
    return undefined;
  }
}
