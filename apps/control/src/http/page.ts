/** One page of a list of which `limit + 1` were asked for: one more than shown tells that there is more. */
export function pageOf<T, V>(
  found: readonly T[],
  limit: number,
  view: (item: T) => V,
  cursorOf: (item: T) => string,
): { items: V[]; next?: string } {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    ...(found.length > limit && last !== undefined ? { next: cursorOf(last) } : {}),
  };
}
