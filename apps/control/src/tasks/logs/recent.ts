/**
 * The last entries of many logs, in the order of their time, within a bound of count and of bytes, whatever
 * is put in. Entries of one log must be put in their order.
 */
export function createRecent<T extends { readonly stamp: string; readonly text: string }>(max: {
  readonly count: number;
  readonly bytes: number;
}) {
  let entries: T[] = [];
  let bytes = 0;
  let isCut = false;

  const trim = () => {
    entries.sort((x, y) => (x.stamp < y.stamp ? -1 : x.stamp > y.stamp ? 1 : 0));
    let from = Math.max(0, entries.length - max.count);
    let kept = 0;
    for (let i = entries.length - 1; i >= from; i--) {
      kept += sizeOf(entries[i] as T);
      if (kept > max.bytes && i < entries.length - 1) {
        kept -= sizeOf(entries[i] as T);
        from = i + 1;
      }
    }
    isCut ||= from > 0;
    entries = entries.slice(from);
    bytes = kept;
  };

  return {
    add(entry: T): void {
      entries.push(entry);
      bytes += sizeOf(entry);
      if (entries.length >= 2 * max.count + 64 || bytes >= 2 * max.bytes) trim();
    },
    /** Entries before this time are not among the last ones any more; undefined: there is still room. */
    floor(): string | undefined {
      trim();
      return entries.length >= max.count || isCut ? entries[0]?.stamp : undefined;
    },
    take(): readonly T[] {
      trim();
      return entries;
    },
  };
}

const overheadBytes = 100;
const sizeOf = (entry: { readonly text: string }): number => entry.text.length + overheadBytes;
