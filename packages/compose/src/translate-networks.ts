import { isOwnNetwork, ownNetworkOf } from '@berth/domain/no-network';
import type { AppNetwork } from '@berth/domain/release';
import type { NetworkMembership } from '@berth/domain/service';
import { contains, parseAddress, parseCidr } from '@berth/domain/subnet';
import type { ComposeModel, ComposeNetwork, ComposeService, ComposeServiceNetwork } from './compose-model.ts';
import type { Fault, Path } from './issue.ts';
import { nearest } from './schema.ts';
import { labelFaults } from './translate-labels.ts';
import { refusalOf } from './translate-refusals.ts';

export interface Networks {
  /** Those a service joins. */
  readonly networks: readonly AppNetwork[];
  readonly memberships: ReadonlyMap<string, readonly NetworkMembership[]>;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** Longest name of a network in a manifest. */
const nameLengthMax = 40;

/**
 * Networks of the app, and who joins which under what names. A name always means one service in a network: what
 * Compose would answer in turns for two services that did not mean to share it is refused.
 */
export function planNetworks(model: ComposeModel): Networks {
  const faults: Fault[] = [];
  const notes: string[] = [];
  const joined = new Map<string, { network: string; aliases: string[] }[]>();
  for (const [name, service] of Object.entries(model.services))
    joined.set(name, membershipsOf(name, service, faults, notes));
  addHostnames(model, joined);
  addLinks(model, joined, faults, notes);
  faults.push(...clashes(joined));
  const networks: AppNetwork[] = [];
  for (const name of new Set([...joined.values()].flat().map(({ network }) => network))) {
    networks.push(
      isOwnNetwork(name)
        ? { name, internal: true, encrypted: false, labels: {} }
        : networkOf(name, model.networks?.[name], faults, notes),
    );
  }
  return { networks, memberships: joined, faults, notes };
}

function membershipsOf(
  name: string,
  service: ComposeService,
  faults: Fault[],
  notes: string[],
): { network: string; aliases: string[] }[] {
  const path = ['services', name, 'network_mode'];
  const mode = service.network_mode;
  if (mode === 'none') return [{ network: ownNetworkOf(name), aliases: [] }];
  if (mode === 'host') {
    notes.push(
      `services.${name}: is in the network of its node: no service reaches it by its name, nor it them; others reach it at an address of the node`,
    );
    return [];
  }
  if (mode?.startsWith('service:') || mode?.startsWith('container:')) {
    faults.push({
      path,
      message: `\`network_mode: ${mode}\` is not supported: tasks of two services may run on different nodes`,
      suggestion: `remove it: \`${mode.slice(mode.indexOf(':') + 1)}\` is reached by that name`,
    });
  } else if (mode) {
    if (mode !== 'bridge' && mode !== 'default')
      faults.push({
        path,
        message: `\`network_mode: ${mode}\` is not a mode a task can have`,
        suggestion: 'name the network under `networks`',
      });
    else notes.push(`services.${name}: \`network_mode: ${mode}\` is the app’s own network`);
    return [{ network: 'default', aliases: containerName(service) }];
  }
  const networks = Object.entries(service.networks ?? { default: null });
  return networks.map(([network, options]) => {
    refuseOptions(name, network, options, faults, notes);
    return { network, aliases: [...(options?.aliases ?? []), ...containerName(service)] };
  });
}

/** Docker resolves the name of a container in every network it is in. */
const containerName = (service: ComposeService): string[] =>
  service.container_name ? [service.container_name] : [];

/**
 * Docker resolves the host name of a container as well. With a domain, the host name Swarm is told is the whole of
 * both; a name that is another service's stays that.
 */
function addHostnames(
  model: ComposeModel,
  joined: ReadonlyMap<string, { network: string; aliases: string[] }[]>,
): void {
  for (const [name, { hostname, domainname }] of Object.entries(model.services))
    if (hostname && domainname && (hostname === name || !(hostname in model.services)))
      for (const { aliases } of joined.get(name) ?? []) aliases.push(hostname);
}

function refuseOptions(
  service: string,
  network: string,
  options: ComposeServiceNetwork | null,
  faults: Fault[],
  notes: string[],
): void {
  const path: Path = ['services', service, 'networks', network];
  for (const [key, value] of Object.entries(options ?? {})) {
    const isSaid = value !== undefined && value !== '';
    const fault = isSaid ? refusalOf(`services.networks.${key}`, [...path, key]) : undefined;
    if (fault !== undefined) faults.push(fault);
    if (key === 'priority' || key === 'gw_priority')
      notes.push(`services.${service}: \`${key}\` of ${network} changes nothing: the way out is Swarm’s own`);
  }
}

/** `db:database` is an alias of db in the networks both are in; the others there can use it too. */
function addLinks(
  model: ComposeModel,
  joined: ReadonlyMap<string, { network: string; aliases: string[] }[]>,
  faults: Fault[],
  notes: string[],
): void {
  for (const [name, service] of Object.entries(model.services)) {
    for (const [index, link] of (service.links ?? []).entries()) {
      const path = ['services', name, 'links', index];
      const [target = '', alias = target] = link.split(':', 2);
      const theirs = joined.get(target);
      if (theirs === undefined) {
        const near = nearest(target, Object.keys(model.services));
        faults.push({
          path,
          message: `links to \`${target}\`, which is not a service of the app`,
          ...(near === undefined ? {} : { suggestion: `did you mean \`${near}\`?` }),
        });
        continue;
      }
      const own = new Set(joined.get(name)?.map(({ network }) => network));
      const shared = theirs.filter(({ network }) => own.has(network));
      if (shared.length === 0)
        faults.push({
          path,
          message: `links to \`${target}\`, but they have no network in common`,
          suggestion: 'let both join one under `networks`',
        });
      if (alias === target) continue;
      for (const membership of shared) membership.aliases.push(alias);
      notes.push(`services.${name}: \`${alias}\` leads to ${target} for every service of their network`);
    }
  }
}

/** Names that would lead to two services. An alias several services give themselves is meant so. */
function clashes(
  joined: ReadonlyMap<string, readonly { network: string; aliases: readonly string[] }[]>,
): Fault[] {
  const faults: Fault[] = [];
  for (const [service, memberships] of joined) {
    for (const { network, aliases } of memberships) {
      for (const alias of new Set(aliases)) {
        const other = joined.get(alias);
        if (alias === service || other === undefined || !other.some((one) => one.network === network))
          continue;
        faults.push({
          path: ['services', service, 'networks'],
          message: `the alias \`${alias}\` of ${service} is the name of another service of the network ${network}`,
          suggestion: 'choose another alias',
        });
      }
    }
  }
  return faults;
}

function networkOf(
  name: string,
  network: ComposeNetwork | undefined,
  faults: Fault[],
  notes: string[],
): AppNetwork {
  const path: Path = ['networks', name];
  const bare = { name, internal: false, encrypted: false, labels: {} };
  if (name.length > nameLengthMax)
    faults.push({
      path,
      message: `the name is longer than ${nameLengthMax} characters`,
      suggestion: 'shorten it',
    });
  if (network === undefined) return bare;
  faults.push(...labelFaults(network.labels, [...path, 'labels']));
  if (network.external === true) return { ...bare, shared: network.name };
  if (network.driver && !['overlay', 'bridge'].includes(network.driver))
    faults.push({
      path: [...path, 'driver'],
      message: `the network driver \`${network.driver}\` is not supported: networks of apps span nodes`,
      suggestion: 'remove it',
    });
  const ipv6 = refusalOf('networks.enable_ipv6', [...path, 'enable_ipv6']);
  if (network.enable_ipv6 === true && ipv6 !== undefined) faults.push(ipv6);
  if (network.enable_ipv4 === false)
    faults.push({
      path: [...path, 'enable_ipv4'],
      message: '`enable_ipv4: false` is not supported: the engine’s overlay networks are IPv4',
      suggestion: 'remove it',
    });
  return {
    ...bare,
    internal: network.internal === true,
    ...optionsOf(network, path, faults, notes),
    ...ipamOf(network, path, faults),
    labels: { ...network.labels },
  };
}

function optionsOf(
  network: ComposeNetwork,
  path: Path,
  faults: Fault[],
  notes: string[],
): Partial<Pick<AppNetwork, 'encrypted' | 'mtu'>> {
  let encrypted = false;
  let mtu: number | undefined;
  for (const [key, value] of Object.entries(network.driver_opts ?? {})) {
    const text = String(value ?? '');
    if (key === 'encrypted') encrypted = !['false', '0'].includes(text);
    else if (key === 'com.docker.network.driver.mtu' && /^\d+$/.test(text)) mtu = Number(text);
    else if (key.startsWith('com.docker.network.bridge.') && key !== 'com.docker.network.bridge.enable_icc')
      notes.push(`networks.${path[1]}: \`${key}\` changes nothing: the network is an overlay, not a bridge`);
    else
      faults.push({
        path: [...path, 'driver_opts', key],
        message: `the network option \`${key}\` is not supported`,
        suggestion: 'only `encrypted` and `com.docker.network.driver.mtu` are',
      });
  }
  return { encrypted, ...(mtu === undefined ? {} : { mtu }) };
}

function ipamOf(
  network: ComposeNetwork,
  path: Path,
  faults: Fault[],
): Partial<Pick<AppNetwork, 'subnet' | 'gateway' | 'ipRange'>> {
  const { ipam } = network;
  if (ipam?.driver && ipam.driver !== 'default')
    faults.push({
      path: [...path, 'ipam', 'driver'],
      message: `the address driver \`${ipam.driver}\` is not supported`,
      suggestion: 'remove it',
    });
  const [config, second] = ipam?.config ?? [];
  if (second !== undefined)
    faults.push({
      path: [...path, 'ipam', 'config', 1],
      message: 'a network has one subnet',
      suggestion: 'declare a wider one',
    });
  if (config === undefined) return {};
  const at: Path = [...path, 'ipam', 'config', 0];
  const found: { subnet?: string; gateway?: string; ipRange?: string } = {};
  const subnet = textOf(config.subnet);
  if (subnet !== undefined) {
    if (parseCidr(subnet) === undefined)
      faults.push({
        path: [...at, 'subnet'],
        message: `\`${subnet}\` is not an IPv4 subnet`,
        suggestion: 'write it like 10.20.30.0/24',
      });
    else found.subnet = subnet;
  }
  for (const [key, field] of [
    ['gateway', 'gateway'],
    ['ip_range', 'ipRange'],
  ] as const) {
    const value = textOf(config[key]);
    if (value === undefined) continue;
    const isRead = (key === 'gateway' ? parseAddress(value) : parseCidr(value)) !== undefined;
    if (!isRead || subnet === undefined || !contains(subnet, value))
      faults.push({
        path: [...at, key],
        message: `the ${key} \`${value}\` is not inside ${subnet === undefined ? 'a declared `subnet`' : `the subnet ${subnet}`}`,
        suggestion: subnet === undefined ? 'declare `subnet` too' : 'choose one that is',
      });
    else found[field] = value;
  }
  const fixed = refusalOf('networks.ipam.config.aux_addresses', [...at, 'aux_addresses']);
  if (config.aux_addresses !== undefined && fixed !== undefined) faults.push(fixed);
  return found;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
