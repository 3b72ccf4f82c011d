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
  readonly networks: readonly AppNetwork[];
  readonly links: readonly AppLink[];
  readonly exposes: readonly Exposure[];
  /** External services it may reach, by name. */
  readonly externals: readonly string[];
  readonly volumes: readonly AppVolume[];
  readonly files: readonly FileSource[];
  /** Variables and secrets that may have a weak value: a person said so. */
  readonly allowWeak?: readonly string[];
  /** The whole deployment, build included. */
  readonly deadlineMs: number;
  readonly drainMs: number;
  readonly warmMs: number;
  /** Time a started task has to become healthy. Undefined: `releaseDefaults.startMs`. */
  readonly startMs?: number;
  /** How long a release is watched after it went live; 0: not. Undefined: `releaseDefaults.probationMs`. */
  readonly probationMs?: number;
}

export interface AppService {
  readonly spec: ServiceSpec;
  readonly image: ImageSource;
}

/** A network of the manifest. `default` is always there. */
export interface AppNetwork {
  readonly name: string;
  /** Its name for every app that shares it. Undefined: of this app alone. */
  readonly shared?: string;
  /** Without a way out of the cluster. */
  readonly internal: boolean;
  readonly encrypted: boolean;
  /** CIDR. Undefined: one is chosen. */
  readonly subnet?: string;
  readonly gateway?: string;
  /** Part of the subnet that tasks get addresses from. */
  readonly ipRange?: string;
  readonly mtu?: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A service of another app, reachable in this one under a name. */
export interface AppLink {
  readonly app: string;
  readonly service: string;
  /** The name here. */
  readonly as: string;
  /** Undefined: every port the other app exposes of it. */
  readonly port?: number;
}

/** A service that other apps may link to. */
export interface Exposure {
  readonly service: string;
  readonly ports: readonly number[];
  readonly udpPorts?: readonly number[];
  /** Undefined: any app. */
  readonly to?: readonly string[];
}

/** A named volume of the manifest; which services mount it is in their mounts. */
export interface AppVolume {
  readonly name: string;
  /** Its name where it outlives, or belongs to more than, this app. Undefined: of this app. */
  readonly shared?: string;
  /** Made by somebody else before (`berth volume create`): never made, changed or removed with the app. */
  readonly external?: boolean;
  /** Undefined: as large as the disk of its node. */
  readonly sizeBytes?: number;
  /** May promise more than its node's disk has. */
  readonly overcommit?: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the content of a config or secret of the manifest comes from. */
export interface FileSource {
  readonly kind: 'config' | 'secret';
  readonly name: string;
  readonly source:
    | { readonly kind: 'content'; readonly base64: string }
    | { readonly kind: 'variable'; readonly variable: string }
    /** Kept by Berth under that name (`berth secret set`, `berth config-file set`). */
    | { readonly kind: 'stored'; readonly name: string };
  /** On the engine's object. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Content as a release keeps it: sealed with it, so that a rollback has what was. */
export interface ReleaseFile {
  readonly kind: 'config' | 'secret';
  readonly name: string;
  /** The one service that gets this content. Undefined: every service that has none of its own. */
  readonly service?: string;
  readonly base64: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Where it came from: what is asked again when a variable or a stored object changes. */
  readonly from:
    | { readonly kind: 'content' }
    | { readonly kind: 'variable'; readonly variable: string }
    | { readonly kind: 'stored'; readonly name: string; readonly scope: string; readonly version: number };
}

export type ImageSource =
  | { readonly kind: 'image'; readonly reference: string }
  | {
      readonly kind: 'build';
      readonly context: string;
      /** Undefined: `Dockerfile` if the context has one, else recognised and generated. */
      readonly dockerfile?: string;
      /** Text of one that is no file. */
      readonly dockerfileText?: string;
      readonly target?: string;
      readonly args: Readonly<Record<string, string>>;
      readonly options?: BuildOptions;
    };

/** How an image is built, beside its Dockerfile. */
export interface BuildOptions {
  /** On the image. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Steps of the build reach no network. */
  readonly isOffline?: boolean;
  /** Every step is done anew. */
  readonly isFresh?: boolean;
  /** `host:IP`, known during the build. */
  readonly extraHosts?: readonly string[];
}

export interface HookCommand {
  readonly service: string;
  readonly command: readonly string[];
}

/** Commands run in the image of a release. */
export interface Hooks {
  /** Before any traffic: migrations. A failure fails the deployment. */
  readonly release?: HookCommand;
  /** After each deployment, once all traffic is on the new release. A failure is told, and changes nothing. */
  readonly postDeploy?: HookCommand;
  /** After the first deployment of the app that succeeds: rows for a fresh database. */
  readonly seed?: HookCommand;
}

/** Immutable and numbered: enough to run it again, anywhere, without a build. */
export interface Release {
  readonly app: string;
  readonly number: number;
  readonly services: readonly ReleaseService[];
  /** What the scopes of the app said at that time, for all its services; wins over each service's own environment. */
  readonly variables: Variables;
  /** By service: what its own scope said, which wins over all. */
  readonly serviceVariables: Readonly<Record<string, Variables>>;
  readonly routes: readonly Route[];
  readonly redirects: readonly Redirect[];
  readonly hooks: Hooks;
  readonly networks: readonly AppNetwork[];
  readonly links: readonly AppLink[];
  readonly exposes: readonly Exposure[];
  readonly externals: readonly string[];
  readonly volumes: readonly AppVolume[];
  readonly files: readonly ReleaseFile[];
  readonly drainMs: number;
  readonly warmMs: number;
  readonly deadlineMs: number;
  readonly startMs?: number;
  readonly probationMs?: number;
}

/** Null: the tasks do not have it, whatever the image and the manifest say. */
export type Variables = Readonly<Record<string, string | null>>;

/** The variables of one service. */
export const variablesOf = (
  release: Pick<Release, 'variables' | 'serviceVariables'>,
  service: string,
): Variables => ({ ...release.variables, ...release.serviceVariables[service] });

export interface ReleaseService {
  readonly spec: ServiceSpec;
  /** `name@sha256:…` */
  readonly image: string;
  /** What the user wrote or what was built, for people. */
  readonly imageLabel: string;
}

/** What every app has that says nothing of networks, volumes and files. */
export const appDefaults = {
  networks: [{ name: 'default', internal: false, encrypted: false, labels: {} }],
  links: [],
  exposes: [],
  externals: [],
  volumes: [],
  files: [],
} as const satisfies Pick<AppSpec, 'networks' | 'links' | 'exposes' | 'externals' | 'volumes' | 'files'>;

export const releaseDefaults = {
  deadlineMs: 15 * 60_000,
  drainMs: 30_000,
  warmMs: 10 * 60_000,
  startMs: 60_000,
  probationMs: 15_000,
} as const;

/** The longest time a release may be watched. */
export const probationMsMax = 60 * 60_000;

/** What an image is, in whatever repository it is kept: its digest. */
export const imageDigest = (reference: string): string => reference.slice(reference.indexOf('@') + 1);
