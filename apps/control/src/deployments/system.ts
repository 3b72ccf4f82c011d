import { refuse } from '@berth/contract/errors';
import { type Release, variablesOf } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import type { ServiceSpec } from '@berth/domain/service';
import { appHandlers } from '../apps/handlers.ts';
import { createRemoval } from '../apps/removal.ts';
import { type App, createAppStore } from '../apps/store.ts';
import { createUrls } from '../apps/urls.ts';
import { createHosts } from '../domains/hosts.ts';
import { createExternalStore } from '../externals/store.ts';
import { createFileCollector } from '../files/collect.ts';
import { oneOffFiles } from '../files/one-off-files.ts';
import { createFileUsers } from '../files/users.ts';
import { createForwarders } from '../forwarders/forwarders.ts';
import { requireGrants, requireGrantsOf } from '../grants/require.ts';
import { createGrantStore } from '../grants/store.ts';
import { createHostPorts } from '../host-ports/host-ports.ts';
import type { Actor } from '../http/handler.ts';
import { createAppNetworks } from '../networks/app-networks.ts';
import { createSharedNetworkStore } from '../networks/store.ts';
import { planHandlers } from '../plans/handlers.ts';
import { createReleaseStore } from '../releases/store.ts';
import { createResizeStore } from '../resize/store.ts';
import { createRouting } from '../routing/routing.ts';
import { createRunReconciler } from '../runs/reconcile.ts';
import { createScaling } from '../runs/scaling.ts';
import { createRunStore } from '../runs/store.ts';
import { createSpecSupply } from '../sources/app-spec.ts';
import { sourceHandlers } from '../sources/handlers.ts';
import { createSourceStore } from '../sources/store.ts';
import { oneOffNetworks, renderOneOff } from '../swarm/service-spec.ts';
import type { OneOffSpec } from '../tasks/run.ts';
import { createVolumeStore } from '../volumes/store.ts';
import { findVolumeUsers } from '../volumes/users.ts';
import { createVolumes } from '../volumes/volumes.ts';
import type { Deployment } from './deployment.ts';
import { createDeployments, deploymentHandlers } from './handlers.ts';
import { observedHealth } from './observed.ts';
import { createProbation } from './probation.ts';
import { createRunner } from './runner.ts';
import type { DeploymentDependencies } from './step.ts';
import { createDeploymentStore } from './store.ts';
import type { DeploymentSystemConfig, DeploymentSystemPorts } from './system-ports.ts';

/** Ended deployments remembered per app. */
const deploymentsKeptMax = 100;

/** Releases, deployments, runs and routes, put together: what main starts, stops and mounts. */
export type DeploymentSystem = ReturnType<typeof createDeploymentSystem>;

const kindWord = {
  deploy: 'deployment',
  create: 'release',
  rollback: 'rollback',
  restart: 'restart',
} as const;

function describeEnd({ app, kind, state, toRelease, failure }: Deployment): string {
  if (state !== 'succeeded') return `${app}: ${kindWord[kind]} ${state}: ${failure?.message ?? ''}`;
  return kind === 'create'
    ? `${app}: release ${toRelease} is made, and not started`
    : `${app}: ${kindWord[kind]} done, release ${toRelease} serves`;
}

