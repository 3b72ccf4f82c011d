import {
  type EdgeModel,
  type EdgeRedirect,
  type EdgeRoute,
  type EdgeService,
  laneNames,
} from '@berth/domain/edge';
import type { MapName } from './names.ts';

export type MapEntries = ReadonlyMap<string, string>;
/** All but `meta`, which is about the files and not of the model. */
export type EdgeMaps = Readonly<Record<Exclude<MapName, 'meta'>, MapEntries>>;

/** All that changes at run time without a reload, as the maps HAProxy reads. Pure; in a fixed order. */
export function renderMaps(model: EdgeModel): EdgeMaps {
  return {
    routes: entries(model.routes.map((route) => [routeKey(route), routeValue(route)])),
    weights: entries(model.services.map((service) => [service.id, weightLetters(service)])),
    redirects: entries(model.redirects.map((redirect) => [redirect.host, redirectValue(redirect)])),
    https: entries(model.httpsOnlyHosts.map((host) => [host, '1'])),
  };
}

export function renderMapFile(map: MapEntries): string {
  return [...map].map(([key, value]) => `${key} ${value}\n`).join('');
}

/**
 * The key ends with a slash and so does what is looked up, hence the longest prefix is the longest route of
 * whole segments: `/api` is found for `/api` and `/api/x`, not for `/apix`.
 */
export function routeKey(route: Pick<EdgeRoute, 'match' | 'path'>): string {
  const place = route.match.kind === 'host' ? route.match.host : `:${route.match.port}`;
  return `${place}${trimSlash(route.path)}/`;
}

const routeValue = (route: EdgeRoute): string =>
  `${route.service}|${route.stripPrefix ? trimSlash(route.path).length : 0}`;

/**
 * One letter per percent: the request draws a number below 100 and takes the letter there, so weights are
 * exact, integer, and change with one write. `0` when the service is stopped.
 */
export function weightLetters(service: EdgeService): string {
  const letters = laneNames.map((name) => name.repeat(service.lanes[name].weight)).join('');
  return letters === '' ? '0' : letters;
}

/** A host or an origin keeps the request's path; anything with a path of its own is the whole location. */
function redirectValue(redirect: EdgeRedirect): string {
  const to = redirect.to.includes('://') ? redirect.to : `//${redirect.to}`;
  const [, origin = '', path = ''] = /^([a-z]*:?\/\/[^/]*)(.*)$/.exec(to) ?? [];
  return path === '' || path === '/' ? `${redirect.status}|${origin}|+` : `${redirect.status}|${to}|`;
}

const trimSlash = (path: string): string => path.replace(/\/+$/, '');
const entries = (pairs: readonly (readonly [string, string])[]): MapEntries =>
  new Map([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
