import type { NodeFacts } from '@berth/contract/agent';
import type { PortView } from '@berth/contract/nodes';
import { parseBoundPorts } from '@berth/domain/bound-port';
import { label } from '@berth/domain/label';
import type { ContainerSummary, Service } from '@berth/engine/types';
import type * as z from 'zod';

type View = z.input<typeof PortView>;

export interface PortFacts {
  readonly platform: string;
  /** Connected nodes, with what runs on them. */
  readonly nodes: readonly {
    readonly facts: Pick<NodeFacts, 'name' | 'edge'>;
    readonly containers: readonly Pick<ContainerSummary, 'Names' | 'Labels' | 'Ports'>[];
  }[];
  readonly apps: readonly { readonly name: string; readonly port: number | undefined }[];
  readonly services: readonly Pick<Service, 'Spec'>[];
}

/** Who has which port: the edge's, each app's, those that containers publish, and those Swarm publishes. Pure. */
export function listPortOwners(facts: PortFacts): View[] {
  const ports = new Map<string, View>();
  const add = (view: View) => {
    const key = keyOf(view);
    if (!ports.has(key)) ports.set(key, view);
  };
  for (const { facts: node, containers } of facts.nodes) {
    const tcp = (port: number, owner: string) => add({ port, protocol: 'tcp', node: node.name, owner });
    tcp(node.edge.httpPort, 'edge: HTTP');
    tcp(node.edge.httpsPort, 'edge: HTTPS, and the API');
    for (const app of facts.apps) if (app.port !== undefined) tcp(app.port, `app ${app.name}`);
    for (const container of containers) {
      const owned = { node: node.name, owner: ownerOf(container, facts.platform) };
      for (const { PublicPort: port, Type, IP } of container.Ports) {
        if (port === undefined) continue;
        const isAll = IP === undefined || ['', '0.0.0.0', '::'].includes(IP);
        add({ port, protocol: Type === 'udp' ? 'udp' : 'tcp', ...(isAll ? {} : { address: IP }), ...owned });
      }
      for (const { address, port, protocol } of parseBoundPorts(container.Labels[label.boundPorts]))
        add({ port, protocol, address, ...owned });
    }
    // Swarm's routing mesh takes a port on every node.
    for (const { Spec } of facts.services) {
      for (const published of Spec.EndpointSpec?.Ports ?? []) {
        if (typeof published.PublishedPort !== 'number' || published.PublishMode === 'host') continue;
        add({
          port: published.PublishedPort,
          protocol: published.Protocol === 'udp' ? 'udp' : 'tcp',
          node: node.name,
          owner: `service ${Spec.Name}`,
        });
      }
    }
  }
  return [...ports.values()].sort((x, y) => (keyOf(x) < keyOf(y) ? -1 : 1));
}

const roleNames: Readonly<Record<string, string>> = {
  control: 'control: API and agents',
  registry: 'registry',
  agent: 'agent',
  edge: 'edge: free for an app',
};

/** In words people know; of another platform on the same engine, the name with its role. */
function ownerOf(container: Pick<ContainerSummary, 'Names' | 'Labels'>, platform: string): string {
  const name = (container.Names[0] ?? '').replace(/^\//, '');
  const role = container.Labels[label.role];
  const other = container.Labels[label.platform];
  const app = container.Labels[label.app];
  if (role === undefined && other === platform && app !== undefined)
    return `app ${app}, service ${container.Labels[label.service]}`;
  if (role === undefined || other === undefined) return `container ${name}`;
  return other === platform ? (roleNames[role] ?? role) : `${role} of platform ${other}`;
}

/** Sorts by node, then port; also the cursor of the list. */
export const keyOf = (view: Pick<View, 'node' | 'port' | 'protocol' | 'address'>): string =>
  `${view.node} ${String(view.port).padStart(5, '0')} ${view.protocol} ${view.address ?? ''}`;
