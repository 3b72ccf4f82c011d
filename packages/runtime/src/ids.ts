import { randomBytes, randomInt } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Sortable id: 10 characters of time, 10 random (Crockford base 32, lower case), as ULID but shorter. */
export function newId(nowMs: number): string {
  let time = '';
  for (let rest = nowMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  let tail = '';
  for (let i = 0; i < 10; i++) tail += ALPHABET[randomInt(32)];
  return time + tail;
}

/** URL-safe secret of `bytes` random bytes. */
export function newSecret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
