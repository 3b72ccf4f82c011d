import { isIP } from 'node:net';
import { join, normalize } from 'node:path';
import { refuse } from '@berth/contract/errors';
import { findNameFault } from '@berth/domain/name';
import { findNestedBind, judgePermission } from '@berth/domain/permission';
import { countSubnets, parseCidr } from '@berth/domain/subnet';

/** One installation of Berth on this machine. Several may share an engine. */
export interface Platform {
  readonly name: string;
  readonly dataDir: string;
  /** Apps are `<app>.<domain>`. */
  readonly domain: string;
  readonly publicAddress: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** For apps whose name does not resolve; first and last. */
  readonly appPorts: readonly [number, number];
  readonly apiPort: number;
  readonly linkPort: number;
  readonly registryPort: number;
  /** Ports that Berth gives to services which publish one without naming it; first and last. */
  readonly hostPorts: readonly [number, number];
  /** CIDR that app networks get their subnets from. Undefined: that of the Swarm. */
  readonly networkPool?: string;
  /** Registry, and path in it, that has `debian`. Undefined: Docker Hub, or the engine's own mirror of it. */
  readonly baseRegistry?: string;
  /** Permissions that reach this machine and that its tasks may be granted. Undefined: none. */
  readonly allow?: readonly string[];
}

/** What a user may give; the rest is as it was at the last `up`, or the default. */
export type PlatformRequest = Partial<Platform>;

export const defaultPlatformName = 'berth';
/** So that `<platform>-registry` and the names of networks stay DNS labels. */
const platformNameLengthMax = 30;

/** `HOST[:PORT][/PATH]` without a scheme; the host is told from a path by its dot or port, as engines do. */
const REGISTRY =
  /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:\d{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;

const defaults = {
  httpPort: 80,
  httpsPort: 443,
  appPorts: [8100, 8119],
  apiPort: 7700,
  linkPort: 7701,
  registryPort: 5000,
  // Below the ports the kernel gives to outgoing connections.
  hostPorts: [30_000, 30_999],
} as const;

/** The user behind control and registry, in their images and on this machine's disk. */
export const systemUser = { uid: 10001, gid: 10001 } as const;

/**
 * What was asked for now, else what was asked for before, else the default. Rejects with `invalid` naming
 * every wrong value.
 */
export function choosePlatform(o: {
  request: PlatformRequest;
  stored: PlatformRequest;
  detectedAddress: string;
}): Platform {
  const given = withoutUndefined(o.request);
  const before = withoutUndefined(o.stored);
  const name = given.name ?? defaultPlatformName;
  const publicAddress = given.publicAddress ?? before.publicAddress ?? o.detectedAddress;
  // A domain made from the address follows the address.
  const storedDomain =
    before.domain !== undefined &&
    before.publicAddress !== undefined &&
    before.domain === sslipDomain(before.publicAddress)
      ? undefined
      : before.domain;
  const platform: Platform = {
    ...defaults,
    dataDir: join('/var/lib', name),
    ...before,
    ...given,
    ...(given.dataDir === undefined ? {} : { dataDir: normalizeDir(given.dataDir) }),
    name,
    publicAddress,
    domain: given.domain ?? storedDomain ?? sslipDomain(publicAddress),
  };
  const issues = findIssues(platform);
  if (issues.length > 0)
    throw refuse('invalid', issues.map(({ at, message }) => `${at}: ${message}`).join('; '), { issues });
  return platform;
}

/** As labels and settings have it: `/srv//berth/` is `/srv/berth`. */
export const normalizeDir = (path: string): string => normalize(path).replace(/(?<=.)\/$/, '');

/** A name that resolves to the address wherever there is public DNS. */
export const sslipDomain = (address: string): string => `${address.replace(/[.:]/g, '-')}.sslip.io`;

function findIssues(platform: Platform): { at: string; message: string }[] {
  const issues: { at: string; message: string }[] = [];
  const add = (at: string, message: string): void => {
    issues.push({ at, message });
  };
  const fault = findNameFault(platform.name, platformNameLengthMax);
  if (fault !== undefined)
    add(
      '--platform',
      fault.kind === 'not-a-label'
        ? `"${platform.name}" is not a DNS label; try "${fault.suggestion}"`
        : `must have 1 to ${platformNameLengthMax} characters`,
    );
  if (!platform.dataDir.startsWith('/') || platform.dataDir === '/')
    add('--data-dir', `"${platform.dataDir}" is not an absolute path of a directory of its own`);
  if (isIP(platform.publicAddress) === 0)
    add('--public-address', `"${platform.publicAddress}" is not an IP address`);
  const [first, last] = platform.appPorts;
  if (last < first) add('--app-ports', `${first}-${last} ends before it begins`);
  if (last - first > 999) add('--app-ports', `${first}-${last} is more than 1000 ports`);
  const [firstHost, lastHost] = platform.hostPorts;
  if (lastHost < firstHost || firstHost < 1024 || lastHost > 65_535)
    add('--host-ports', `${firstHost}-${lastHost} is not a range of ports from 1024 to 65535`);
  const { networkPool } = platform;
  if (
    networkPool !== undefined &&
    (parseCidr(networkPool) === undefined || countSubnets({ pool: networkPool, bits: 29 }, []).total < 16)
  )
    add('--network-pool', `"${networkPool}" is not an IPv4 range of /25 or wider, such as 10.64.0.0/16`);
  const { baseRegistry } = platform;
  if (baseRegistry !== undefined && !REGISTRY.test(baseRegistry))
    add(
      '--base-registry',
      `"${baseRegistry}" is not a registry as images name it, such as registry.example.com/mirror`,
    );
  for (const text of platform.allow ?? []) {
    const judged = judgePermission(text);
    if (judged.kind === 'never') add('--allow', judged.why);
    else if (judged.kind !== 'node') add('--allow', `${text} does not reach the machine: a grant is enough`);
  }
  const nested = findNestedBind(platform.allow ?? []);
  if (nested !== undefined)
    add('--allow', `${nested[1]} is inside ${nested[0]}, where tasks could make a link of it to anywhere`);
  const taken = new Map<number, string>();
  for (const [at, port] of listPorts(platform)) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) add(at, `${port} is not a port (1 to 65535)`);
    const other = taken.get(port);
    if (other !== undefined) add(at, `${port} is also given for ${other}`);
    taken.set(port, at);
  }
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(platform.domain))
    add('--domain', `"${platform.domain}" is not a host name in lower case, such as apps.example.com`);
  return issues;
}

