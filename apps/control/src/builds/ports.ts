import type { BuildOptions } from '@berth/domain/release';
import type { Secret } from '@berth/runtime/secret';

/** What to build. Everything in it may end up in the image, so nothing in it may be a secret. */
export interface BuildRequest {
  /** Unique and sortable (`newId`): becomes the tag of the image. */
  readonly id: string;
  readonly app: string;
  readonly service: string;
  /** Directory of the unpacked context on this machine. */
  readonly contextDir: string;
  /** A file of the context, or a text that is not in it (a generated one). */
  readonly dockerfile:
    | { readonly kind: 'path'; readonly path: string }
    | { readonly kind: 'text'; readonly text: string };
  readonly target?: string;
  /** Build arguments: visible in the image's history. */
  readonly args: Readonly<Record<string, string>>;
  readonly options?: BuildOptions;
  /** Name inside the platform's registry: `<app>/<service>`. */
  readonly imageRepository: string;
  /** The port traffic will go to, for the warning when the image says otherwise. */
  readonly assumedPort?: number;
  /** The app's variables: never sent, only looked for in the finished image. */
  readonly variables?: Readonly<Record<string, Secret>>;
}

export interface BuildHooks {
  /** Aborting it cancels this build and no other. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: BuildEvent) => void;
}

export type BuildEvent =
  | { readonly kind: 'queued'; readonly position: number }
  | {
      readonly kind: 'started';
      readonly builder: Builder;
      readonly contextBytes: number;
      readonly files: number;
    }
  | {
      readonly kind: 'step';
      readonly text: string;
      readonly state: 'started' | 'done' | 'cached' | 'failed';
      readonly durationMs?: number;
    }
  | { readonly kind: 'log'; readonly step: string; readonly text: string }
  | { readonly kind: 'pushing'; readonly doneBytes: number; readonly ofBytes: number }
  | { readonly kind: 'pushed'; readonly image: string; readonly durationMs: number }
  /** Nothing had changed since an earlier build whose image is still in the registry. */
  | { readonly kind: 'reused'; readonly image: string }
  /** At least every 5 s while nothing else happens: what it is at, and for how long. */
  | { readonly kind: 'alive'; readonly text: string; readonly forMs: number };

export type Builder = 'buildkit' | 'classic';

export interface BuildStep {
  readonly text: string;
  readonly durationMs: number;
  readonly cached: boolean;
}

export type BuildOutcome =
  | {
      readonly kind: 'built';
      /** `127.0.0.1:5000/<app>/<service>@sha256:…` */
      readonly image: string;
      readonly imageId: string;
      /** Empty when an earlier build was reused. */
      readonly steps: readonly BuildStep[];
      readonly dockerfile: string;
      /** Of `EXPOSE`, lowest first. */
      readonly ports: readonly number[];
      /** Of `VOLUME`: where it keeps data. */
      readonly volumes?: readonly string[];
      readonly warnings: readonly string[];
    }
  | BuildFailure
  | { readonly kind: 'cancelled' };

export interface BuildFailure {
  readonly kind: 'failed';
  /** The instruction, or `Dockerfile` when it could not be read. */
  readonly step: string;
  readonly exitCode?: number;
  /** The builder's own words. */
  readonly because: string;
  /** Of the failed step's output, at most 50. */
  readonly lastLines: readonly string[];
}

export interface KeptImage {
  readonly image: string;
  readonly imageId: string;
  readonly ports: readonly number[];
  readonly volumes?: readonly string[];
  readonly warnings: readonly string[];
}

export interface GarbageReport {
  readonly manifestsDeleted: number;
  readonly manifestsKept: number;
  readonly imagesRemoved: number;
  readonly imagesInUse: number;
  /** Of the builder's cache that nothing had used for long. */
  readonly cacheBytesFreed: number;
}

/** Makes images and keeps them in the platform's registry, by digest. */
export interface Builds {
  /**
   * Builds and pushes. The same context, Dockerfile, arguments and base images give the same image, without
   * a build while the registry still has it. Refuses `disk_full`, `agent_unreachable`, `rate_limited` (too
   * many waiting), `unsafe_archive`; a build that fails is an outcome.
   */
  build(request: BuildRequest, hooks: BuildHooks): Promise<BuildOutcome>;
  /** Pulls an image somebody else made, and keeps it under a digest. Refuses `image_not_found`, `image_denied`, `registry_unreachable`. */
  keepImage(
    request: {
      readonly id: string;
      readonly reference: string;
      readonly imageRepository: string;
      readonly assumedPort?: number;
    },
    hooks: BuildHooks,
  ): Promise<KeptImage>;
  /** The port the image says it listens on; undefined when it says none. */
  inspectPort(image: string, signal?: AbortSignal): Promise<number | undefined>;
  /**
   * Removes images of this platform that no kept release has. `keep`: digests (`sha256:…`) that must stay.
   * Waits until no build runs, and lets none begin meanwhile.
   */
  collectGarbage(options: {
    readonly keep: ReadonlySet<string>;
    readonly graceMs?: number;
    readonly signal?: AbortSignal;
  }): Promise<GarbageReport>;
}
