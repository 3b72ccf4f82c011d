export interface PolicyRequest {
  readonly method: string;
  /** Without query and version prefix. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed, for rows whose body is `json`. */
  readonly body: unknown;
}

export interface PolicySettings {
  readonly platform: string;
  /** Where this node keeps volumes, as the engine sees it. */
  readonly volumesDir: string;
  /** Permissions that reach the node and that its own configuration gives to tasks. */
  readonly allow: readonly string[];
  /** The platform's data on this node: never a task's. */
  readonly ownDir: string;
  readonly build: { readonly memoryBytesMax: number; readonly cpusMax: number };
}

/** An object whose labels have to be looked up before the request is let through. */
export interface ObjectRef {
  readonly kind: 'container' | 'service' | 'network' | 'volume' | 'task' | 'exec' | 'secret' | 'config';
  readonly id: string;
  /** May be the engine's own network of that name and driver: only `host`, where the node allows it. */
  readonly orEngines?: 'host';
  /** May be one of Berth's own containers, by role. */
  readonly roles?: readonly string[];
}

export type Decision =
  | { readonly kind: 'deny'; readonly reason: string }
  | {
      readonly kind: 'allow';
      /** Must all be this platform's. */
      readonly objects: readonly ObjectRef[];
      /** Replaces the query. */
      readonly query?: URLSearchParams;
    };

export const allow = (objects: readonly ObjectRef[] = []): Decision => ({ kind: 'allow', objects });
export const deny = (reason: string): Decision => ({ kind: 'deny', reason });

/** A parameter as the engine reads a yes. */
export const isTrue = (value: string | null): boolean =>
  value !== null && !['', '0', 'false', 'no', 'none'].includes(value.toLowerCase());