export function createDeploymentSystem(config: DeploymentSystemConfig, ports: DeploymentSystemPorts) {
  const { db, nodes, clock, log, domains } = ports;
  const runs = createRunStore(db);
  const resizes = createResizeStore(db);
  const releases = createReleaseStore(db, ports.vault);
  const apps = createAppStore(db, config.appPorts);
  const store = createDeploymentStore(db);
  const sources = createSourceStore({
    db,
    dataDir: config.dataDir,
    contextBytesMax: config.contextBytesMax,
    clock,
  });
  const urls = createUrls(config, clock);
  const routing = createRouting({
    db,
    platform: config.platform,
    domain: config.domain,
    nodes,
    apps,
    runs,
    releases,
    domains,
    certificates: ports.certificates,
    log,
  });
  const hostPorts = createHostPorts({
    db,
    platform: config.platform,
    nodes,
    clock,
    apps,
    range: config.hostPorts,
  });
  const hosts = createHosts({ domain: config.domain, domains, apps, releases });
  const networks = createAppNetworks({ platform: config.platform, nodes, clock, pool: config.networkPool });
  const shared = createSharedNetworkStore(db);
  const externals = createExternalStore(db);
  const grants = createGrantStore(db);
  const isBusy = async (app: string): Promise<boolean> => (await store.listOpen(app)).length > 0;
  const forwarders = createForwarders({
    platform: config.platform,
    nodes,
    clock,
    log,
    networks,
    externals,
    apps,
    releases,
    isBusy,
  });
  const stopping = new AbortController();
  /** Links and external services follow what serves; a failure is mended the next time. */
  const settleForwarders = (): void => {
    forwarders.settle(stopping.signal).catch((error: unknown) => {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'links and external services were not settled');
    });
  };
  const stopSettling = nodes.onChange(({ kind }) => {
    if (kind === 'connected') settleForwarders();
  });
  const reconciler = createRunReconciler({
    clock,
    log,
    nodes,
    runs,
    releases,
    apps,
    routing,
    networks: {
      removeUnused: (engine, signal) =>
        networks.removeUnused(engine, { list: () => apps.list(), isBusy }, signal),
    },
  });
  const volumes = createVolumes({
    platform: config.platform,
    clock,
    nodes,
    store: createVolumeStore(db),
    users: () => findVolumeUsers({ apps, releases, deployments: store }),
  });
  const deps: DeploymentDependencies = {
    platform: config.platform,
    clock,
    log,
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
    shared,
    forwarders,
    specs: createSpecSupply({ sources, variables: ports.variables, storedFiles: ports.storedFiles }),
    images: ports.images,
    resizes,
    registryAuth: ports.registryAuth,
    fingerprint: (text) => ports.vault.fingerprint(text, 'run'),
  };
  /** None for an app nothing of which is routed: a worker has no address. */
  const urlsOf = async (name: string): Promise<string[]> => {
    const isRouted = (await runs.list({ app: name })).some(
      (run) => run.routing.port !== undefined && run.state !== 'removing',
    );
    if (!isRouted) return [];
    const custom = (await domains.listAll()).filter(
      (entry) => entry.app === name && entry.redirectTo === undefined,
    );
    return urls.of(
      await apps.get(name),
      custom.map(({ domain, path, httpsOnly }) => ({ domain, path, isHttps: httpsOnly })),
    );
  };
  const collector = createFileCollector({
    platform: config.platform,
    nodes,
    releases,
    log,
    fingerprint: deps.fingerprint,
  });
  const runner = createRunner(deps, {
    urls: urlsOf,
    ended: async (deployment) => {
      reconciler.hint();
      settleForwarders();
      const live = (await apps.find(deployment.app))?.liveRelease;
      await hostPorts.keepOnly(
        deployment.app,
        live === undefined ? [] : (await releases.open(deployment.app, live)).services,
      );
      await store.prune(deployment.app, deploymentsKeptMax);
      // A release that never served is not kept: there is nothing to return to.
      if (deployment.state !== 'succeeded' && ['deploy', 'create'].includes(deployment.kind)) {
        const written = await releases.findByDeployment(deployment.id);
        if (written !== undefined) await releases.remove(written.app, written.number);
      }
      const isServing = deployment.state === 'succeeded' && deployment.kind !== 'create';
      if (isServing && deployment.toRelease !== undefined)
        await ports.deployed?.(deployment.app, deployment.toRelease, deployment.runs.length > 0);
      if (deployment.toRelease !== deployment.fromRelease)
        await collector.collect(deployment.app).catch((error: unknown) => {
          log.warn({ app: deployment.app, err: error }, 'old configs and secrets are removed another time');
        });
      await ports.events.append({
        kind: `deployment.${deployment.state}`,
        app: deployment.app,
        text: describeEnd(deployment),
        data: { deployment: deployment.id, release: deployment.toRelease ?? null },
      });
      probation.begin(deployment);
    },
  });
  const mayRun = (app: string, specs: readonly ServiceSpec[]) =>
    requireGrants({ grants, nodes, clock }, app, specs);
  const scaling = createScaling({
    mayStart: (app, runs) => requireGrantsOf({ grants, nodes, clock, releases }, app, runs),
    clock,
    apps,
    runs,
    deployments: store,
    nodes,
    routing,
    hint: reconciler.hint,
  });
  const removal = createRemoval({
    platform: config.platform,
    clock,
    apps,
    runs,
    deployments: store,
    nodes,
    routing,
    networks,
    hostPorts,
    forwarders,
    removeJobs: async (app) => ports.removing?.(app),
  });
  const deployments = createDeployments(deps, runner);
  const probation = createProbation({ ...deps, deployments, events: ports.events });
  const health = (app: string) => observedHealth({ nodes, runs }, app);

  /** The live release of a service, opened: what one-offs run. */
  async function liveService(appName: string, service: string | undefined) {
    const app = await apps.get(appName);
    const live = (await runs.list({ app: app.name })).filter(
      (run) => run.state === 'live' || run.state === 'stopped',
    );
    if (live.length === 0) throw refuse('never_deployed', `${app.name} has no live release.`);
    const [first] = live;
    const release: Release = await releases.open(app.name, app.liveRelease ?? first?.release ?? 0);
    const name =
      service ?? live.find((candidate) => candidate.routing.port !== undefined)?.service ?? first?.service;
    const found = release.services.find((candidate) => candidate.spec.name === name);
    if (found === undefined)
      throw refuse(
        'not_found',
        `${app.name} has no service "${name}"; it has ${release.services.map(({ spec }) => spec.name).join(', ')}.`,
      );
    // What runs by a schedule has no run.
    const run = live.find((candidate) => candidate.service === name) ?? {
      app: app.name,
      service: found.spec.name,
      release: release.number,
      generation: 1,
    };
    const { networks: joined, files } = release;
    const variables = variablesOf(release, found.spec.name);
    const placed = await volumes.placedFor(app.name, release);
    return { run, service: found, variables, networks: joined, files, volumes: placed };
  }

  return {
    apps,
    volumes,
    runs,
    resizes,
    releases,
    routing,
    deployments,
    store,
    specs: deps.specs,
    networks,
    hostPorts,
    hosts,
    grants,
    mayRun,
    shared,
    externals,
    forwarders,
    observedHealth: health,
    urlsOf,
    /** Of the live release; undefined when nothing is live. */
    async servicesOf({ name, liveRelease }: Pick<App, 'name' | 'liveRelease'>) {
      if (liveRelease === undefined) return undefined;
      const release = await releases.find(name, liveRelease);
      return release?.summary.services.map((service) => service.name);
    },
    /** For variables: a deployment of what is live, with the new values. */
    async redeploy(
      appName: string,
      actor: Pick<Actor, 'name'>,
      message: string,
    ): Promise<string | undefined> {
      const app = await apps.get(appName);
      const live = await deployments.liveRelease(app.name);
      if (live === undefined) return undefined;
      const deployment = await deployments.request({
        app,
        kind: 'deploy',
        from: { kind: 'variables', release: live },
        actor,
        message,
      });
      return deployment.id;
    },
    /** Apps whose live release has the stored config or secret of that name. */
    usersOfFile: createFileUsers({ apps, releases }),
    routingChanged: async (): Promise<void> => {
      await routing.push();
    },
    /** Spec of a one-off container of the live release. */
    async oneOffSpec(
      appName: string,
      service: string | undefined,
      command: readonly string[],
    ): Promise<OneOffSpec> {
      const live = await liveService(appName, service);
      await mayRun(appName, [live.service.spec]);
      const wish = { platform: config.platform, purpose: 'one-off' as const, ...live, command };
      return {
        service: live.run.service,
        create: renderOneOff(wish),
        networks: oneOffNetworks(wish),
        files: oneOffFiles(live.service.spec, live.files),
      };
    },
    /** Digests of images that any kept release, or a running deployment, needs. */
    async keptImages(): Promise<Set<string>> {
      const kept = new Set<string>();
      for (const app of await apps.list()) {
        for (const release of await releases.list(app.name))
          for (const service of release.summary.services) kept.add(service.image);
        for (const open of await store.listOpen(app.name))
          for (const image of Object.values(open.images ?? {})) kept.add(image.image);
      }
      return kept;
    },
    handlers: {
      ...deploymentHandlers(deps, deployments, runner),
      ...planHandlers({ ...deps, routing, sources }, deployments),
      ...sourceHandlers({ apps, sources, releases, deployments: store, clock }),
      ...appHandlers({
        platform: config.platform,
        apps,
        releases,
        runs,
        deployments: store,
        nodes,
        urlsOf,
        scaling,
        removal,
        clock,
        observedHealth: health,
      }),
    },
    async start(): Promise<void> {
      const resumed = await runner.resume();
      if (resumed > 0) log.info({ resumed }, 'going on with interrupted deployments');
      reconciler.start();
    },
    async close(): Promise<void> {
      stopping.abort(new Error('shutdown'));
      stopSettling();
      probation.close();
      routing.stop();
      await Promise.all([runner.close(), reconciler.close()]);
    },
  };
}
