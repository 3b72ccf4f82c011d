import { readFile } from 'node:fs/promises';

/**
 * Whether a peer is this machine itself. The port of the API is open on the machine's loopback alone, and the
 * engine passes such a connection on from the gateway of the container's network: that address says nothing to
 * anybody, and is what the machine's own processes come from.
 */
export async function machineAddress(
  read: () => Promise<string> = () => readFile('/proc/net/route', 'utf8'),
): Promise<(peer: string) => boolean> {
  // No such table: not in a container of Linux, and then a peer is who it says.
  const gateway = parseGateway(await read().catch(() => ''));
  return (peer) => gateway !== undefined && peer === gateway;
}

/** The default gateway of a routing table as the kernel prints it: hexadecimal, the last byte first. */
export function parseGateway(table: string): string | undefined {
  for (const line of table.split('\n')) {
    const [, destination, gateway = ''] = line.trim().split(/\s+/);
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/.test(gateway) || gateway === '00000000') continue;
    return [6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join('.');
  }
  return undefined;
}
