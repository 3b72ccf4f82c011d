import type { Route } from '@berth/domain/route';
import type { ComposeModel, ComposePort, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { boundAddress } from './port-address.ts';
import { nearest } from './schema.ts';
import type { AppExtension, RouteExtension, ServiceExtension } from './x-berth.ts';

export interface Routing {
  readonly routes: readonly Route[];
  /** Port the tasks of a routed service listen on. */
  readonly ports: ReadonlyMap<string, number>;
  /** Whether requests to a published port of a service come through the edge. */
  isRouted(service: string, port: ComposePort): boolean;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** Ports people publish HTTP on; when several services publish, the one with such a port is the app's. */
export const httpPorts = [80, 443, 8080, 8000, 3000, 5000, 4000, 8888, 9000, 1337, 4200, 5173];

/**
 * Which service answers which requests. Routes written in `x-berth` hold; without any, the one service that
 * publishes a port (or has `x-berth.port`) answers all requests of the app.
 */
export function planRoutes(input: {
  readonly model: ComposeModel;
  readonly app: AppExtension;
  readonly extensions: ReadonlyMap<string, ServiceExtension>;
  /** They run to their end, so that nobody is sent to them unasked. */
  readonly jobs: ReadonlySet<string>;
}): Routing {
  const { model, app, extensions } = input;
  const names = Object.keys(model.services);
  const faults: Fault[] = [];
  const notes: string[] = [];
  const routes: Route[] = [];
  const add = (route: RouteExtension, service: string) => {
    routes.push({
      service,
      ...(route.host === undefined ? {} : { host: route.host.toLowerCase() }),
      path: route.path ?? '/',
      stripPrefix: route.stripPrefix ?? false,
    });
  };
  for (const [index, route] of (app.routes ?? []).entries()) {
    const service = route.service ?? (names.length === 1 ? names[0] : undefined);
    const path = ['x-berth', 'routes', index, ...(route.service === undefined ? [] : ['service'])];
    if (service === undefined) {
      faults.push({ path, message: '`service` is missing', suggestion: `name one of ${names.join(', ')}` });
    } else if (!(service in model.services)) {
      const near = nearest(service, names);
      faults.push({
        path,
        message: `there is no service \`${service}\``,
        suggestion: near === undefined ? `name one of ${names.join(', ')}` : `did you mean \`${near}\`?`,
      });
    } else {
      add(route, service);
    }
  }
  for (const [name, extension] of extensions) for (const route of extension.routes ?? []) add(route, name);
  faults.push(...routesToNowhere(model, routes, extensions));
  const chosen = routes.length > 0 ? [] : candidates(input, faults);
  for (const service of chosen) add({}, service);
  faults.push(...duplicates(routes));
  const ports = new Map<string, number>();
  for (const name of new Set(routes.map((route) => route.service))) {
    const port = portOf(model, name, extensions.get(name));
    if (port !== undefined) ports.set(name, port);
  }
  for (const [name, extension] of extensions)
    if (extension.port !== undefined) ports.set(name, extension.port);
  const isRouted = (name: string, port: ComposePort): boolean =>
    routes.some((route) => route.service === name) &&
    isPublicTcp(port) &&
    (port.target === ports.get(name) || isTwin(port, model.services[name]?.ports));
  for (const name of chosen) {
    if (
      (model.services[name]?.ports ?? []).some((port) => port.published !== undefined && isRouted(name, port))
    )
      notes.push(`services.${name}: port ${ports.get(name)} is reached through the edge`);
  }
  return { routes, ports, isRouted, faults, notes };
}

/** Ports of protocols that are not HTTP: they are published on the node as they are. */
const otherProtocols = new Set([
  ...[21, 22, 23, 25, 53, 110, 119, 143, 389, 465, 514, 587, 636, 873, 989, 990, 993, 995, 1080, 1433, 1521],
  ...[1883, 1935, 2049, 2181, 2222, 2379, 3306, 3389, 4222, 5060, 5222, 5269, 5432, 5671, 5672, 5900, 6379],
  ...[
    6667, 6697, 7687, 8883, 9042, 9092, 9300, 11211, 19132, 25565, 26257, 26379, 27017, 33060, 61616, 64738,
  ],
]);

const mayBeHttp = (port: ComposePort): boolean =>
  port.app_protocol?.startsWith('http') === true ||
  (port.app_protocol === undefined && !otherProtocols.has(port.target ?? 0));

const isTcp = (port: ComposePort) => (port.protocol ?? 'tcp') === 'tcp';

/** Not bound to an address of the node: what is for one address is never opened to all through the edge. */
const isPublicTcp = (port: ComposePort) => isTcp(port) && boundAddress(port) === undefined;

function candidates(
  { model, extensions, jobs }: Pick<Parameters<typeof planRoutes>[0], 'model' | 'extensions' | 'jobs'>,
  faults: Fault[],
): string[] {
  const marked = [...extensions]
    .filter(([name, extension]) => extension.port !== undefined && !jobs.has(name))
    .map(([name]) => name);
  if (marked.length === 1) return marked;
  const publishing = Object.entries(model.services)
    .filter(
      ([name, service]) =>
        !isOnHost(service) &&
        !isWithoutNetwork(service) &&
        !jobs.has(name) &&
        (service.ports ?? []).some((port) => isPublicTcp(port) && mayBeHttp(port)),
    )
    .map(([name]) => name);
  const pool = marked.length > 1 ? marked : publishing;
  if (pool.length <= 1) return pool;
  const web = pool.filter((name) => {
    const ports = (model.services[name]?.ports ?? []).filter(isPublicTcp);
    return ports.some((port) => ['80', '443'].includes(port.published ?? ''));
  });
  if (web.length === 1) return web;
  const http = pool.filter((name) =>
    (model.services[name]?.ports ?? []).some(
      (port) => isPublicTcp(port) && httpPorts.includes(port.target ?? 0),
    ),
  );
  if (http.length === 1) return http;
  faults.push({
    path: ['services', pool[1]!, 'ports'],
    message: `${pool.join(', ')} publish ports: which one answers the app’s requests is not said`,
    suggestion: `write at the top: x-berth: {routes: [{service: ${pool[0]}}]}`,
  });
  return [];
}

/** In the network of its node, where the edge does not reach it. */
export const isOnHost = ({ network_mode }: ComposeService): boolean => network_mode === 'host';

/** Nobody reaches it. */
export const isWithoutNetwork = ({ network_mode }: ComposeService): boolean => network_mode === 'none';

function routesToNowhere(
  model: ComposeModel,
  routes: readonly Route[],
  extensions: ReadonlyMap<string, ServiceExtension>,
): Fault[] {
  return Object.entries(model.services)
    .filter(
      ([name]) => extensions.get(name)?.port !== undefined || routes.some((route) => route.service === name),
    )
    .flatMap(([name, service]) => {
      const path = ['services', name, 'network_mode'];
      if (isOnHost(service))
        return [
          {
            path,
            message: 'is in the network of its node, and has a route: the edge reaches only networks of apps',
            suggestion: 'make it an external service for another one, or give it a network of its own',
          },
        ];
      if (isWithoutNetwork(service))
        return [
          {
            path,
            message: 'has no network, and has a route: nobody reaches it',
            suggestion: 'remove one of them',
          },
        ];
      return [];
    });
}

/** What the service says, else its published, else its only exposed port. */
function portOf(
  model: ComposeModel,
  name: string,
  extension: ServiceExtension | undefined,
): number | undefined {
  if (extension?.port !== undefined) return extension.port;
  const service = model.services[name]!;
  const all = (service.ports ?? []).filter(isTcp);
  const tcp = [...all.filter(isPublicTcp), ...all.filter((port) => !isPublicTcp(port))];
  const http =
    tcp.find((port) => port.app_protocol?.startsWith('http')) ??
    tcp.find((port) => port.published === '80') ??
    tcp.find((port) => httpPorts.includes(port.target ?? 0)) ??
    tcp.find(mayBeHttp) ??
    tcp[0];
  if (http?.target !== undefined) return http.target;
  const exposed = (service.expose ?? []).map((port) => Number.parseInt(port, 10)).filter((port) => port > 0);
  return exposed[0];
}

function duplicates(routes: readonly Route[]): Fault[] {
  const seen = new Map<string, Route>();
  const faults: Fault[] = [];
  for (const route of routes) {
    const key = `${route.host ?? ''} ${route.path}`;
    const before = seen.get(key);
    if (before !== undefined) {
      faults.push({
        path: ['x-berth', 'routes'],
        message: `${before.service} and ${route.service} have one route: ${route.host ?? 'the app’s host'}${route.path}`,
        suggestion: 'give one of them another host or path',
      });
    }
    seen.set(key, route);
  }
  return faults;
}

/** 443 published beside 80: the edge ends TLS itself. */
function isTwin(port: ComposePort, all: readonly ComposePort[] | undefined): boolean {
  return port.target === 443 && (all ?? []).some((other) => other.target === 80);
}
