/** IPv4 ranges as numbers: what networks are given, and what they must not overlap with. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Something that has addresses already, in words: `the route to 10.8.0.0/16 of node n1 (tun0)`. */
export interface TakenRange {
  readonly cidr: string;
  readonly what: string;
}

export interface SubnetPool {
  /** CIDR the subnets are taken from. */
  readonly pool: string;
  /** Prefix length of each subnet. */
  readonly bits: number;
}

/** A /24 for each network, as Swarm has it; a smaller pool gives smaller ones. */
export const poolOf = (pool: string): SubnetPool => ({
  pool,
  bits: Math.max(24, Math.min(29, Number(pool.split('/')[1]) + 4)),
});

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const address = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`);

/** An IPv4 address as a number; undefined when it is none. */
export function parseAddress(text: string): number | undefined {
  if (!address.test(text)) return undefined;
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export const printAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** `10.1.2.0/24`, or undefined. Bits of the host part are dropped, as the engine does. */
export function parseCidr(text: string): Range | undefined {
  const [base = '', bits = ''] = text.split('/', 2);
  const value = parseAddress(base);
  if (value === undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1 };
}

export const overlaps = (one: Range, other: Range): boolean =>
  one.first <= other.last && other.first <= one.last;

const isWithin = (inner: Range, outer: Range): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

/** Whether all addresses of `inner` are in `outer`; false when either is not a CIDR. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [parseCidr(outer), parseCidr(inner.includes('/') ? inner : `${inner}/32`)];
  return a !== undefined && b !== undefined && isWithin(b, a);
}

/** What of `taken` the subnet overlaps with. IPv6 and what cannot be read is none of it. */
export function findOverlap(cidr: string, taken: readonly TakenRange[]): TakenRange | undefined {
  const wanted = parseCidr(cidr);
  if (wanted === undefined) return undefined;
  return taken.find((entry) => {
    const range = parseCidr(entry.cidr);
    return range !== undefined && overlaps(wanted, range);
  });
}

export type SubnetChoice =
  | { readonly kind: 'subnet'; readonly subnet: string }
  /** `blockers`: what is in the way, the widest first. */
  | { readonly kind: 'exhausted'; readonly blockers: readonly TakenRange[] };

/**
 * The first free subnet of the pool after `after`, else the first of all. Going round spares what was freed a
 * moment ago, which engines release late. Pure: the same facts give the same subnet.
 */
export function planSubnet(pool: SubnetPool, taken: readonly TakenRange[], after?: string): SubnetChoice {
  const start = (after === undefined ? undefined : parseCidr(after)?.last) ?? -1;
  let free: Range | undefined;
  for (const range of freeSubnets(pool, taken)) {
    free ??= range;
    if (range.first <= start) continue;
    free = range;
    break;
  }
  if (free !== undefined) return { kind: 'subnet', subnet: `${printAddress(free.first)}/${pool.bits}` };
  const whole = parseCidr(pool.pool);
  const blockers = taken
    .flatMap((entry) => {
      const range = parseCidr(entry.cidr);
      return range !== undefined && whole !== undefined && overlaps(range, whole) ? [{ entry, range }] : [];
    })
    .sort((x, y) => y.range.last - y.range.first - (x.range.last - x.range.first))
    .map(({ entry }) => entry);
  return { kind: 'exhausted', blockers };
}

/** How many subnets the pool has, and how many of them are free. */
export function countSubnets(
  pool: SubnetPool,
  taken: readonly TakenRange[],
): { readonly total: number; readonly free: number } {
  const whole = parseCidr(pool.pool);
  if (whole === undefined) return { total: 0, free: 0 };
  const size = 2 ** (32 - pool.bits);
  let free = 0;
  for (const gap of gaps(whole, taken)) {
    const first = Math.ceil(gap.first / size);
    const last = Math.floor((gap.last + 1) / size);
    free += Math.max(0, last - first);
  }
  return { total: Math.floor((whole.last - whole.first + 1) / size), free };
}

/** Addresses for tasks: without those of the network, its gateway and its broadcast. */
export const hostsOf = (cidr: string): number => {
  const range = parseCidr(cidr);
  return range === undefined ? 0 : Math.max(0, range.last - range.first + 1 - 3);
};

function* freeSubnets(pool: SubnetPool, taken: readonly TakenRange[]): Generator<Range> {
  const whole = parseCidr(pool.pool);
  if (whole === undefined) return;
  const size = 2 ** (32 - pool.bits);
  for (const gap of gaps(whole, taken)) {
    for (let first = Math.ceil(gap.first / size) * size; first + size - 1 <= gap.last; first += size)
      yield { first, last: first + size - 1 };
  }
}

/** What of `whole` nothing has, in order. */
function gaps(whole: Range, taken: readonly TakenRange[]): Range[] {
  const inside = taken
    .flatMap(({ cidr }) => parseCidr(cidr) ?? [])
    .filter((range) => overlaps(range, whole))
    .sort((x, y) => x.first - y.first);
  const found: Range[] = [];
  let next = whole.first;
  for (const range of inside) {
    if (range.first > next) found.push({ first: next, last: range.first - 1 });
    next = Math.max(next, range.last + 1);
  }
  if (next <= whole.last) found.push({ first: next, last: whole.last });
  return found;
}
