import type { RelayListener } from '@berth/contract/forwarder';
import type { Clock } from '@berth/runtime/clock';
import type { Relay, RelayTarget } from '@berth/runtime/relay-targets';
import { openTcpRelay } from '@berth/runtime/relay-tcp';
import { openUdpRelay } from '@berth/runtime/relay-udp';

/** All addresses of a name; rejects with `ENOTFOUND` when it has none. */
export type LookUp = (host: string) => Promise<readonly string[]>;

const lookMs = 1_000;
const openMax = 4_000;

/**
 * A forwarder whose ports are not all TCP: passes on what comes to its listeners. Names are looked up again all the
 * time, so that a moved endpoint and new tasks are followed. Resolves when the signal aborts.
 */
export async function forward(options: {
  readonly listeners: readonly RelayListener[];
  readonly address: string;
  readonly lookUp: LookUp;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { clock, signal } = options;
  const known = new Map<string, readonly string[]>();

  async function addressesOf(host: string): Promise<readonly string[]> {
    try {
      known.set(host, await options.lookUp(host));
    } catch (error) {
      // A resolver that does not answer says nothing of what it said before.
      if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND') known.delete(host);
    }
    return known.get(host) ?? [];
  }

  /** Each target is a group of its own: the next one only when the one before does not answer. */
  async function groupsOf({ targets }: RelayListener): Promise<RelayTarget[][]> {
    const groups: RelayTarget[][] = [];
    for (const target of targets) {
      const at = target.lastIndexOf(':');
      const hosts = await addressesOf(target.slice(0, at));
      if (hosts.length > 0)
        groups.push([...hosts].sort().map((host) => ({ host, port: Number(target.slice(at + 1)) })));
    }
    return groups;
  }

  const relays: { listener: RelayListener; relay: Relay; groups: string }[] = [];
  try {
    for (const listener of options.listeners) {
      const at = { address: options.address, port: listener.port };
      const relay =
        listener.protocol === 'tcp'
          ? await openTcpRelay({ ...at, connectionsMax: openMax }, [])
          : await openUdpRelay({ ...at, sessionsMax: openMax, clock }, []);
      relays.push({ listener, relay, groups: '[]' });
    }
    while (!signal.aborted) {
      for (const entry of relays) {
        const groups = await groupsOf(entry.listener);
        const text = JSON.stringify(groups);
        if (text !== entry.groups) entry.relay.retarget(groups);
        entry.groups = text;
      }
      await clock.sleep(lookMs, signal).catch(() => undefined);
    }
  } finally {
    await Promise.all(relays.map(({ relay }) => relay.close()));
  }
}
