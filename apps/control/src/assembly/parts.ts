import type { ControlConfig } from '@berth/contract/config';
import type { ServiceSpec } from '@berth/domain/service';
import { poolOf } from '@berth/domain/subnet';
import type { RegistryAuth } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Secret } from '@berth/runtime/secret';
import type { Logger } from 'pino';
import { createAppUrls } from '../apps/app-urls.ts';
import { createRemoval } from '../apps/removal.ts';
import { createUrls } from '../apps/urls.ts';
import { createBackOff } from '../back-off/back-off.ts';
import { createBuilds } from '../builds/builds.ts';
import type { Database } from '../db/database.ts';
import { createDeployments } from '../deployments/deployments.ts';
import { createEnding } from '../deployments/ended.ts';
import { createImageGarbage } from '../deployments/garbage.ts';
import { createImageSupply } from '../deployments/image-supply.ts';
import { observedHealth } from '../deployments/observed.ts';
import { createProbation } from '../deployments/probation.ts';
import { createRunner } from '../deployments/runner.ts';
import type { DeploymentDependencies } from '../deployments/step.ts';
import { createHosts } from '../domains/hosts.ts';
import { createResolutions, systemResolve } from '../domains/resolution.ts';
import type { Vault } from '../env/vault.ts';
import { noteNodeChanges } from '../events/node-changes.ts';
import { createFileCollector } from '../files/collect.ts';
import { createFileResolver, scopesSeen } from '../files/scopes.ts';
import { createForwarders } from '../forwarders/forwarders.ts';
import { createSettling } from '../forwarders/settling.ts';
import { requireGrants, requireGrantsOf } from '../grants/require.ts';
import { createHostPorts } from '../host-ports/host-ports.ts';
import { closedAddresses } from '../jobs/closed-addresses.ts';
import { createJobs } from '../jobs/jobs.ts';
import { createLimitKeeper } from '../limits/keeper.ts';
import { createAppNetworks } from '../networks/app-networks.ts';
import type { Nodes } from '../nodes/ports.ts';
import { keptImages } from '../releases/kept-images.ts';
import { createResizeKeeper } from '../resize/keep.ts';
import { createRouting } from '../routing/routing.ts';
import { createRunReconciler } from '../runs/reconcile.ts';
import { createScaling } from '../runs/scaling.ts';
import { createSpecSupply } from '../sources/app-spec.ts';
import { createOneOffSpecs } from '../tasks/one-off-spec.ts';
import { createOneOffs } from '../tasks/one-offs.ts';
import { createTouches } from '../tasks/touches.ts';
import { createVolumePurge } from '../volumes/purge.ts';
import { findVolumeUsers } from '../volumes/users.ts';
import { createVolumes } from '../volumes/volumes.ts';
import type { Stores } from './stores.ts';

/** What control is made of, beside what it keeps. */
export type Parts = ReturnType<typeof createParts>;

export interface Ground {
  readonly config: ControlConfig;
  readonly stores: Stores;
  readonly db: Database;
  readonly vault: Vault;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registryPassword: Secret;
}

