import { request } from 'node:http';
import type { EdgeLane, LaneName, ObservedLane, ObservedServer } from '@berth/domain/edge';
import { backendOf } from './names.ts';

/**
 * HAProxy looks at a server when its turn comes, up to an interval after it got its address. While somebody
 * waits for a lane, the agent asks at once: the lane's own probe, through HAProxy and that server, by the
 * socket of the frontend `proof`. INVARIANTS: a proof is for one server at one address; it adds to HAProxy's
 * word (a server must be in the balance to answer at all) and ends with it.
 */
export function createProver(options: {
  readonly socketPath: string;
  readonly service: string;
  readonly lane: LaneName;
  readonly signal: AbortSignal;
}): { see(seen: ObservedLane, lane: EdgeLane): ObservedLane } {
  const { socketPath, service, lane: name, signal } = options;
  const backend = backendOf(service, name);
  const proofs = new Map<string, ObservedServer['check'] | 'asked'>();

  async function prove(key: string, server: string, path: string, host: string): Promise<void> {
    proofs.set(key, 'asked');
    const began = performance.now();
    const code = await askThrough({ socketPath, backend, server, path, host, signal }).catch(() => undefined);
    if (code === undefined || code < 200 || code > 399) proofs.delete(key);
    else
      proofs.set(key, {
        status: 'L7OK',
        code,
        text: 'Answered the probe',
        durationMs: Math.round(performance.now() - began),
      });
  }

  return {
    see: (seen, lane) => {
      const { probe } = lane;
      // Traffic goes to the lane's port: another one can only be looked at by HAProxy.
      if (probe.kind !== 'http' || probe.port !== lane.port) return seen;
      const current = new Set(seen.servers.map((server) => keyOf(seen, server)));
      for (const key of proofs.keys()) if (!current.has(key)) proofs.delete(key);
      return {
        ...seen,
        servers: seen.servers.map((server) => {
          const key = keyOf(seen, server);
          if (server.state !== 'checking') {
            if (server.state === 'down') proofs.delete(key);
            return server;
          }
          const proof = proofs.get(key);
          if (proof === undefined) void prove(key, server.name, probe.path, probe.host);
          return proof === undefined || proof === 'asked' ? server : { ...server, state: 'up', check: proof };
        }),
      };
    },
  };
}

const keyOf = (seen: ObservedLane, server: ObservedServer): string =>
  `${seen.fqdn} ${server.name} ${server.address}`;

/** The status of the answer, if it is this server's and not another's. */
function askThrough(o: {
  socketPath: string;
  backend: string;
  server: string;
  path: string;
  host: string;
  signal: AbortSignal;
}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: o.socketPath,
        path: o.path,
        headers: {
          host: o.host,
          'user-agent': 'berth-edge',
          'x-berth-backend': o.backend,
          'x-berth-server': o.server,
        },
        agent: false,
        signal: o.signal,
        timeout: 2_000,
      },
      (response) => {
        const by = response.headers['x-berth-served-by'];
        resolve(by === `${o.backend}/${o.server}` ? response.statusCode : undefined);
        response.destroy();
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer to the probe')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
