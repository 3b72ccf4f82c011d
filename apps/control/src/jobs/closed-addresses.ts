import { networkInterfaces } from 'node:os';

const { BlockList, isIP } = process.getBuiltinModule('node:net');

type Interfaces = Readonly<
  Record<string, readonly { readonly cidr: string | null; readonly family: string }[] | undefined>
>;

/**
 * What no hook of a manifest may lead to: this machine, its own link, and the networks control itself is in, where
 * the other parts of the platform answer. An address of the company's network stays open: chat servers are there.
 */
export function closedAddresses(interfaces: Interfaces = networkInterfaces()): (address: string) => boolean {
  const closed = new BlockList();
  closed.addSubnet('127.0.0.0', 8, 'ipv4');
  closed.addSubnet('169.254.0.0', 16, 'ipv4');
  closed.addSubnet('0.0.0.0', 8, 'ipv4');
  closed.addSubnet('::', 127, 'ipv6');
  closed.addSubnet('fe80::', 10, 'ipv6');
  for (const { cidr, family } of Object.values(interfaces).flatMap((list) => list ?? [])) {
    const [net, bits] = cidr?.split('/') ?? [];
    if (net !== undefined) closed.addSubnet(net, Number(bits), family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return (address) => closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
