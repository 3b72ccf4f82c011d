import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createTargets, type Relay, type RelayTarget } from './relay-targets.ts';

const connectMs = 5_000;
const keepAliveMs = 30_000;

/**
 * Passes connections on, byte for byte; one side may end before the other. Of several targets the first that
 * takes the connection gets it. Rejects when the address cannot be listened on.
 */
export async function openTcpRelay(
  at: {
    readonly address: string;
    readonly port: number;
    readonly connectionsMax: number;
    /** Whether a client at that address is let in. */
    readonly admits?: (address: string) => boolean;
  },
  groups: readonly (readonly RelayTarget[])[],
): Promise<Relay> {
  const targets = createTargets(groups);
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
    // The close that follows says it to the other side.
    return socket.on('error', () => undefined).once('close', () => open.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    if (at.admits?.(client.remoteAddress ?? '') === false) return client.destroy();
    keep(client);
    void firstOf(targets.inOrder(), client).then((upstream) => {
      if (upstream === undefined || client.destroyed) {
        upstream?.destroy();
        return client.destroy();
      }
      keep(upstream);
      client.once('close', () => upstream.destroy());
      upstream.once('close', () => client.destroy());
      client.pipe(upstream).pipe(client);
      return client.resume();
    });
  });
  server.maxConnections = at.connectionsMax;
  server.listen({ host: at.address, port: at.port, ipv6Only: true, exclusive: true });
  await once(server, 'listening');
  server.on('error', () => undefined);
  return {
    retarget: targets.set,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function firstOf(targets: readonly RelayTarget[], client: Socket): Promise<Socket | undefined> {
  for (const { host, port } of targets) {
    if (client.destroyed) return undefined;
    const socket = connect({ host, port, allowHalfOpen: true });
    socket.setTimeout(connectMs, () => socket.destroy(new Error('no answer')));
    try {
      await once(socket, 'connect');
      return socket.setTimeout(0);
    } catch {
      socket.destroy();
    }
  }
  return undefined;
}
