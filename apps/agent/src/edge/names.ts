import { type EdgeModel, type LaneName, laneNames } from '@berth/domain/edge';

/** Names inside the edge: of backends, servers and files. One place, because three readers must agree. */

export const backendOf = (service: string, lane: LaneName): string => `be_${service}_${lane}`;

/** Back from a backend's name; undefined for those that are no lane. */
export function laneOf(backend: string): { readonly service: string; readonly lane: LaneName } | undefined {
  const match = /^be_(.+)_([abc])$/.exec(backend);
  return match === null ? undefined : { service: match[1] as string, lane: match[2] as LaneName };
}

export const serverPrefix = 's';
export const serverNames = (slots: number): readonly string[] =>
  Array.from({ length: slots }, (_, i) => `${serverPrefix}${i + 1}`);

/**
 * What a free lane resolves: without a dot, so that the engine's DNS answers by itself and at once that there
 * is no such name, and never asks the world.
 */
export const parkedFqdn = 'parked';

/** Self-signed, made by the agent. */
export const ownCertificate = 'default';

export const configFile = 'haproxy.cfg';
export const stateFile = 'servers.state';
export const certificateList = 'certificates.list';
export const mapFiles = {
  /** host → backend, where the whole host is one service's, over HTTP too, and one lane has all its traffic. */
  hosts: 'hosts.map',
  /** The same with hosts that are served over HTTPS only. */
  tlsHosts: 'tls-hosts.map',
  /** host or `:port`, path with a slash at the end → service, and what else is to be done (see maps.ts). */
  routes: 'routes.map',
  /** service → the backend that has all traffic, or how it is split. */
  weights: 'weights.map',
  /** host → status and location. */
  redirects: 'redirects.map',
  /** `revision` and `digest` of the files: what runs says itself what it is. */
  meta: 'meta.map',
} as const;
export type MapName = keyof typeof mapFiles;

/** Inside the edge container. */
export const edgeMount = '/edge';
export const adminSocket = 'admin.sock';
export const masterSocket = 'master.sock';
export const proofSocket = 'proof.sock';
export const relaySocket = 'relay.sock';

export const lanesOf = (model: EdgeModel) =>
  model.services.flatMap((service) =>
    laneNames.map((name) => ({ service, name, lane: service.lanes[name] })),
  );
