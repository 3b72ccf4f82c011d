import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';

/** A route of this machine, from /proc/net/route. */
export interface RouteRow {
  readonly device: string;
  readonly destination: number;
  readonly mask: number;
}

/** Parses /proc/net/route: addresses are little-endian hexadecimal. */
export function parseRoutes(text: string): RouteRow[] {
  const swap = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE(0);
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 8)
    .map((fields) => ({ device: fields[0]!, destination: swap(fields[1]!), mask: swap(fields[7]!) }));
}

export interface InterfaceAddress {
  readonly device: string;
  readonly address: string;
}

const bridges = /^(lo|docker|br-|veth|virbr|cni|flannel|vxlan)/;

/** The address others most likely reach this machine at: that of the default route, else any that is not a bridge. */
export function pickAddress(routes: readonly RouteRow[], addresses: readonly InterfaceAddress[]): string {
  const outward = routes.find((row) => row.mask === 0)?.device;
  return (
    addresses.find((each) => each.device === outward)?.address ??
    addresses.find((each) => !bridges.test(each.device))?.address ??
    '127.0.0.1'
  );
}

/** Address pools for overlay networks, in order of preference: private, and seldom used by others. */
const pools = ['10.208.0.0/12', '10.96.0.0/12', '10.32.0.0/12', '172.24.0.0/13', '192.168.128.0/17'];

/**
 * The first pool that overlaps no route of this machine; the first of all when none is free. Swarm's own
 * default, 10.0.0.0/8, collides with the networks of most companies, and cannot be changed later.
 */
export function pickAddressPool(routes: readonly RouteRow[]): string {
  return pools.find((pool) => !routes.some((row) => row.mask !== 0 && overlaps(pool, row))) ?? pools[0]!;
}

function overlaps(pool: string, row: RouteRow): boolean {
  const [base, bits] = pool.split('/') as [string, string];
  const mask = bits === '0' ? 0 : (-1 << (32 - Number(bits))) >>> 0;
  const address = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const common = (mask & row.mask) >>> 0;
  return (address & common) >>> 0 === (row.destination & common) >>> 0;
}

export async function readRoutes(): Promise<RouteRow[]> {
  return parseRoutes(await readFile('/proc/net/route', 'utf8'));
}

export function listAddresses(): InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([device, entries]) =>
    (entries ?? [])
      .filter((entry) => entry.family === 'IPv4' && !entry.internal)
      .map((entry) => ({ device, address: entry.address })),
  );
}
