import type { DeploymentCreate, DeploymentEvent, DeploymentStep, Failure } from '@berth/contract/schemas';
import type { DeploymentState } from '@berth/domain/deployment';
import type { Awaited } from '@berth/domain/rollout';
import type * as z from 'zod';

type Asked = z.infer<typeof DeploymentCreate>['from'];

/** What images were made of, and what is read again to configure them. */
export type Origin = Extract<Asked, { kind: 'source' | 'image' }> & {
  /** The manifest of the environment is merged although `manifests` are named: they are of another one. */
  readonly isForeign?: boolean;
};

/**
 * `variables`: what release `release` runs, with the app's variables as they are now. `promotion`: the images of
 * a release of another environment. Both have the origin of that release; undefined: not known any more.
 */
export type From =
  | Origin
  /** Of these services alone. */
  | { readonly kind: 'restart'; readonly services: readonly string[] }
  | Exclude<Asked, { kind: 'source' | 'image' | 'promotion' }>
  | { readonly kind: 'variables'; readonly release: number; readonly origin?: Origin | undefined }
  | {
      readonly kind: 'promotion';
      readonly app: string;
      readonly release: number;
      readonly origin?: Origin | undefined;
    };

/** What a deployment is compiled from; undefined for a kept release as it is. */
export function originOf(from: From): Origin | undefined {
  switch (from.kind) {
    case 'source':
    case 'image':
      return from;
    case 'variables':
    case 'promotion':
      return from.origin;
    case 'release':
    case 'restart':
      return undefined;
  }
}
export type Event = z.infer<typeof DeploymentEvent>;
export type StepTime = z.infer<typeof DeploymentStep>;
export type FailureFact = z.infer<typeof Failure>;
type Unnumbered<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never;
export type NewEvent = Unnumbered<Event>;

export interface BuiltImage {
  readonly image: string;
  readonly imageLabel: string;
  readonly warnings: readonly string[];
  /** The lowest TCP port the image exposes. */
  readonly port?: number;
  /** Paths of its `VOLUME`s. */
  readonly volumes?: readonly string[];
}

/** The run a deployment chose for a service. */
export interface ChosenRun {
  readonly name: string;
  readonly service: string;
  /** `kept`: serves already, its tasks are not touched. `old`: of an earlier time, started again. */
  readonly how: 'kept' | 'old' | 'new';
  /** When it starts; undefined: nothing of it is started. */
  readonly wave?: number;
  readonly waitsFor: readonly Awaited[];
  readonly stopsFirst: readonly string[];
  /** Its tasks have been asked for. */
  readonly isBegun?: boolean;
  /** A kept run whose number of tasks changes. */
  readonly scale?: { readonly from: number; readonly to: number };
}

/** A run that served until the switch, as it was: for the way back. */
export interface ReplacedRun {
  readonly name: string;
  readonly state: 'live' | 'stopped';
  readonly weight: number;
}

export interface Deployment {
  readonly id: string;
  readonly app: string;
  /** `create`: ends with the release written; nothing of it starts. */
  readonly kind: 'deploy' | 'create' | 'rollback' | 'restart';
  readonly state: DeploymentState;
  readonly from: From;
  readonly fromRelease: number | undefined;
  readonly toRelease: number | undefined;
  readonly generation: number;
  readonly actor: string;
  readonly message: string | undefined;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly deadlineAt: number;
  readonly cancelRequestedAt: number | undefined;
  readonly images: Readonly<Record<string, BuiltImage>> | undefined;
  readonly runs: readonly ChosenRun[];
  readonly replaced: readonly ReplacedRun[];
  readonly endAs: 'failed' | 'cancelled' | undefined;
  readonly failure: FailureFact | undefined;
  readonly steps: readonly StepTime[];
  readonly warnings: readonly string[];
  readonly progress: string | undefined;
  readonly progressAt: number;
}

export interface DeploymentPatch {
  readonly from?: From;
  readonly fromRelease?: number;
  readonly toRelease?: number;
  readonly generation?: number;
  readonly images?: Readonly<Record<string, BuiltImage>>;
  readonly runs?: readonly ChosenRun[];
  readonly replaced?: readonly ReplacedRun[];
  readonly endAs?: 'failed' | 'cancelled';
  readonly failure?: FailureFact;
  readonly warnings?: readonly string[];
  readonly deadlineAt?: number;
}
