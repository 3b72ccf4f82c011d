import { lookup } from 'node:dns/promises';
import type { Clock } from '@berth/runtime/clock';

/** Addresses of a host name; empty when there is none. */
export type LookUp = (host: string) => Promise<readonly string[]>;

const believedMs = 15_000;

export const systemLookUp: LookUp = async (host) => {
  try {
    return (await lookup(host, { all: true })).map((entry) => entry.address);
  } catch (cause) {
    // No such container (yet), or no engine DNS at all: then no proxy is trusted.
    if (cause instanceof Error && 'syscall' in cause) return [];
    throw cause;
  }
};

/**
 * Whether a peer is the edge, by its name in the system network, so that its X-Forwarded-For may be believed.
 * Answers from what was looked up last; a stale answer is renewed in the background.
 */
export function trustedEdge(host: string, clock: Pick<Clock, 'now'>, lookUp: LookUp = systemLookUp) {
  let addresses: readonly string[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  const refresh = async (): Promise<void> => {
    askedAt = clock.now();
    addresses = await lookUp(host);
  };
  return {
    refresh,
    isTrusted(address: string): boolean {
      if (clock.now() - askedAt > believedMs) void refresh();
      return addresses.includes(address);
    },
  };
}
