import type { EdgeProbe, ObservedServer } from '@berth/domain/edge';

const { request } = process.getBuiltinModule('node:http');

const timeoutMs = 2_000;

export interface ProofQuestion {
  readonly socketPath: string;
  readonly backend: string;
  readonly server: string;
  readonly probe: EdgeProbe;
  readonly signal: AbortSignal;
}

export interface ProofAnswer {
  readonly isRight: boolean;
  readonly check?: ObservedServer['check'];
}

/** Pure. `ended` is HAProxy's `%ts`: `--` when the answer is the server's own. */
export function judge(probe: EdgeProbe, code: number, ended: string): ProofAnswer {
  const status = troubles[ended];
  if (status !== undefined) return { isRight: false, check: { status, text: '' } };
  if (ended !== '--') return { isRight: false };
  if (probe.kind !== 'http' || (code >= 200 && code <= 399)) return { isRight: true };
  return { isRight: false, check: { status: 'L7STS', code, text: `HTTP status ${code}` } };
}

const troubles: Readonly<Record<string, string>> = {
  SC: 'L4CON',
  sC: 'L4TOUT',
  sH: 'L7TOUT',
  SH: 'L7RSP',
  PH: 'L7RSP',
};

/** A probe the agent can ask itself: traffic goes to the lane's port, another one only HAProxy can look at. */
export const isAskable = ({ probe, port }: { readonly probe: EdgeProbe; readonly port: number }): boolean =>
  probe.kind !== 'none' && probe.port === port;

/**
 * The probe of a lane asked at once, through HAProxy and one server, by the socket of the frontend `proof`;
 * right when exactly this server answered as the probe wants, else what was wrong in HAProxy's words, where
 * that can be told. Never rejects.
 */
export function askThrough({
  socketPath,
  backend,
  server,
  probe,
  signal,
}: ProofQuestion): Promise<ProofAnswer> {
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
        resolve(by === `${backend}/${server}` ? judge(probe, code, ended ?? '') : { isRight: false });
        response.destroy();
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve({ isRight: false }));
    outgoing.on('close', () => resolve({ isRight: false }));
    outgoing.end();
  });
}
