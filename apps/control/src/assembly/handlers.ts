import { sql } from 'kysely';
import { appHandlers } from '../apps/handlers.ts';
import { auditHandlers } from '../audit/handlers.ts';
import { createRegistryClient } from '../builds/registry-client.ts';
import { checkHandlers } from '../checks/handlers.ts';
import { deploymentHandlers } from '../deployments/handlers.ts';
import { domainHandlers } from '../domains/handlers.ts';
import { createLiveRoutes } from '../domains/live-routes.ts';
import { differenceHandlers } from '../env/differences.ts';
import { explainHandlers } from '../env/explain.ts';
import { envHandlers } from '../env/handlers.ts';
import { eventHandlers } from '../events/handlers.ts';
import { externalHandlers } from '../externals/handlers.ts';
import { fileExplainHandlers } from '../files/explain.ts';
import { fileHandlers } from '../files/handlers.ts';
import { createFileUsers } from '../files/users.ts';
import { grantHandlers } from '../grants/handlers.ts';
import type { Handlers } from '../http/handler.ts';
import { metaHandlers } from '../meta/handlers.ts';
import { networkHandlers } from '../networks/handlers.ts';
import { nodeHandlers } from '../node-api/handlers.ts';
import { planHandlers } from '../plans/handlers.ts';
import { archiveHandlers } from '../releases/archive-handlers.ts';
import { layerHandlers } from '../releases/layers.ts';
import { projectHandlers } from '../releases/project-handlers.ts';
import { resizeHandlers } from '../resize/handlers.ts';
import { sourceHandlers } from '../sources/handlers.ts';
import { taskHandlers } from '../tasks/handlers.ts';
import { insideHandlers } from '../tasks/inside/handlers.ts';
import { tokenHandlers } from '../tokens/handlers.ts';
import { volumeHandlers } from '../volumes/handlers.ts';
import type { Ground, Parts } from './parts.ts';

/** What answers each operation of the API. */
export function createHandlers(ground: Ground, parts: Parts, startedAt: number): Handlers {
  const { config, stores, db, vault, nodes, clock, log, registryPassword } = ground;
  const { platform } = config;
  const { apps, certificates, deployments, domains, env, events, externals, files, grants } = stores;
  const { releases, runs, sources } = stores;
  const { deploymentDeps, forwarders, fileScopes, networks, observedHealth, registryAuth, routing, volumes } =
    parts;
  const { redeploy } = parts.deployments;
  const { servicesOf } = releases;
  const liveRoutes = createLiveRoutes({ apps, runs, releases });
  const routingChanged = async (): Promise<void> => {
    await routing.push();
  };

  return {
    ...appHandlers({
      platform,
      apps,
      releases,
      runs,
      deployments,
      nodes,
      urlsOf: parts.urlsOf,
      scaling: parts.scaling,
      removal: parts.removal,
      clock,
      observedHealth,
    }),
    ...sourceHandlers({ apps, sources, releases, deployments, clock }),
    ...deploymentHandlers(deploymentDeps, parts.deployments, parts.runner),
    ...planHandlers({ ...deploymentDeps, routing, sources }, parts.deployments),
    ...layerHandlers({ apps, releases, nodes, registryAuth }),
    ...archiveHandlers({
      apps,
      releases,
      registry: createRegistryClient(parts.registry),
    }),
    ...projectHandlers({ apps, releases, volumes }),
    ...taskHandlers({
      platform,
      nodes,
      clock,
      log: log.child({ part: 'tasks' }),
      oneOffs: parts.oneOffs,
      touches: parts.touches,
      apps,
      runs,
      observedHealth,
      oneOffSpec: parts.oneOffSpec,
      registryAuth,
      limitReachedAt: parts.limits.reachedAt,
      isScheduled: async (app, service) => (await parts.jobs.scheduledIn(app)).includes(service),
    }),
    ...insideHandlers({ platform, nodes, clock, touches: parts.touches, apps }),
    ...resizeHandlers({ platform, nodes, apps, releases, store: stores.resizes }),
    ...parts.jobs.handlers,
    ...volumeHandlers({ volumes, nodes, events, clock }),
    ...networkHandlers({ platform, nodes, networks, shared: stores.sharedNetworks, clock }),
    ...externalHandlers({ externals, forwarders, events, clock }),
    ...domainHandlers({
      domain: config.domain,
      publicAddress: config.publicAddress,
      httpPort: config.edge.httpPort,
      httpsPort: config.edge.httpsPort,
      domains,
      certificates,
      resolutions: parts.resolutions,
      events,
      clock,
      log,
      getApp: apps.get,
      ...liveRoutes,
      hosts: parts.hosts,
      routingChanged,
    }),
    ...envHandlers({ env, events, clock, apps, servicesOf, redeploy }),
    ...explainHandlers({ env, apps, releases, deployments, specs: deploymentDeps.specs, nodes }),
    ...differenceHandlers({
      apps,
      releases,
      fingerprint: (text, context) => vault.fingerprint(text, context),
    }),
    ...fileHandlers({
      files,
      events,
      clock,
      apps,
      servicesOf,
      scopes: fileScopes,
      usersOf: createFileUsers({ apps, releases }),
      redeploy,
    }),
    ...fileExplainHandlers({ files, scopes: fileScopes, env, apps, releases }),
    ...grantHandlers({ grants, apps, releases, nodes, events, clock }),
    ...tokenHandlers({ tokens: stores.tokens, clock }),
    ...auditHandlers({ audit: stores.audit }),
    ...eventHandlers({ events }),
    ...nodeHandlers({ platform, nodes, apps, clock, log }),
    ...checkHandlers({
      config,
      registryPassword,
      db,
      nodes,
      networks,
      runs,
      apps,
      grants,
      releases,
      deployments,
      volumes: stores.volumes,
      domains,
      resolutions: parts.resolutions,
      clock,
      observedHealth,
    }),
    ...metaHandlers({
      config,
      nodes,
      routing,
      startedAt,
      pingDatabase: async () => void (await sql`SELECT 1`.execute(db)),
    }),
  };
}
