/**
 * The whole configuration of an edge as data. Control writes it, agents make their edge equal to it.
 *
 * Each routed service has a fixed set of *lanes*. A lane is a HAProxy backend whose servers follow one DNS
 * name (one Swarm service, that is one release of the service). A deployment points a free lane at the new
 * release, waits until the edge has proven its servers, and moves the weights: no reload in between, so no
 * connection ever meets a configuration that is going away.
 */
export interface EdgeModel {
  /** Grows with each change; an edge refuses to go back. */
  readonly revision: number;
  readonly services: readonly EdgeService[];
  readonly routes: readonly EdgeRoute[];
  readonly redirects: readonly EdgeRedirect[];
  /** Names of certificates the agent holds as files, the first being the default one. */
  readonly certificates: readonly EdgeCertificate[];
  /** Hosts for which plain HTTP is answered by a redirect to HTTPS. */
  readonly httpsOnlyHosts: readonly string[];
  /** Swarm services whose tasks get what comes to their ports bound to an address of the node. */
  readonly boundRuns?: readonly string[];
}

export const laneNames = ['a', 'b', 'c'] as const;
export type LaneName = (typeof laneNames)[number];

export interface EdgeService {
  /** `<app>.<service>`, unique. */
  readonly id: string;
  /** Engine networks the edge must be attached to, to reach the tasks. */
  readonly networks: readonly string[];
  /** Servers per lane: a power of two, at least twice the replicas, so that scaling needs no reload. */
  readonly slots: number;
  readonly lanes: Readonly<Record<LaneName, EdgeLane>>;
}

export interface EdgeLane {
  /** `tasks.<swarm service>`, or any name the edge can resolve; undefined: the lane is free. */
  readonly fqdn?: string;
  readonly port: number;
  readonly probe: EdgeProbe;
  /** Addresses and CIDRs of clients that are let in; undefined: any. */
  readonly allowFrom?: readonly string[];
  /** Percent of the service's traffic, integer; all lanes sum to 100, or to 0 when the service is stopped. */
  readonly weight: number;
}

export type EdgeProbe =
  | { readonly kind: 'http'; readonly path: string; readonly port: number; readonly host: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'none' };

export interface EdgeRoute {
  readonly match:
    | { readonly kind: 'host'; readonly host: string }
    | { readonly kind: 'port'; readonly port: number };
  readonly path: string;
  readonly stripPrefix: boolean;
  readonly service: string;
}

export interface EdgeRedirect {
  readonly host: string;
  readonly to: string;
  readonly status: 301 | 302 | 307 | 308;
}

export interface EdgeCertificate {
  readonly name: string;
  /** SHA-256 of the PEM bundle the agent must hold under that name. */
  readonly fingerprint: string;
}

/** What an edge sees of one lane. */
export interface ObservedLane {
  readonly service: string;
  readonly lane: LaneName;
  /** The name the edge resolves for it now. */
  readonly fqdn?: string;
  readonly servers: readonly ObservedServer[];
  /** Requests and open websockets in flight. */
  readonly sessionsCurrent: number;
}

export interface ObservedServer {
  readonly name: string;
  readonly address: string;
  readonly state: 'up' | 'down' | 'checking' | 'drain' | 'maintenance';
  readonly check: {
    /** HAProxy's word: `L7OK`, `L4CON`, `L7STS`, `L4TOUT`… */
    readonly status: string;
    readonly code?: number;
    readonly text: string;
    readonly durationMs?: number;
  };
  readonly sessionsCurrent: number;
}
