import type { EdgeModel } from '@berth/domain/edge';
import { backendOf, lanesOf } from './names.ts';
import { isAskable } from './proof.ts';

type Row = Readonly<Record<string, string>>;

/** What is to be told to HAProxy about one server, or asked of it. */
export type Attention =
  /** An empty place in a lane with traffic: whoever gets it waits for a proof. */
  | { readonly kind: 'hold' | 'release' | 'vouch'; readonly server: string }
  | { readonly kind: 'ask'; readonly server: string; readonly key: string; readonly lane: LaneAt };
type LaneAt = ReturnType<typeof lanesOf>[number];

/**
 * HAProxy takes a server for good as soon as it has an address, and looks at it when its turn comes. So the
 * agent keeps the empty places of a lane in service at weight 0, asks the probe of whoever comes (or is down)
 * itself, and vouches for who answered. Pure, from the rows of `show servers state` and the keys proven since
 * the last look. Servers that control drains are left alone.
 */
export function planAttention(
  model: EdgeModel,
  rows: readonly Row[],
  proven: ReadonlySet<string>,
): readonly Attention[] {
  const lanes = new Map(lanesOf(model).map((at) => [backendOf(at.service.id, at.name), at]));
  return rows.flatMap((row): Attention[] => {
    const lane = lanes.get(row.be_name ?? '');
    if (lane?.lane.fqdn === undefined || row.srv_fqdn !== lane.lane.fqdn) return [];
    if ((Number(row.srv_admin_state) & adminStatesOfOthers) !== 0) return [];
    const server = `${row.be_name}/${row.srv_name}`;
    const isHeld = row.srv_uweight === '0';
    if (row.srv_addr === '-') return lane.lane.weight > 0 && !isHeld ? [{ kind: 'hold', server }] : [];
    if (lane.lane.probe.kind === 'none' || isHealthy(row)) return isHeld ? [{ kind: 'release', server }] : [];
    if (!isAskable(lane.lane)) return [];
    const key = keyOf(row);
    if (!proven.has(key)) return [{ kind: 'ask', server, key, lane }];
    return [{ kind: 'vouch', server }, ...(isHeld ? [{ kind: 'release' as const, server }] : [])];
  });
}

/** A proof is for one server at one address under one name. */
export const proofKey = (server: string, fqdn: string, address: string): string =>
  `${server} ${fqdn} ${address}`;
const keyOf = (row: Row): string =>
  proofKey(`${row.be_name}/${row.srv_name}`, row.srv_fqdn ?? '', row.srv_addr ?? '');

/** SRV_ADMF_FMAINT and SRV_ADMF_FDRAIN. */
const adminStatesOfOthers = 0x01 | 0x08;

/** With `rise 1 fall 2`: the health a server has after a good check, and not before (see lanes.ts). */
const isHealthy = (row: Row): boolean => Number(row.srv_check_health) >= fullHealth;
const fullHealth = 2;

/** As HAProxy's command line has it. */
export const attentionCommand = {
  hold: (server: string) => `set server ${server} weight 0`,
  release: (server: string) => `set server ${server} weight 1`,
  vouch: (server: string) => `set server ${server} health up`,
} as const;
