import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Clock } from './clock.ts';
import { createTargets, type Relay, type RelayTarget } from './relay-targets.ts';

/** A client that has been silent for this long is a new one: as long as the engine's own proxy waits. */
const idleMs = 90_000;
const sweepMs = 10_000;
/** Datagrams kept while a session is being set up. */
const waitingMax = 32;

interface Session {
  readonly socket: Socket;
  /** Undefined once it is connected. */
  waiting: Buffer[] | undefined;
  usedAt: number;
}

/**
 * Passes datagrams on: a socket for each client, so that the answers of a target find their way back. Rejects when
 * the address cannot be listened on.
 */
export async function openUdpRelay(
  at: {
    readonly address: string;
    readonly port: number;
    readonly sessionsMax: number;
    readonly clock: Clock;
    /** Whether a client at that address is let in. */
    readonly admits?: (address: string) => boolean;
  },
  groups: readonly (readonly RelayTarget[])[],
): Promise<Relay> {
  const targets = createTargets(groups);
  const sessions = new Map<string, Session>();
  const stopping = new AbortController();
  const server = createSocket(isIPv6(at.address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });

  function end(key: string): void {
    sessions.get(key)?.socket.close();
    sessions.delete(key);
  }

  function begin(key: string, client: RemoteInfo): Session | undefined {
    const [target] = targets.inOrder();
    if (target === undefined) return undefined;
    const socket = createSocket(isIPv6(target.host) ? 'udp6' : 'udp4');
    const session: Session = { socket, waiting: [], usedAt: at.clock.now() };
    // Nothing listens there: the next datagram tries anew, perhaps with another target.
    const fail = (): void => {
      if (sessions.get(key) === session) end(key);
    };
    socket.on('error', fail);
    socket.on('message', (data) => {
      session.usedAt = at.clock.now();
      server.send(data, client.port, client.address, () => undefined);
    });
    socket.connect(target.port, target.host, (error?: Error) => {
      if (error !== undefined) return fail();
      for (const data of session.waiting ?? []) socket.send(data, () => undefined);
      session.waiting = undefined;
    });
    // The one that has been silent longest gives way.
    const [first] = sessions.keys();
    if (sessions.size >= at.sessionsMax && first !== undefined) end(first);
    return session;
  }

  server.on('message', (data, client) => {
    if (at.admits?.(client.address) === false) return;
    const key = `${client.address} ${client.port}`;
    const session = sessions.get(key) ?? begin(key, client);
    if (session === undefined) return;
    session.usedAt = at.clock.now();
    // Last in the order of use.
    sessions.delete(key);
    sessions.set(key, session);
    if (session.waiting === undefined) session.socket.send(data, () => undefined);
    else if (session.waiting.length < waitingMax) session.waiting.push(data);
  });

  async function sweep(): Promise<void> {
    for (;;) {
      await at.clock.sleep(sweepMs, stopping.signal);
      for (const [key, { usedAt }] of sessions) if (at.clock.now() - usedAt >= idleMs) end(key);
    }
  }

  server.bind({ address: at.address, port: at.port, exclusive: true });
  await once(server, 'listening');
  server.on('error', () => undefined);
  sweep().catch(() => undefined);
  return {
    retarget(next) {
      targets.set(next);
      // There are no connections to end: the next datagram of each client goes where it should now.
      for (const key of [...sessions.keys()]) end(key);
    },
    async close() {
      stopping.abort();
      for (const key of [...sessions.keys()]) end(key);
      server.close();
      await once(server, 'close');
    },
  };
}
