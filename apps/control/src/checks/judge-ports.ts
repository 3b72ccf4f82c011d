import type { NodeFacts } from '@berth/contract/agent';
import { printEndpoint } from '@berth/domain/bound-port';
import { broken, type Check, ok } from './check.ts';

/** The ports of tasks that are bound to an address of the node are open there. Pure. */
export function judgeBoundPorts(node: string, ports: NonNullable<NodeFacts['boundPorts']>): Check[] {
  if (ports.length === 0) return [];
  const faulty = ports.flatMap(({ address, port, protocol, fault }) => {
    if (fault === undefined) return [];
    const place = `${printEndpoint(port, address)}/${protocol}`;
    return [
      broken(
        'platform',
        `platform.bound-port.${node}.${place}`,
        `${place} of node ${node} is not open: ${fault}`,
        '`berth ports` shows whose it is. It is opened as soon as that is possible; or give it another place in the manifest.',
      ),
    ];
  });
  if (faulty.length > 0) return faulty;
  const count = ports.length === 1 ? '1 port' : `${ports.length} ports`;
  return [ok('platform', `platform.bound-ports.${node}`, `${count} of ${node} bound to an address: open`)];
}
