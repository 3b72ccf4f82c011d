/**
 * A port of a node that is bound to one of its addresses. Swarm publishes a port on every address or on none, so
 * these travel in a label of the task, and the agent of its node opens them.
 */
export interface BoundPort {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Port of the task. */
  readonly target: number;
}

/** Every address of IPv4, and still opened by the agent. */
export const everyIpv4 = '0.0.0.0';

const isIpv6 = (address: string): boolean => address.includes(':');

/** Whether two ports of one number would be in each other's way. Undefined: every address of the node. */
export function isSameAddress(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  if (one === everyIpv4) return !isIpv6(other);
  if (other === everyIpv4) return !isIpv6(one);
  // Of IPv6 only: the agent opens it without IPv4.
  if (one === '::') return isIpv6(other);
  return other === '::' && isIpv6(one);
}

/** Whether a node with these addresses has it: all of 127.0.0.0/8 is the node itself. */
export function hasAddress(addresses: readonly string[], address: string): boolean {
  if (address.startsWith('127.') || address === everyIpv4) return true;
  return address === '::' ? addresses.some(isIpv6) : addresses.includes(address);
}

/** `127.0.0.1:5432`, `[::1]:80`, or the port alone. */
export function printEndpoint(port: number, address: string | undefined): string {
  if (address === undefined) return String(port);
  return isIpv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Text of the label: `127.0.0.1:5432:5432/tcp,[::1]:80:8080/tcp`. */
export const printBoundPorts = (ports: readonly BoundPort[]): string =>
  ports
    .map(({ address, port, target, protocol }) => `${printEndpoint(port, address)}:${target}/${protocol}`)
    .join(',');

const entryPattern = /^(?:\[([0-9a-f:.]+)\]|(\d+(?:\.\d+){3})):(\d{1,5}):(\d{1,5})\/(tcp|udp)$/;

/** The label read back; what is no port is left out, as anybody may have written it. */
export function parseBoundPorts(text: string | undefined): BoundPort[] {
  return (text ?? '').split(',').flatMap((entry) => {
    const [, ipv6, ipv4, port, target, protocol] = entryPattern.exec(entry) ?? [];
    const address = ipv6 ?? ipv4;
    if (address === undefined || !isPort(Number(port)) || !isPort(Number(target))) return [];
    return [
      {
        address,
        port: Number(port),
        target: Number(target),
        protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
      },
    ];
  });
}

const isPort = (value: number): boolean => value >= 1 && value <= 65_535;
