import { createHash } from 'node:crypto';

/** What is hashed of an entry: everything, and the hash of the entry before it. */
export interface ChainedEntry {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly address: string;
  readonly userAgent: string;
  readonly action: string;
  readonly object: string;
  readonly app: string | undefined;
  /** JSON, as stored. */
  readonly parameters: string;
  readonly result: string;
  readonly status: number;
}

/** `previous` of the first entry. */
export const chainStart = '0'.repeat(64);

/** SHA-256 over the previous hash and the fields as a JSON array, so no field can flow into the next. */
export function chainHash(previous: string, entry: ChainedEntry): string {
  const fields = [
    previous,
    entry.seq,
    entry.at,
    entry.actor,
    entry.address,
    entry.userAgent,
    entry.action,
    entry.object,
    entry.app ?? null,
    entry.parameters,
    entry.result,
    entry.status,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

export type ChainVerdict =
  | { readonly kind: 'whole'; readonly entries: number; readonly head: string }
  | { readonly kind: 'broken'; readonly seq: number; readonly because: string };

/** Checks entries one after the other; `verdict()` at the end. Holds one hash, however long the log. */
export function createChainCheck() {
  let previous = chainStart;
  let seq = 0;
  let broken: { seq: number; because: string } | undefined;
  return {
    add(entry: ChainedEntry & { readonly hash: string }): void {
      if (broken !== undefined) return;
      seq += 1;
      if (entry.seq !== seq)
        broken = { seq, because: `entry ${seq} is missing; the next there is has number ${entry.seq}` };
      else if (chainHash(previous, entry) !== entry.hash)
        broken = { seq, because: `entry ${seq} or the one before it was changed` };
      previous = entry.hash;
    },
    verdict: (): ChainVerdict =>
      broken === undefined ? { kind: 'whole', entries: seq, head: previous } : { kind: 'broken', ...broken },
  };
}
