import type { AppSpec, ReleaseFile } from '@berth/domain/release';
import type { BuiltImage, Deployment } from './store.ts';

/** Turns what a person gave (an upload, an image) into the app's specification. */
export interface SpecSupply {
  /** The app's variables now. */
  variablesOf(app: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Pure in effect: the same deployment gives the same specification. Refuses with `invalid_manifest`,
   * `source_unrecognised`, `missing_variable`, `unsupported`… Undefined: the upload is not kept any more.
   */
  specOf(deployment: Deployment): Promise<
    | {
        readonly spec: AppSpec;
        readonly warnings: readonly string[];
        /** Text of the Dockerfile by service, the user's or the generated one. */
        readonly dockerfiles: Readonly<Record<string, string>>;
        /** Services that listen on the port their image exposes, unless the specification names one. */
        readonly portFromImage: readonly string[];
        /** The app's variables now. */
        readonly variables: Readonly<Record<string, string>>;
        /** Its configs and secrets now, with their content. */
        readonly files: readonly ReleaseFile[];
      }
    | undefined
  >;
  /** Those of a kept release, as they are now. Refuses with `missing_variable`, `missing_secret`. */
  filesOf(app: string, files: readonly ReleaseFile[]): Promise<readonly ReleaseFile[]>;
}

/** Provides the images of a specification, in the platform's registry, by digest. */
export interface ImageSupply {
  /** Builds, or pulls and keeps, the image of one service. Refuses with `build_failed`, `image_not_found`, `disk_full`. */
  provide(
    request: { deployment: Deployment; spec: AppSpec; service: string; dockerfile: string | undefined },
    hooks: { signal: AbortSignal; build(text: string): Promise<void>; progress(text: string): Promise<void> },
  ): Promise<BuiltImage>;
}
