/** States of a deployment, and where each may go. The only place that says so. */
export const deploymentNext = {
  queued: ['building', 'releasing', 'cancelled', 'failed'],
  building: ['releasing', 'failed', 'cancelled'],
  /** `succeeded` at once when nothing differs from what runs. */
  releasing: ['preparing', 'succeeded', 'failed', 'cancelled'],
  preparing: ['hooking', 'starting', 'reverting'],
  hooking: ['starting', 'reverting'],
  starting: ['proving', 'reverting'],
  /** `starting` again where services of the release wait for those that are proven. */
  proving: ['starting', 'switching', 'reverting'],
  switching: ['succeeded', 'reverting'],
  reverting: ['failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type DeploymentState = keyof typeof deploymentNext;

export const deploymentStates = Object.keys(deploymentNext) as readonly DeploymentState[];

export type DeploymentEnd = 'succeeded' | 'failed' | 'cancelled';

export function isDeploymentEnd(state: DeploymentState): state is DeploymentEnd {
  return deploymentNext[state].length === 0;
}

export function mayAdvance(from: DeploymentState, to: DeploymentState): boolean {
  return (deploymentNext[from] as readonly string[]).includes(to);
}

/** In words, for people. */
export const deploymentStateMeaning = {
  queued: 'waits for its turn: one deployment at a time per app',
  building: 'the image is built from source and pushed to the registry',
  releasing: 'the numbered, immutable release is written',
  preparing: 'network, volumes and images are made ready',
  hooking: 'the release command runs once in the new image',
  starting: 'the new tasks are created and started',
  proving: 'the edge probes the new tasks until all are healthy, and jobs run until they have succeeded',
  switching: 'all traffic moves to the new release',
  reverting: 'the new tasks are removed; what served before serves on',
  succeeded: 'all traffic is on the new release',
  failed: 'what served before serves on; the reason is recorded',
  cancelled: 'stopped by a person; what served before serves on',
} as const satisfies Record<DeploymentState, string>;
