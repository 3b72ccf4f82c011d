import type { DeploymentState } from '@berth/domain/deployment';
import type { Selectable } from 'kysely';
import type { DeploymentsTable } from '../db/deployment-tables.ts';
import type {
  BuiltImage,
  ChosenRun,
  Deployment,
  DeploymentPatch,
  FailureFact,
  From,
  ReplacedRun,
  StepTime,
} from './deployment.ts';

/** What a patch sets in its row. */
export function columnsOf(patch: DeploymentPatch) {
  return {
    ...(patch.from === undefined ? {} : { request_json: JSON.stringify(patch.from) }),
    ...(patch.fromRelease === undefined ? {} : { from_release: patch.fromRelease }),
    ...(patch.toRelease === undefined ? {} : { to_release: patch.toRelease }),
    ...(patch.generation === undefined ? {} : { generation: patch.generation }),
    ...(patch.images === undefined ? {} : { images_json: JSON.stringify(patch.images) }),
    ...(patch.runs === undefined ? {} : { runs_json: JSON.stringify(patch.runs) }),
    ...(patch.replaced === undefined ? {} : { replaced_json: JSON.stringify(patch.replaced) }),
    ...(patch.endAs === undefined ? {} : { end_as: patch.endAs }),
    ...(patch.failure === undefined ? {} : { failure_json: JSON.stringify(patch.failure) }),
    ...(patch.warnings === undefined ? {} : { warnings_json: JSON.stringify(patch.warnings) }),
    ...(patch.deadlineAt === undefined ? {} : { deadline_at: patch.deadlineAt }),
  };
}

export function toDeployment(row: Selectable<DeploymentsTable>): Deployment {
  return {
    id: row.id,
    app: row.app,
    kind: row.kind as Deployment['kind'],
    state: row.state as DeploymentState,
    from: JSON.parse(row.request_json) as From,
    fromRelease: row.from_release ?? undefined,
    toRelease: row.to_release ?? undefined,
    generation: row.generation,
    actor: row.actor,
    message: row.message ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
    deadlineAt: row.deadline_at,
    cancelRequestedAt: row.cancel_requested_at ?? undefined,
    images:
      row.images_json === null ? undefined : (JSON.parse(row.images_json) as Record<string, BuiltImage>),
    runs: row.runs_json === null ? [] : (JSON.parse(row.runs_json) as ChosenRun[]),
    replaced: row.replaced_json === null ? [] : (JSON.parse(row.replaced_json) as ReplacedRun[]),
    endAs: (row.end_as ?? undefined) as 'failed' | 'cancelled' | undefined,
    failure: row.failure_json === null ? undefined : (JSON.parse(row.failure_json) as FailureFact),
    steps: JSON.parse(row.steps_json) as StepTime[],
    warnings: JSON.parse(row.warnings_json) as string[],
    progress: row.progress ?? undefined,
    progressAt: row.progress_at,
  };
}
