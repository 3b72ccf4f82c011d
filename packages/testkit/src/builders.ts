import type { EdgeLane, EdgeModel, EdgeService } from '@berth/domain/edge';
import {
  type AppSpec,
  appDefaults,
  type Release,
  type ReleaseService,
  releaseDefaults,
} from '@berth/domain/release';
import type { Route } from '@berth/domain/route';
import { type ServiceSpec, safeDefaults } from '@berth/domain/service';

/** A service spec with Berth's defaults; say only what the test is about. */
export function aServiceSpec(over: Partial<ServiceSpec> = {}): ServiceSpec {
  return { ...safeDefaults, name: 'web', port: 8080, ...over };
}

/** An image reference by digest, the same for the same `name`. */
export function anImage(name = 'hello'): string {
  let hash = 0n;
  for (const char of name) hash = (hash * 1_000_003n + BigInt(char.charCodeAt(0))) % 2n ** 256n;
  return `127.0.0.1:5000/${name}@sha256:${hash.toString(16).padStart(64, '0')}`;
}

export function aReleaseService(
  over: Partial<Omit<ReleaseService, 'spec'>> & { spec?: Partial<ServiceSpec> } = {},
): ReleaseService {
  const { spec, ...rest } = over;
  return { image: anImage(), imageLabel: 'hello:1', ...rest, spec: aServiceSpec(spec) };
}

export function aRoute(over: Partial<Route> = {}): Route {
  return { service: 'web', path: '/', stripPrefix: false, ...over };
}

export function aRelease(over: Partial<Release> = {}): Release {
  return {
    app: 'hello',
    number: 1,
    services: [aReleaseService()],
    variables: {},
    serviceVariables: {},
    routes: [aRoute()],
    redirects: [],
    hooks: {},
    ...appDefaults,
    ...releaseDefaults,
    ...over,
  };
}

export function anAppSpec(over: Partial<AppSpec> = {}): AppSpec {
  return {
    app: 'hello',
    services: [{ spec: aServiceSpec(), image: { kind: 'image', reference: anImage() } }],
    routes: [aRoute()],
    redirects: [],
    hooks: {},
    ...appDefaults,
    ...releaseDefaults,
    ...over,
  };
}

export function anEdgeLane(over: Partial<EdgeLane> = {}): EdgeLane {
  return {
    port: 8080,
    probe: { kind: 'http', path: '/', port: 8080, host: 'hello.example.com' },
    weight: 0,
    ...over,
  };
}

/** A service whose lane `a` has all traffic and follows the first release. */
export function anEdgeService(over: Partial<EdgeService> = {}): EdgeService {
  return {
    id: 'hello.web',
    networks: ['berth-app-hello'],
    slots: 4,
    lanes: {
      a: anEdgeLane({ fqdn: 'tasks.hello-web-r1', weight: 100 }),
      b: anEdgeLane(),
      c: anEdgeLane(),
    },
    ...over,
  };
}

export function anEdgeModel(over: Partial<EdgeModel> = {}): EdgeModel {
  return {
    revision: 1,
    services: [anEdgeService()],
    routes: [
      {
        match: { kind: 'host', host: 'hello.example.com' },
        path: '/',
        stripPrefix: false,
        service: 'hello.web',
      },
    ],
    redirects: [],
    certificates: [],
    httpsOnlyHosts: [],
    ...over,
  };
}
