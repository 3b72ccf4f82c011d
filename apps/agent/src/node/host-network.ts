import { readFile } from 'node:fs/promises';
import { SocketAddress } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { NodeFacts } from '@berth/contract/agent';
import { printAddress } from '@berth/domain/subnet';

type HostNetwork = Pick<NodeFacts, 'routes' | 'listening' | 'canEncrypt'>;

/** What the node routes and listens on. The agent is in the host's network, so /proc/net is the host's. */
export async function readHostNetwork(): Promise<HostNetwork> {
  const [routes, encryption, ...sockets] = await Promise.all([
    read('/proc/net/route'),
    canEncrypt(),
    ...(['tcp', 'tcp6', 'udp', 'udp6'] as const).map(async (file) =>
      parseListening(await read(`/proc/net/${file}`), file.startsWith('tcp') ? 'tcp' : 'udp'),
    ),
  ]);
  const listening = new Map(
    sockets.flat().map((entry) => [`${entry.protocol} ${entry.port} ${entry.address ?? ''}`, entry]),
  );
  return {
    routes: parseRoutes(routes),
    listening: [...listening.values()].sort((x, y) => x.port - y.port),
    ...(encryption === undefined ? {} : { canEncrypt: encryption }),
  };
}

/** A kernel without IPv6 has no tcp6. */
const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** Of /proc/net/route, whose numbers are little-endian hexadecimal; the default route is not among them. */
export function parseRoutes(text: string): NonNullable<HostNetwork['routes']> {
  const swap = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE(0);
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 8)
    .flatMap(([device = '', destination = '', , , , , , mask = '']) => {
      const bits = swap(mask).toString(2).replace(/[^1]/g, '').length;
      return bits === 0 ? [] : [{ cidr: `${printAddress(swap(destination))}/${bits}`, device }];
    });
}

/** TCP state LISTEN. */
const listenState = '0A';

/** Of /proc/net/{tcp,udp}: listening TCP sockets, and UDP sockets that are not connected to one peer. */
export function parseListening(text: string, protocol: 'tcp' | 'udp'): NonNullable<HostNetwork['listening']> {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local = '', remote = '', state = '']) => {
      const [host = '', hexPort = ''] = local.split(':');
      const port = Number.parseInt(hexPort, 16);
      const address = parseLocal(host);
      const isOpen = protocol === 'tcp' ? state === listenState : /^0+:0000$/.test(remote);
      return isOpen && port > 0 ? [{ port, protocol, ...(address === undefined ? {} : { address }) }] : [];
    });
}

/** Groups of four bytes, each little-endian; undefined: all addresses. */
function parseLocal(hex: string): string | undefined {
  if (/^0*$/.test(hex)) return undefined;
  const bytes = Buffer.concat((hex.match(/.{8}/g) ?? []).map((group) => Buffer.from(group, 'hex').reverse()));
  if (bytes.length === 4) return bytes.join('.');
  const groups = (bytes.toString('hex').match(/.{4}/g) ?? []).join(':');
  // A socket of IPv6 that carries IPv4.
  return /^(0000:){5}ffff:/.test(groups)
    ? bytes.subarray(12).join('.')
    : new SocketAddress({ address: groups, family: 'ipv6' }).address;
}

let known: Promise<boolean | undefined> | undefined;

/** As the kernel says of its own configuration, where it does; it does not change while it runs. */
function canEncrypt(): Promise<boolean | undefined> {
  known ??= readFile('/proc/config.gz')
    .then((packed) => promisify(gunzip)(packed))
    .then((config) => /^CONFIG_INET_ESP=[ym]$/m.test(config.toString('utf8')))
    .catch(() => undefined);
  return known;
}
