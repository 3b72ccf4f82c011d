import type { ReleaseFile } from '@berth/domain/release';

/** A config or secret of a release with what the engine knows it by. */
export interface DeliveredFile extends ReleaseFile {
  /** Name of the engine's object. */
  readonly object: string;
  /** Its id; empty until it is made. */
  readonly id: string;
}

const nameLengthMax = 64;
const digestLength = 16;

/**
 * Names the engine's objects of a release. An engine object never changes, so its name holds a digest of the
 * content and its labels: a keyed one, as a plain digest of a password can be guessed. Pure.
 */
export function nameFiles(input: {
  platform: string;
  app: string;
  files: readonly ReleaseFile[];
  fingerprint(text: string): string;
}): DeliveredFile[] {
  const { platform, app } = input;
  return input.files.map((file) => {
    const { kind, name, base64, labels } = file;
    const content = ['file', platform, app, kind, name, base64, ...(labels === undefined ? [] : [labels])];
    const digest = input.fingerprint(JSON.stringify(content));
    const words = `${platform}-${app}-${name.replace(/[^a-zA-Z0-9._-]/g, '_')}`;
    const object = `${words.slice(0, nameLengthMax - digestLength - 1)}-${digest.slice(0, digestLength)}`;
    return { ...file, object, id: '' };
  });
}
