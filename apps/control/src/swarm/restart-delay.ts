import { label } from '@berth/domain/label';
import type { ServiceSpec } from '@berth/engine/types';
import { nanoseconds } from './process-spec.ts';

/** How long Swarm waits when a task has ended; its own choice where the service says none. Pure. */
export const delayMsOf = ({ RestartPolicy }: ServiceSpec['TaskTemplate']): number =>
  (RestartPolicy?.Delay ?? 5e9) / 1e6;

/** The delay of restarts a service has, and what Berth asked for when it made it. Pure. */
export function delaysOf({ Labels, TaskTemplate }: ServiceSpec): { delayMs: number; baseMs: number } {
  const delayMs = delayMsOf(TaskTemplate);
  const raised = Labels[label.restartDelay];
  return { delayMs, baseMs: raised === undefined ? delayMs : Number(raised) };
}

/** The service with another delay; all its tasks are replaced by the change, and at once. Pure. */
export function withDelay(spec: ServiceSpec, delayMs: number): ServiceSpec {
  const { baseMs } = delaysOf(spec);
  const { [label.restartDelay]: _, ...labels } = spec.Labels;
  const { TaskTemplate } = spec;
  return {
    ...spec,
    Labels: delayMs === baseMs ? labels : { ...labels, [label.restartDelay]: String(baseMs) },
    TaskTemplate: {
      ...TaskTemplate,
      RestartPolicy: { Condition: 'any', ...TaskTemplate.RestartPolicy, Delay: nanoseconds(delayMs) },
    },
    // One that fails again is what is expected: Swarm would stop at the first.
    UpdateConfig: { Parallelism: 0, FailureAction: 'continue', Order: 'stop-first' },
  };
}

/** As Berth asked for it. Pure. */
export const withOwnDelay = (spec: ServiceSpec): ServiceSpec =>
  spec.Labels[label.restartDelay] === undefined ? spec : withDelay(spec, delaysOf(spec).baseMs);
