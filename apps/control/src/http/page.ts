import { refuse } from '@berth/contract/errors';

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

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

/** One page of a whole list that is sorted by the key: it goes on where it was, whatever came and went between. */
export function pageAfter<T>(
  all: readonly T[],
  query: PageQuery,
  keyOf: (item: T) => string,
): { items: T[]; next?: string } {
  const { cursor } = query;
  const rest = cursor === undefined ? all : all.filter((item) => keyOf(item) > cursor);
  return pageOf(rest, query.limit, (item) => item, keyOf);
}

/** Where the next page begins in a list that has an order of its own. */
export function indexAfter<T>(
  all: readonly T[],
  { cursor }: Pick<PageQuery, 'cursor'>,
  keyOf: (item: T) => string,
): number {
  if (cursor === undefined) return 0;
  const at = all.findIndex((item) => keyOf(item) === cursor);
  if (at < 0) throw refuseCursor('is of an entry that is gone; begin anew without it');
  return at + 1;
}

/** The cursor of a list that is numbered. */
export function numberIn({ cursor }: Pick<PageQuery, 'cursor'>): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw refuseCursor('is not one that this list gave as `next`');
  return Number(cursor);
}

function refuseCursor(message: string): Error {
  return refuse('invalid', `?cursor ${message}`, { issues: [{ at: '?cursor', message }] });
}
