import { hasAddress } from '@berth/domain/bound-port';
import type { ReleaseService } from '@berth/domain/release';

export interface AddressedNode {
  readonly id: string;
  readonly name: string;
  /** Undefined: its agent does not say. */
  readonly addresses: readonly string[] | undefined;
}

/**
 * Services whose ports are bound to addresses that not every node has run on a node that has them; in words, those
 * of which no node has them. Pure.
 */
export function placeByAddress<T extends Pick<ReleaseService, 'spec'>>(
  services: readonly T[],
  nodes: readonly AddressedNode[],
): { readonly services: readonly T[]; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const placed = services.map((service) => {
    const { spec } = service;
    const wanted = [...new Set(spec.ports.flatMap(({ address }) => address ?? []))];
    if (wanted.length === 0) return service;
    const has = ({ addresses }: AddressedNode, address: string) =>
      addresses === undefined || hasAddress(addresses, address);
    const able = nodes.filter((one) => wanted.every((address) => has(one, address)));
    const [node] = able;
    if (node === undefined) {
      const absent = wanted.filter((address) => !nodes.some((one) => has(one, address)));
      const what =
        absent.length > 0
          ? `${absent.join(' and ')}, which no node has`
          : `${wanted.join(' and ')}, which no node has together`;
      faults.push(
        `${spec.name} binds a port to ${what}: ${nodes
          .map(({ name, addresses }) => `${name} has ${addresses?.join(', ')}`)
          .join('; ')}`,
      );
      return service;
    }
    const constraint = `node.id==${node.id}`;
    const { constraints } = spec.placement;
    if (able.length === nodes.length || constraints.includes(constraint)) return service;
    return {
      ...service,
      spec: { ...spec, placement: { ...spec.placement, constraints: [...constraints, constraint] } },
    };
  });
  return { services: placed, faults };
}