/** Makes every part and joins them; nothing acts before `start`. */
export function createParts({ config, stores, db, vault, nodes, clock, log, registryPassword }: Ground) {
  const { platform, domain } = config;
  const { apps, certificates, deployments: store, domains, env, events, grants, releases, runs } = stores;
  const logOf = (part: string): Logger => log.child({ part });
  const deploymentLog = logOf('deployments');
  const registryAuth = (): RegistryAuth => ({
    username: config.registry.username,
    password: registryPassword.reveal(),
    serveraddress: config.registry.address,
  });
  const registry = { ...config.registry, password: registryPassword };
  const fileScopes = scopesSeen(env.placeOf);
  const fingerprint = (text: string): string => vault.fingerprint(text, 'run');

  const builds = createBuilds({
    nodes,
    registry,
    platform,
    build: config.build,
    dataDir: config.dataDir,
    clock,
    log: logOf('builds'),
  });
  const hosts = createHosts({ domain, domains, apps, releases });
  const routing = createRouting({
    db,
    platform,
    domain,
    nodes,
    apps,
    runs,
    releases,
    domains,
    certificates,
    log: deploymentLog,
  });
  const hostPorts = createHostPorts({ db, platform, nodes, clock, apps, range: config.hostPorts });
  const networks = createAppNetworks({
    platform,
    nodes,
    clock,
    pool: config.networkPool === undefined ? undefined : poolOf(config.networkPool),
  });
  const forwarders = createForwarders({
    platform,
    nodes,
    clock,
    log: deploymentLog,
    networks,
    externals: stores.externals,
    apps,
    releases,
    deployments: store,
  });
  const settling = createSettling({ forwarders, nodes, log: deploymentLog });
  const volumes = createVolumes({
    platform,
    clock,
    nodes,
    store: stores.volumes,
    users: () => findVolumeUsers({ apps, releases, deployments: store }),
  });
  const reconciler = createRunReconciler({
    clock,
    log: deploymentLog,
    nodes,
    runs,
    releases,
    apps,
    routing,
    deployments: store,
    networks,
  });
  const mayRun = (app: string, specs: readonly ServiceSpec[]): Promise<void> =>
    requireGrants({ grants, nodes, clock }, app, specs);
  const jobs = createJobs({
    platform,
    db,
    vault,
    clock,
    log: logOf('jobs'),
    nodes,
    apps,
    releases,
    volumes,
    events,
    registryAuth,
    isClosedAddress: closedAddresses(),
    mayRun,
  });

  const deploymentDeps: DeploymentDependencies = {
    platform,
    clock,
    log: deploymentLog,
    nodes,
    store,
    releases,
    runs,
    apps,
    routing,
    networks,
    hostPorts,
    hosts,
    volumes,
    grants,
    shared: stores.sharedNetworks,
    forwarders,
    specs: createSpecSupply({
      sources: stores.sources,
      variables: env,
      storedFiles: createFileResolver(stores.files, fileScopes),
    }),
    images: createImageSupply({ builds, sources: stores.sources, variables: env }),
    resizes: stores.resizes,
    registryAuth,
    fingerprint,
  };
  const urlsOf = createAppUrls({
    urls: createUrls({ ...config, ...config.edge }, clock),
    apps,
    runs,
    domains,
  });
  const ended = createEnding({
    log: deploymentLog,
    apps,
    releases,
    deployments: store,
    events,
    hostPorts,
    files: createFileCollector({ platform, nodes, releases, log: deploymentLog, fingerprint }),
    jobs,
  });
  const runner = createRunner(deploymentDeps, {
    urls: urlsOf,
    ended: async (deployment) => {
      reconciler.hint();
      settling.hint();
      await ended(deployment);
      probation.begin(deployment);
    },
  });
  const deployments = createDeployments(deploymentDeps, runner);
  const probation = createProbation({ ...deploymentDeps, deployments, events, audit: stores.audit });
  const scaling = createScaling({
    mayStart: (app, started) => requireGrantsOf({ grants, nodes, clock, releases }, app, started),
    clock,
    apps,
    runs,
    deployments: store,
    nodes,
    routing,
    hint: reconciler.hint,
  });
  const removal = createRemoval({
    platform,
    clock,
    apps,
    runs,
    deployments: store,
    nodes,
    routing,
    certificates,
    networks,
    hostPorts,
    forwarders,
    removeJobs: jobs.removeApp,
  });

  const resizing = createResizeKeeper({
    platform,
    nodes,
    store: stores.resizes,
    clock,
    log: logOf('resize'),
  });
  const backOff = createBackOff({
    platform,
    clock,
    log: logOf('back-off'),
    nodes,
    apps,
    runs,
    releases,
    deployments: store,
    events,
  });
  const limits = createLimitKeeper({ nodes, events, clock, log: logOf('limits') });
  const oneOffs = createOneOffs({ nodes, platform, log: logOf('tasks') });
  const garbage = createImageGarbage({
    clock,
    log: logOf('garbage'),
    builds,
    keptImages: () => keptImages({ apps, releases, deployments: store }),
  });
  const volumePurge = createVolumePurge({ volumes, nodes, events, clock, log: logOf('volumes') });
  const stopNoting = noteNodeChanges({ nodes, events, log });

  return {
    deploymentDeps,
    deployments,
    fileScopes,
    forwarders,
    hosts,
    jobs,
    limits,
    mayRun,
    networks,
    registry,
    observedHealth: (app: string) => observedHealth({ nodes, runs }, app),
    oneOffs,
    oneOffSpec: createOneOffSpecs({ platform, apps, runs, releases, volumes, mayRun }),
    registryAuth,
    removal,
    resolutions: createResolutions({
      clock,
      resolve: systemResolve,
      ownAddresses: () => [config.publicAddress, ...nodes.list().flatMap((node) => node.facts().addresses)],
    }),
    routing,
    runner,
    scaling,
    touches: createTouches(events),
    urlsOf,
    volumes,
    async start(): Promise<void> {
      const resumed = await runner.resume();
      if (resumed > 0) log.info({ resumed }, 'going on with interrupted deployments');
      await probation.resume();
      reconciler.start();
      await jobs.start();
      resizing.start();
      limits.start();
      backOff.start();
      await certificates.removeUnused();
      garbage.start();
      volumePurge.start();
      oneOffs.start();
    },
    async close(): Promise<void> {
      stopNoting();
      oneOffs.stop();
      settling.close();
      probation.close();
      routing.stop();
      await Promise.all([
        runner.close(),
        reconciler.close(),
        jobs.close(),
        resizing.close(),
        limits.close(),
        backOff.close(),
        garbage.close(),
        volumePurge.close(),
      ]);
    },
  };
}
