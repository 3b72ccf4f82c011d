import { createHash, timingSafeEqual } from 'node:crypto';
import { newSecret } from '@berth/runtime/ids';

/** `berth_<id>_<secret>`: the id finds the row, the hash of the whole text proves it. */
const shape = /^berth_([a-z0-9]{1,64})_([A-Za-z0-9_-]{20,200})$/;

export function newTokenText(id: string): string {
  return `berth_${id}_${newSecret(32)}`;
}

/** The id a token text claims; undefined when it has not the shape of one. */
export function tokenId(text: string): string | undefined {
  return shape.exec(text)?.[1];
}

/** A token has 256 bits of its own, so a plain hash is enough: there is nothing to guess from a dictionary. */
export function hashToken(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function isTokenOf(text: string, sha256: string): boolean {
  const given = Buffer.from(hashToken(text), 'hex');
  const stored = Buffer.from(sha256, 'hex');
  return given.length === stored.length && timingSafeEqual(given, stored);
}
