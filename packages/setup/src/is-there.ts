import { access } from 'node:fs/promises';
import { isMissing } from './files.ts';

export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
}
