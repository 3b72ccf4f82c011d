import type { DeploymentView } from '@berth/contract/schemas';
import { deploymentStateMeaning, isDeploymentEnd } from '@berth/domain/deployment';
import { isoTime } from '@berth/runtime/clock';
import type * as z from 'zod';
import type { Deployment } from './deployment.ts';

/** Without progress for this long a deployment counts as stalled (R026). */
export const stalledMs = 30_000;

export function viewOf(deployment: Deployment, now: number): z.input<typeof DeploymentView> {
  const ended = isDeploymentEnd(deployment.state);
  return {
    id: deployment.id,
    app: deployment.app,
    kind: deployment.kind,
    state: deployment.state,
    stateMeaning:
      deployment.kind === 'create' && deployment.state === 'succeeded'
        ? 'the release is made, and not started'
        : deploymentStateMeaning[deployment.state],
    ...(deployment.fromRelease === undefined ? {} : { fromRelease: deployment.fromRelease }),
    ...(deployment.toRelease === undefined ? {} : { toRelease: deployment.toRelease }),
    ...(deployment.message === undefined ? {} : { message: deployment.message }),
    actor: deployment.actor,
    createdAt: isoTime(deployment.createdAt),
    ...(deployment.endedAt === undefined ? {} : { endedAt: isoTime(deployment.endedAt) }),
    deadlineAt: isoTime(deployment.deadlineAt),
    steps: [...deployment.steps],
    ...(deployment.progress === undefined ? {} : { progress: deployment.progress }),
    stalled: !ended && now - deployment.progressAt > stalledMs,
    ...(deployment.failure === undefined
      ? {}
      : { failure: { ...deployment.failure, evidence: [...deployment.failure.evidence] } }),
    warnings: [...deployment.warnings],
  };
}
