import type { Redirect, Route } from './route.ts';
import type { ServiceSpec } from './service.ts';

/**
 * What an app is asked to be, before it has images: the inferred or parsed manifest with variables filled in.
 */
export interface AppSpec {
  readonly app: string;
  readonly services: readonly AppService[];
  readonly routes: readonly Route[];
  readonly redirects: readonly Redirect[];
  readonly hooks: Hooks;
  /** The whole deployment, build included. */
  readonly deadlineMs: number;
  readonly drainMs: number;
  readonly warmMs: number;
  /** Time a started task has to become healthy. Undefined: `releaseDefaults.startMs`. */
  readonly startMs?: number;
}

export interface AppService {
  readonly spec: ServiceSpec;
  readonly image: ImageSource;
}

export type ImageSource =
  | { readonly kind: 'image'; readonly reference: string }
  | {
      readonly kind: 'build';
      readonly context: string;
      /** Undefined: `Dockerfile` if the context has one, else recognised and generated. */
      readonly dockerfile?: string;
      readonly target?: string;
      readonly args: Readonly<Record<string, string>>;
    };

/** Commands run once per deployment in the new image. */
export interface Hooks {
  /** Before any traffic: migrations. A failure fails the deployment. */
  readonly release?: { readonly service: string; readonly command: readonly string[] };
}

/** Immutable and numbered: enough to run it again, anywhere, without a build. */
export interface Release {
  readonly app: string;
  readonly number: number;
  readonly services: readonly ReleaseService[];
  /** The app's variables at that time; they win over each service's own environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly routes: readonly Route[];
  readonly redirects: readonly Redirect[];
  readonly hooks: Hooks;
  readonly drainMs: number;
  readonly warmMs: number;
  readonly deadlineMs: number;
  readonly startMs?: number;
}

export interface ReleaseService {
  readonly spec: ServiceSpec;
  /** `name@sha256:…` */
  readonly image: string;
  /** What the user wrote or what was built, for people. */
  readonly imageLabel: string;
}

export const releaseDefaults = {
  deadlineMs: 15 * 60_000,
  drainMs: 30_000,
  warmMs: 10 * 60_000,
  startMs: 60_000,
} as const;
