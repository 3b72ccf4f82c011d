import {
  type EdgeModel,
  type EdgeRedirect,
  type EdgeRoute,
  type EdgeService,
  laneNames,
} from '@berth/domain/edge';
import { backendOf, type MapName } from './names.ts';

export type MapEntries = ReadonlyMap<string, string>;
/** All but `meta`, which is about the files and not of the model. */
export type EdgeMaps = Readonly<Record<Exclude<MapName, 'meta'>, MapEntries>>;

/** All that changes at run time without a reload, as the maps HAProxy reads. Pure; in a fixed order. */
export function renderMaps(model: EdgeModel): EdgeMaps {
  const redirected = new Set(model.redirects.map(({ host }) => host));
  const httpsOnly = new Set(model.httpsOnlyHosts);
  const routes = model.routes.filter(({ match }) => match.kind === 'port' || !redirected.has(match.host));
  const weights = new Map(model.services.map((service) => [service.id, weightValue(service)]));
  const hosts = wholeHosts(routes, weights);
  return {
    hosts: entries(hosts.filter(([host]) => !httpsOnly.has(host))),
    tlsHosts: entries(hosts),
    routes: entries(routes.map((route) => [routeKey(route), routeValue(route, httpsOnly)])),
    weights: entries([...weights]),
    redirects: entries(model.redirects.map((redirect) => [redirect.host, redirectValue(redirect, model)])),
  };
}

/** Hosts with one route, of all paths, and the backend that has all the traffic of its service. */
function wholeHosts(
  routes: readonly EdgeRoute[],
  weights: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const paths = new Map<string, number>();
  for (const { match } of routes)
    if (match.kind === 'host') paths.set(match.host, (paths.get(match.host) ?? 0) + 1);
  return routes.flatMap(({ match, path, service }) => {
    const backend = weights.get(service);
    const isWhole = match.kind === 'host' && paths.get(match.host) === 1 && trimSlash(path) === '';
    return isWhole && backend?.startsWith('be_') === true ? [[match.host, backend] as const] : [];
  });
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

/** `service`, or `service|characters of the path to strip|s when HTTPS only`: most requests have nothing to parse. */
function routeValue(route: EdgeRoute, httpsOnly: ReadonlySet<string>): string {
  const strip = route.stripPrefix ? trimSlash(route.path).length : 0;
  const secure = route.match.kind === 'host' && httpsOnly.has(route.match.host);
  return strip === 0 && !secure ? route.service : `${route.service}|${strip}|${secure ? 's' : ''}`;
}

/**
 * The backend, when one lane has all the traffic. Else `%` and one letter per percent: the request draws a
 * number below 100 and takes the letter there, so weights are exact, integer, and change with one write.
 * `0` when the service is stopped.
 */
export function weightValue(service: EdgeService): string {
  const all = laneNames.find((name) => service.lanes[name].weight === 100);
  if (all !== undefined) return backendOf(service.id, all);
  const letters = laneNames.map((name) => name.repeat(service.lanes[name].weight)).join('');
  return letters === '' ? '0' : `%${letters}`;
}

/**
 * A host or an origin keeps the request's path (`+`), and a host that this edge serves also the port it was asked
 * at (`:`); anything with a path of its own is the whole location.
 */
function redirectValue({ status, to: given }: EdgeRedirect, { routes }: EdgeModel): string {
  const to = given.includes('://') ? given : `//${given}`;
  const [, origin = '', path = ''] = /^([a-z]*:?\/\/[^/]*)(.*)$/.exec(to) ?? [];
  if (path !== '' && path !== '/') return `${status}|${to}|`;
  const host = origin.slice(2);
  const isServed = routes.some(({ match }) => match.kind === 'host' && match.host === host);
  return `${status}|${origin}|${isServed ? ':' : '+'}`;
}

const trimSlash = (path: string): string => path.replace(/\/+$/, '');
const entries = (pairs: readonly (readonly [string, string])[]): MapEntries =>
  new Map([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
