import { isIP } from 'node:net';
import { compareBytes, type GoMap, newMap } from './go-value.ts';

/** What a short form says, or why it says nothing. */
export type Parsed<T> = { readonly ok: T } | { readonly fault: string };

interface Range {
  readonly start: number;
  readonly end: number;
}

function parsePortRange(text: string): Range | undefined {
  const parts = text.split('-');
  const port = (part: string | undefined) =>
    part !== undefined && /^\d+$/.test(part) && Number(part) <= 65_535 ? Number(part) : undefined;
  const start = port(parts[0]);
  const end = parts.length === 1 ? start : port(parts[1]);
  return start === undefined || end === undefined || end < start ? undefined : { start, end };
}

/** `127.0.0.1:8000-8001:80-81/udp` as one mapping per port, in Compose's order. */
export function parsePorts(spec: string): Parsed<GoMap[]> {
  const parts = spec.split(':');
  let containerPort = parts.at(-1)!;
  const hostPort = parts.length > 1 ? parts.at(-2)! : '';
  const rawIp = parts.length > 2 ? parts.slice(0, -2).join(':') : '';
  let protocol = 'tcp';
  const slash = containerPort.split('/');
  if (slash[0] === '') containerPort = '';
  else if (slash.length > 1) {
    containerPort = slash[0]!;
    if (slash[1] !== '') protocol = slash[1]!;
  }
  if (slash[0] === '' && containerPort === '') protocol = '';
  const ip = stripBrackets(rawIp);
  if (ip === undefined || (ip !== '' && isIP(ip.split('%')[0]!) === 0))
    return { fault: `invalid ip address: ${rawIp}` };
  if (ip.includes('%')) return { fault: `invalid ip address: ${rawIp}` };
  if (containerPort === '') return { fault: `no port specified: ${spec}<empty>` };
  const target = parsePortRange(containerPort);
  if (target === undefined) return { fault: `invalid container port: ${containerPort}` };
  const host = hostPort === '' ? { start: 0, end: 0 } : parsePortRange(hostPort);
  if (host === undefined) return { fault: `invalid host port: ${hostPort}` };
  const isSingle = target.start === target.end;
  if (hostPort !== '' && target.end - target.start !== host.end - host.start && !isSingle) {
    return { fault: `the ranges ${containerPort} and ${hostPort} are not of one length` };
  }
  protocol = protocol.toLowerCase();
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) return { fault: `invalid protocol: ${protocol}` };
  const ports: { key: string; map: GoMap }[] = [];
  for (let offset = 0; offset <= target.end - target.start; offset++) {
    let published = hostPort === '' ? '' : String(host.start + offset);
    if (isSingle && host.start !== host.end) published = `${published}-${host.end}`;
    const port = target.start + offset;
    const map = newMap([['mode', 'ingress']]);
    if (ip !== '') map.host_ip = ip;
    if (port !== 0) map.target = port;
    if (published !== '') map.published = published;
    map.protocol = protocol;
    ports.push({ key: `${port}/${protocol}`, map });
  }
  ports.sort((a, b) => compareBytes(a.key, b.key));
  return { ok: ports.map((port) => port.map) };
}

/** As Go's `net.SplitHostPort(ip + ":")`: undefined when an address with colons has no brackets. */
function stripBrackets(text: string): string | undefined {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end !== text.length - 1) return undefined;
    return /[[\]]/.test(text.slice(1, -1)) ? undefined : text.slice(1, -1);
  }
  return /[:[\]]/.test(text) ? undefined : text;
}

const bindPropagations = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'];

/** `source:target:options` as the long form of a service's volume. */
export function parseVolume(spec: string): Parsed<GoMap> {
  if (spec === '') return { fault: 'an empty volume' };
  if (Buffer.byteLength(spec) <= 2) {
    return {
      ok: newMap([
        ['type', 'volume'],
        ['target', spec],
      ]),
    };
  }
  const sections: string[] = [];
  let buffer = '';
  for (const c of spec) {
    const isDrive = c === ':' && /^\p{L}$/u.test(buffer);
    if (c === ':' && !isDrive) {
      sections.push(buffer);
      buffer = '';
    } else {
      buffer += c;
    }
  }
  sections.push(buffer);
  if (sections.includes('')) return { fault: `${spec}: empty section between colons` };
  if (sections.length > 3) return { fault: `${spec}: too many colons` };
  const [first, second, options] = sections as [string, string?, string?];
  const source = second === undefined ? '' : first;
  const target = second ?? first;
  const volume = newMap();
  const bind = newMap();
  const named = newMap();
  let hasBind = false;
  let readOnly = false;
  for (const option of options?.split(',') ?? []) {
    if (option === 'ro') readOnly = true;
    else if (option === 'rw') readOnly = false;
    else if (option === 'nocopy') named.nocopy = true;
    else if (bindPropagations.includes(option)) bind.propagation = option;
    else if (option === 'z' || option === 'Z') bind.selinux = option;
    hasBind ||= bindPropagations.includes(option) || option === 'z' || option === 'Z';
  }
  const isBind = isFilePath(source);
  volume.type = isBind ? 'bind' : 'volume';
  if (source !== '') volume.source = source;
  volume.target = target;
  if (readOnly) volume.read_only = true;
  if (isBind) bind.create_host_path = true;
  if (isBind || hasBind) volume.bind = bind;
  if (!isBind || named.nocopy === true) volume.volume = named;
  return { ok: volume };
}

function isFilePath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}
