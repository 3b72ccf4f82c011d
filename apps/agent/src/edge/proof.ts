import { request } from 'node:http';
import type { EdgeProbe } from '@berth/domain/edge';

const timeoutMs = 2_000;

export interface ProofQuestion {
  readonly socketPath: string;
  readonly backend: string;
  readonly server: string;
  readonly probe: EdgeProbe;
  readonly signal: AbortSignal;
}

/** A probe the agent can ask itself: traffic goes to the lane's port, another one only HAProxy can look at. */
export const isAskable = ({ probe, port }: { readonly probe: EdgeProbe; readonly port: number }): boolean =>
  probe.kind !== 'none' && probe.port === port;

/**
 * The probe of a lane asked at once, through HAProxy and one server, by the socket of the frontend `proof`;
 * true when exactly this server answered as the probe wants. Never rejects.
 */
export function askThrough({ socketPath, backend, server, probe, signal }: ProofQuestion): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        socketPath,
        path: probe.kind === 'http' ? probe.path : '/',
        headers: {
          host: probe.kind === 'http' ? probe.host : 'localhost',
          'user-agent': 'berth-edge',
          'x-berth-backend': backend,
          'x-berth-server': server,
        },
        agent: false,
        signal,
        timeout: timeoutMs,
      },
      (response) => {
        const [by, ended] = String(response.headers['x-berth-served-by']).split(' ');
        const code = response.statusCode ?? 0;
        // `--`: the answer is the server's own, HAProxy had nothing to complain about.
        const isRight = ended === '--' && (probe.kind !== 'http' || (code >= 200 && code <= 399));
        resolve(by === `${backend}/${server}` && isRight);
        response.destroy();
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(false));
    outgoing.on('close', () => resolve(false));
    outgoing.end();
  });
}
