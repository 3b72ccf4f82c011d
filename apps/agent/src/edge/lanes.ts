import type { LaneName, ObservedLane, ObservedServer } from '@berth/domain/edge';
import { parseTable } from './haproxy-socket.ts';

type Row = Readonly<Record<string, string>>;

/** What `show stat <backend>` of each worker says of a lane; the first worker is the one that takes new requests. */
export function observeLane(
  lane: { readonly service: string; readonly lane: LaneName; readonly fqdn?: string | undefined },
  stats: readonly string[],
): ObservedLane {
  const [current = [], ...earlier] = stats.map((text) => parseTable(text, ','));
  const isServer = (row: Row) => row.type === '2';
  const servers = current.filter((row) => isServer(row) && row.addr !== '' && row.addr !== undefined);
  const inFlight = (rows: readonly Row[]) =>
    rows.filter(isServer).reduce((sum, row) => sum + Number(row.scur ?? 0), 0);
  return {
    service: lane.service,
    lane: lane.lane,
    ...(lane.fqdn === undefined ? {} : { fqdn: lane.fqdn }),
    servers: lane.fqdn === undefined ? [] : servers.map(observeServer),
    sessionsCurrent: inFlight(current) + earlier.reduce((sum, rows) => sum + inFlight(rows), 0),
  };
}

function observeServer(row: Row): ObservedServer {
  const code = Number(row.check_code);
  const durationMs = Number(row.check_duration);
  return {
    name: row.svname ?? '',
    // HAProxy writes `10.0.1.5:8080`; tasks are known by their address alone.
    address: (row.addr ?? '').replace(/:\d+$/, ''),
    state: serverState(row),
    check: {
      status: (row.check_status ?? '').replace(/^\* /, ''),
      ...(Number.isInteger(code) && code > 0 ? { code } : {}),
      text: [row.check_desc, row.last_chk].filter((part) => part !== '' && part !== undefined).join(': '),
      ...(row.check_duration === '' || !Number.isInteger(durationMs) ? {} : { durationMs }),
    },
    sessionsCurrent: Number(row.scur ?? 0),
  };
}

/**
 * HAProxy takes a server that just got its address for UP, but not for fully healthy (`UP 1/2`): that comes
 * with the first good check at this address, and only then do we say `up`.
 */
export function serverState(row: Row): ObservedServer['state'] {
  const status = row.status ?? '';
  if (status.startsWith('MAINT')) return 'maintenance';
  if (status.startsWith('DRAIN')) return 'drain';
  if (status.startsWith('DOWN') || status.startsWith('NOLB')) return 'down';
  // Held until it is proven (see attention.ts).
  if (row.weight === '0') return 'checking';
  if (status.startsWith('no check')) return 'up';
  return isProven(row) ? 'up' : 'checking';
}

function isProven(row: Row): boolean {
  return Number(row.check_health) >= Number(row.check_rise) + Number(row.check_fall) - 1;
}

/** What a watcher is told about: durations alone are no news. */
export function laneNews(lane: ObservedLane): string {
  return JSON.stringify(lane, (key, value) => (key === 'durationMs' ? undefined : value));
}
