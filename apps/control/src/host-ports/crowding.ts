import type { ServiceSpec } from '@berth/domain/service';
import { hasPublishedPorts } from '../deployments/desired.ts';

type Crowding = Pick<ServiceSpec, 'name' | 'mode' | 'replicas' | 'ports' | 'placement'>;

/** Services with more tasks than all nodes together may have of them: the rest would wait for ever. Pure. */
export function findCrowded(services: readonly Crowding[], nodes: number): readonly string[] {
  return services.flatMap((spec) => {
    if (spec.mode !== 'replicated') return [];
    const perNode = Math.min(
      hasPublishedPorts(spec) ? 1 : Number.POSITIVE_INFINITY,
      spec.placement.replicasPerNodeMax || Number.POSITIVE_INFINITY,
    );
    if (spec.replicas <= perNode * nodes) return [];
    const why = hasPublishedPorts(spec)
      ? `a node gives ${spec.ports.find(({ address }) => address === undefined)?.published || 'a port'} to one of them`
      : `max_replicas_per_node is ${perNode}`;
    return [
      `${spec.name} is to have ${spec.replicas} tasks, ${why}, and there ${nodes === 1 ? 'is 1 node' : `are ${nodes} nodes`}`,
    ];
  });
}