/** Every port the platform listens on, with the option that moves it. */
export function listPorts(platform: Platform): [option: string, port: number][] {
  const ports: [string, number][] = [
    ['--http-port', platform.httpPort],
    ['--https-port', platform.httpsPort],
    ['--api-port', platform.apiPort],
    ['--link-port', platform.linkPort],
    ['--registry-port', platform.registryPort],
  ];
  for (let port = platform.appPorts[0]; port <= platform.appPorts[1]; port++)
    ports.push(['--app-ports', port]);
  return ports;
}

/** In the data directory; says whose it is. */
export const settingsFile = 'platform.json';

/** Names and places, all following from the platform. */
export function layoutOf(platform: Platform) {
  const control = join(platform.dataDir, 'control');
  const agent = join(platform.dataDir, 'agent');
  const registry = join(platform.dataDir, 'registry');
  return {
    containers: {
      control: `${platform.name}-control`,
      agent: `${platform.name}-agent`,
      edge: `${platform.name}-edge`,
      registry: `${platform.name}-registry`,
    },
    systemNetwork: `${platform.name}-system`,
    apiHost: `berth.${platform.domain}`,
    apiUrl: `http://127.0.0.1:${platform.apiPort}`,
    settings: join(platform.dataDir, settingsFile),
    control: {
      dir: control,
      config: join(control, 'config.json'),
      keys: join(control, 'keys'),
      ca: join(control, 'ca'),
      sources: join(control, 'sources'),
      caCertificate: join(control, 'ca', 'ca.crt'),
      caKey: join(control, 'ca', 'ca.key'),
      certificate: join(control, 'ca', 'control.crt'),
      key: join(control, 'ca', 'control.key'),
      registryPassword: join(control, 'keys', 'registry-password'),
    },
    agent: {
      dir: agent,
      edge: join(agent, 'edge'),
      config: join(agent, 'config.json'),
      caCertificate: join(agent, 'ca.crt'),
      certificate: join(agent, 'agent.crt'),
      key: join(agent, 'agent.key'),
    },
    registry: {
      dir: registry,
      data: join(registry, 'data'),
      config: join(registry, 'config.yml'),
      htpasswd: join(registry, 'htpasswd'),
    },
  } as const;
}
export type Layout = ReturnType<typeof layoutOf>;

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>;
}
