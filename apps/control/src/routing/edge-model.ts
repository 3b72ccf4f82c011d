import {
  type EdgeLane,
  type EdgeModel,
  type EdgeRoute,
  type EdgeService,
  type LaneName,
  laneNames,
} from '@berth/domain/edge';
import type { Redirect, Route } from '@berth/domain/route';
import type { Run } from '@berth/domain/run';

/** What the edge model is made from: read from the database in one go. */
export interface RoutingFacts {
  readonly platform: string;
  /** Apps are named `<app>.<domain>`. */
  readonly domain: string;
  readonly apps: readonly RoutedApp[];
  readonly domains: readonly CustomDomain[];
  readonly certificates: readonly { readonly name: string; readonly fingerprint: string }[];
}

export interface RoutedApp {
  readonly name: string;
  /** The app's stable port on every edge, for when no name resolves. */
  readonly port: number | undefined;
  readonly isStopped: boolean;
  /** Of the release that serves (or is starting, for a first one). */
  readonly routes: readonly Route[];
  readonly redirects: readonly Redirect[];
  readonly runs: readonly Run[];
}

export interface CustomDomain {
  readonly domain: string;
  readonly app: string;
  /** Undefined: the app's first routed service. */
  readonly service: string | undefined;
  readonly path: string;
  readonly stripPrefix: boolean;
  readonly httpsOnly: boolean;
  readonly redirectTo: string | undefined;
}

/** Fewest servers a lane has, so that scaling a small service never reloads an edge. */
const slotsMin = 8;

/** A power of two, at least twice the replicas. */
export function slotsFor(replicas: number): number {
  let slots = slotsMin;
  while (slots < replicas * 2) slots *= 2;
  return slots;
}

const freeLane: EdgeLane = { port: 1, probe: { kind: 'none' }, weight: 0 };

/** Everything the edges serve, as data. Deterministic: the same facts give the same model. */
export function buildEdgeModel(
  facts: RoutingFacts,
  networkOf: (app: string) => string,
): Omit<EdgeModel, 'revision'> {
  const services: EdgeService[] = [];
  const routes: EdgeRoute[] = [];
  for (const app of [...facts.apps].sort(byName)) {
    const routed = [
      ...new Set(app.runs.filter((run) => run.routing.port !== undefined).map((run) => run.service)),
    ].sort();
    for (const service of routed) services.push(serviceOf(app, service, networkOf(app.name)));
    routes.push(...routesOf(app, routed, facts));
  }
  const boundRuns = facts.apps
    .flatMap((app) => (app.isStopped ? [] : app.runs))
    .filter((run) => run.routing.hasBoundPorts === true && run.weight > 0)
    .map((run) => run.name)
    .sort();
  const custom = facts.domains.filter((entry) => entry.redirectTo === undefined);
  return {
    services,
    routes,
    redirects: [
      ...facts.apps.flatMap((app) => app.redirects),
      ...facts.domains.flatMap((entry) =>
        entry.redirectTo === undefined
          ? []
          : [{ host: entry.domain, to: entry.redirectTo, status: 301 as const }],
      ),
    ].sort((x, y) => compare(x.host, y.host)),
    certificates: facts.certificates,
    httpsOnlyHosts: [
      ...new Set(custom.filter((entry) => entry.httpsOnly).map((entry) => entry.domain)),
    ].sort(),
    ...(boundRuns.length === 0 ? {} : { boundRuns }),
  };
}

function serviceOf(app: RoutedApp, service: string, network: string): EdgeService {
  const runs = app.runs.filter((run) => run.service === service);
  const replicas = Math.max(1, ...runs.map((run) => run.replicas));
  const lane = (name: LaneName): EdgeLane => {
    const run = runs.find((candidate) => candidate.lane === name);
    if (run === undefined) return lastProbe(runs);
    return {
      // DNS of a dnsrr service: its name answers with the addresses of all its tasks.
      fqdn: `tasks.${run.name}`,
      port: run.routing.port ?? 1,
      probe: run.routing.probe,
      ...allowed(run),
      weight: app.isStopped ? 0 : run.weight,
    };
  };
  return {
    id: `${app.name}.${service}`,
    networks: networksOf(runs, network),
    slots: slotsFor(replicas),
    lanes: Object.fromEntries(laneNames.map((name) => [name, lane(name)])) as Record<LaneName, EdgeLane>,
  };
}

/** Those of the runs that have a lane; usually one, and two while a service moves to another network. */
function networksOf(runs: readonly Run[], own: string): string[] {
  const held = runs.filter((run) => run.lane !== undefined);
  return [...new Set((held.length > 0 ? held : runs).map((run) => run.routing.network ?? own))].sort();
}

/** A free lane keeps the port and probe the service has now: pointing it at the next release needs no reload. */
function lastProbe(runs: readonly Run[]): EdgeLane {
  const newest = [...runs].sort((x, y) => y.release - x.release || y.generation - x.generation)[0];
  if (newest === undefined) return freeLane;
  return { port: newest.routing.port ?? 1, probe: newest.routing.probe, ...allowed(newest), weight: 0 };
}

const allowed = ({ routing: { allowFrom } }: Run) => (allowFrom === undefined ? {} : { allowFrom });

function routesOf(app: RoutedApp, routed: readonly string[], facts: RoutingFacts): EdgeRoute[] {
  const first = routed[0];
  if (first === undefined) return [];
  const id = (service: string) => `${app.name}.${service}`;
  const own: Route[] =
    app.routes.length > 0 ? [...app.routes] : [{ service: first, path: '/', stripPrefix: false }];
  const usable = own.filter((route) => routed.includes(route.service));
  const routes: EdgeRoute[] = [];
  for (const route of usable) {
    const rest = { path: route.path, stripPrefix: route.stripPrefix, service: id(route.service) };
    if (route.host !== undefined) {
      routes.push({ match: { kind: 'host', host: route.host }, ...rest });
      continue;
    }
    routes.push({ match: { kind: 'host', host: `${app.name}.${facts.domain}` }, ...rest });
    if (app.port !== undefined) routes.push({ match: { kind: 'port', port: app.port }, ...rest });
  }
  for (const entry of facts.domains) {
    if (entry.app !== app.name || entry.redirectTo !== undefined) continue;
    if (entry.service === undefined && entry.path === '/') {
      // A name for the whole app: all its routes hold there.
      for (const route of usable.filter((item) => item.host === undefined)) {
        routes.push({
          match: { kind: 'host', host: entry.domain },
          path: route.path,
          stripPrefix: route.stripPrefix,
          service: id(route.service),
        });
      }
      continue;
    }
    const service = entry.service ?? first;
    if (routed.includes(service)) {
      routes.push({
        match: { kind: 'host', host: entry.domain },
        path: entry.path,
        stripPrefix: entry.stripPrefix,
        service: id(service),
      });
    }
  }
  return routes;
}

const compare = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
const byName = (x: { name: string }, y: { name: string }): number => compare(x.name, y.name);
