import type { ServiceSpec } from './types.ts';

/** No node has this name, so a service of one task per node has none. */
const parkedConstraint = 'node.hostname==berth.parked';

/** The service with so many tasks; undefined: it has them, or is a job, whose tasks end by themselves. */
export function withReplicas(spec: ServiceSpec, replicas: number): ServiceSpec | undefined {
  if (spec.Mode.Replicated !== undefined)
    return spec.Mode.Replicated.Replicas === replicas
      ? undefined
      : { ...spec, Mode: { Replicated: { Replicas: replicas } } };
  if (spec.Mode.Global === undefined) return undefined;
  const { Placement } = spec.TaskTemplate;
  const constraints = Placement?.Constraints ?? [];
  if (constraints.includes(parkedConstraint) === (replicas === 0)) return undefined;
  const others = constraints.filter((one) => one !== parkedConstraint);
  return {
    ...spec,
    TaskTemplate: {
      ...spec.TaskTemplate,
      Placement: { ...Placement, Constraints: replicas === 0 ? [...others, parkedConstraint] : others },
    },
  };
}

/** How many tasks a service is asked to have; one of a task per node counts as one; jobs end by themselves. */
export function replicasOf(spec: ServiceSpec): number {
  if (spec.Mode.Replicated !== undefined) return spec.Mode.Replicated.Replicas;
  const isParked = spec.TaskTemplate.Placement?.Constraints?.includes(parkedConstraint) === true;
  return spec.Mode.Global === undefined || isParked ? 0 : 1;
}
