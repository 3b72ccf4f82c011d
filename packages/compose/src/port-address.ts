import { isIPv6, SocketAddress } from 'node:net';
import type { ComposePort } from './compose-model.ts';

/** The one address a port is bound to, as the system writes it; undefined: every one, as Swarm opens it. */
export function boundAddress({ host_ip: ip }: Pick<ComposePort, 'host_ip'>): string | undefined {
  if (ip === undefined || ip === '' || ip === '0.0.0.0') return undefined;
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip;
}
