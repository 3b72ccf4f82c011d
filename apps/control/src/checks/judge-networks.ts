import { findOverlap, type SubnetPool } from '@berth/domain/subnet';
import { type Check, ok, warning } from './check.ts';

/** Fewer free subnets than this are soon none. */
const subnetsFreeMin = 16;

/**
 * There are subnets for the next networks, and no node routes elsewhere what an app's network has: a VPN that came
 * later takes its tasks out of reach, or the VPN. Pure.
 */
export function judgeNetworks(facts: {
  readonly pool: SubnetPool;
  readonly total: number;
  readonly free: number;
  /** Overlays of the platform. */
  readonly networks: readonly { readonly name: string; readonly subnet: string }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly routes: readonly { readonly cidr: string; readonly device: string }[];
  }[];
}): Check[] {
  const checks: Check[] = [];
  if (facts.free < subnetsFreeMin)
    checks.push(
      warning(
        'platform',
        'platform.subnets',
        `${facts.free} of ${facts.total} subnets (/${facts.pool.bits}) of ${facts.pool.pool} are free`,
        '`berth networks` shows who has them; `berth up --network-pool CIDR` gives new networks another pool.',
      ),
    );
  for (const { name, subnet } of facts.networks) {
    for (const node of facts.nodes) {
      const overlap = findOverlap(
        subnet,
        node.routes.map(({ cidr, device }) => ({ cidr, what: `${cidr} (${device})` })),
      );
      if (overlap !== undefined)
        checks.push(
          warning(
            'platform',
            `platform.subnet.${name}`,
            `the network ${name} (${subnet}) overlaps with the route to ${overlap.what} of node ${node.name}`,
            'Declare another subnet for it in the manifest (`networks: NAME: ipam`), or move the other route.',
          ),
        );
    }
  }
  if (checks.length > 0) return checks;
  return [
    ok(
      'platform',
      'platform.subnets',
      `${facts.free} of ${facts.total} subnets of ${facts.pool.pool} are free`,
    ),
  ];
}
