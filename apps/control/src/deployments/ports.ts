import type { AppSpec, Release, ReleaseFile } from '@berth/domain/release';
import type { EffectiveVariables } from '../env/store.ts';
import type { Asked } from '../grants/require.ts';
import type { BuiltImage, Deployment } from './deployment.ts';

/** Who set a variable of a service: its manifest, at a place where that is known, or Berth. */
export type VariablePlace =
  | { readonly kind: 'file'; readonly at?: string | undefined }
  | { readonly kind: 'platform' };

/** Turns what a person gave (an upload, an image) into the app's specification. */
export interface SpecSupply {
  /** What the scopes of the app say now. */
  variablesOf(app: string): Promise<EffectiveVariables>;
  /**
   * Pure in effect: the same deployment gives the same specification. Refuses with `invalid_manifest`,
   * `source_unrecognised`, `missing_variable`, `unsupported`… Undefined: the upload is not kept any more.
   */
  specOf(deployment: Pick<Deployment, 'app' | 'kind' | 'from'>): Promise<
    | (EffectiveVariables & {
        readonly spec: AppSpec;
        readonly warnings: readonly string[];
        /** Text of the Dockerfile by service, the user's or the generated one. */
        readonly dockerfiles: Readonly<Record<string, string>>;
        /** Services that listen on the port their image exposes, unless the specification names one. */
        readonly portFromImage: readonly string[];
        /** What it has only by a grant. */
        readonly asks: readonly Asked[];
        /** Its configs and secrets now, with their content. */
        readonly files: readonly ReleaseFile[];
      })
    | undefined
  >;
  /** Where the manifest of a deployment sets the variable of a service; undefined: it is not known, or set by us. */
  placesOf(deployment: Deployment): Promise<(service: string, name: string) => VariablePlace>;
  /** Those of a kept release, as they are now. Refuses with `missing_variable`, `missing_secret`. */
  filesOf(app: string, release: Pick<Release, 'files' | 'services'>): Promise<readonly ReleaseFile[]>;
}

/** Provides the images of a specification, in the platform's registry, by digest. */
export interface ImageSupply {
  /** Builds, or pulls and keeps, the image of one service. Refuses with `build_failed`, `image_not_found`, `disk_full`. */
  provide(
    request: { deployment: Deployment; spec: AppSpec; service: string; dockerfile: string | undefined },
    hooks: { signal: AbortSignal; build(text: string): Promise<void>; progress(text: string): Promise<void> },
  ): Promise<BuiltImage>;
}
