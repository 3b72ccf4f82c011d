import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Seals what is secret at rest: AES-256-GCM under a key that is in a file outside the database. `aad` names
 * the place the value belongs to (`variable/shop/DATABASE_URL`): a value copied to another place does not
 * open there.
 */
export interface Vault {
  seal(plain: string, aad: string): string;
  /** Throws when the value was changed, belongs elsewhere, or the key is another one. */
  open(sealed: string, aad: string): string;
  /** Keyed hash: equal values of one `context` can be told equal without being shown. Hex. */
  fingerprint(value: string, context: string): string;
}

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
/** Start of every sealed value: which cipher and key derivation. Then base64url of iv, tag and ciphertext. */
const formatV1 = 'v1.';

/** Reads the key file, or makes it (0600) when there is none. Losing it loses all that is sealed. */
export async function createVault(keyFile: string): Promise<Vault> {
  return vaultOf(await readOrMakeKey(keyFile));
}

export function vaultOf(master: Buffer): Vault {
  if (master.length !== keyBytes) throw new Error(`a vault key has ${keyBytes} bytes, not ${master.length}`);
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', master, '', `berth/${purpose}`, keyBytes));
  const sealKey = derive('seal');
  const fingerprintKey = derive('fingerprint');
  return {
    seal(plain, aad) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(aad));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return formatV1 + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed, aad) {
      if (!sealed.startsWith(formatV1))
        throw new Error(`${aad} is sealed in a form this version does not know`);
      const bytes = Buffer.from(sealed.slice(formatV1.length), 'base64url');
      const iv = bytes.subarray(0, ivBytes);
      const tag = bytes.subarray(ivBytes, ivBytes + tagBytes);
      const decipher = createDecipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(aad)).setAuthTag(tag);
      try {
        return (
          decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch (cause) {
        throw new Error(
          `${aad} does not open: it was changed, or the key file is not the one it was sealed with`,
          {
            cause,
          },
        );
      }
    },
    fingerprint: (value, context) =>
      createHmac('sha256', fingerprintKey).update(context).update('\0').update(value).digest('hex'),
  };
}

async function readOrMakeKey(file: string): Promise<Buffer> {
  const found = await readKey(file);
  if (found !== undefined) return found;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Whole or not at all: written under another name, synced, then linked, which never replaces a key.
  const candidate = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(candidate, 'w', 0o600);
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString('hex')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await chmod(candidate, 0o600);
    await link(candidate, file).catch((cause) => {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    });
  } finally {
    await rm(candidate, { force: true });
  }
  const made = await readKey(file);
  if (made === undefined) throw new Error(`${file} vanished while it was being made`);
  return made;
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
    if (key.length !== keyBytes) throw new Error(`${file} does not hold a key of ${keyBytes} bytes in hex`);
    return key;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
