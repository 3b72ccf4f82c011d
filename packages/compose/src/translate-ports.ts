import type { HostPort } from '@berth/domain/service';
import type { ComposeModel, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { boundAddress } from './port-address.ts';
import { httpPorts, isOnHost, type Routing } from './translate-routes.ts';

/** Published ports that are not the edge's: TCP and UDP, on the node the task is on. Nothing is published twice. */
export function planHostPorts(
  model: ComposeModel,
  name: string,
  routing: Pick<Routing, 'isRouted' | 'ports'>,
): {
  readonly ports: readonly HostPort[];
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
} {
  const service = model.services[name];
  if (service !== undefined && isOnHost(service))
    return { ports: portsOnHost(service), faults: [], notes: [] };
  const faults: Fault[] = [];
  const notes: string[] = [];
  const ports: HostPort[] = [];
  for (const [index, port] of (service?.ports ?? []).entries()) {
    if (routing.isRouted(name, port)) continue;
    const path = ['services', name, 'ports', index];
    const protocol = port.protocol ?? 'tcp';
    if (protocol !== 'tcp' && protocol !== 'udp') {
      faults.push({ path, message: `ports of ${protocol} are not supported`, suggestion: 'use tcp or udp' });
      continue;
    }
    const address = boundAddress(port);
    const published = publishedOf(port.published);
    if (published === undefined || port.target === undefined) {
      faults.push({
        path,
        message: `\`${port.published}\` is not a port or a range of ports`,
        suggestion: 'write it like 5432 or 8000-8010',
      });
      continue;
    }
    if (published.published === 0)
      notes.push(
        `services.${name}: a port of the node is chosen for ${port.target}/${protocol}; \`berth ports\` shows it`,
      );
    if (
      address !== undefined &&
      protocol === 'tcp' &&
      httpPorts.includes(port.target) &&
      port.target !== routing.ports.get(name)
    )
      notes.push(
        `services.${name}: port ${port.target} is open at ${address} of the node and nowhere else; \`x-berth: {port: ${port.target}}\` would make it reachable through the edge, too`,
      );
    ports.push({
      target: port.target,
      protocol,
      ...published,
      ...(address === undefined ? {} : { address }),
    });
  }
  const replicas = service?.scale ?? service?.deploy?.replicas ?? 1;
  if (ports.some(({ address }) => address === undefined) && replicas > 1)
    notes.push(
      `services.${name}: has ports of the node, so each of its ${replicas} tasks needs a node of its own`,
    );
  return { ports, faults, notes };
}

/** Those it says it listens on: nothing is published, and nobody else may have them. */
function portsOnHost({ ports = [], expose = [] }: ComposeService): HostPort[] {
  const named = [
    ...ports.map(({ target, protocol }) => `${target}/${protocol ?? 'tcp'}`),
    ...expose.map((text) => (text.includes('/') ? text : `${text}/tcp`)),
  ];
  return [...new Set(named)].flatMap((text) => {
    const [, port, protocol] = /^(\d+)\/(tcp|udp)$/.exec(text) ?? [];
    if (port === undefined) return [];
    const number = Number(port);
    return [{ target: number, published: number, protocol: protocol === 'udp' ? 'udp' : 'tcp' }];
  });
}

/** `5432`, `8000-8010` (one of them), or nothing (any). */
function publishedOf(text: string | undefined): Pick<HostPort, 'published' | 'range'> | undefined {
  if (text === undefined || text === '' || text === '0') return { published: 0 };
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65_535 || last < first) return undefined;
  return first === last ? { published: first } : { published: 0, range: [first, last] };
}
