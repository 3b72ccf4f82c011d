import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlConfig } from '@berth/contract/config';
import type { Clock } from '@berth/runtime/clock';
import { Secret } from '@berth/runtime/secret';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { auditHandlers } from './audit/handlers.ts';
import { noteLinkRefusals } from './audit/link-refusals.ts';
import { createAuditLog } from './audit/log.ts';
import { createBuilds } from './builds/builds.ts';
import { createRegistryClient } from './builds/registry-client.ts';
import { checkHandlers } from './checks/handlers.ts';
import { openDatabase } from './db/database.ts';
import { createImageGarbage } from './deployments/garbage.ts';
import { createImageSupply } from './deployments/image-supply.ts';
import { createDeploymentSystem } from './deployments/system.ts';
import { domainHandlers } from './domains/handlers.ts';
import { createResolutions, systemResolve } from './domains/resolution.ts';
import { createCertificateStore, createDomainStore } from './domains/store.ts';
import { differenceHandlers } from './env/differences.ts';
import { explainHandlers } from './env/explain.ts';
import { envHandlers } from './env/handlers.ts';
import { createEnvStore } from './env/store.ts';
import { createVault } from './env/vault.ts';
import { eventHandlers } from './events/handlers.ts';
import { createEventLog } from './events/log.ts';
import { externalHandlers } from './externals/handlers.ts';
import { fileExplainHandlers } from './files/explain.ts';
import { fileHandlers } from './files/handlers.ts';
import { createFileResolver, scopesSeen } from './files/scopes.ts';
import { createFileStore } from './files/store.ts';
import { grantHandlers } from './grants/handlers.ts';
import { createAuthenticator } from './http/authenticate.ts';
import type { Handlers } from './http/handler.ts';
import { createIdempotency } from './http/idempotency.ts';
import { machineAddress } from './http/machine-address.ts';
import { createHttpServer } from './http/server.ts';
import { trustedEdge } from './http/trusted-edge.ts';
import { createJobs } from './jobs/jobs.ts';
import { createLimitKeeper } from './limits/keeper.ts';
import { metaHandlers } from './meta/handlers.ts';
import { networkHandlers } from './networks/handlers.ts';
import { nodeHandlers } from './node-api/handlers.ts';
import { createNodes } from './nodes/link-server.ts';
import { archiveHandlers } from './releases/archive-handlers.ts';
import { layerHandlers } from './releases/layers.ts';
import { projectHandlers } from './releases/project-handlers.ts';
import { resizeHandlers } from './resize/handlers.ts';
import { createResizeKeeper } from './resize/keep.ts';
import { createSourceStore } from './sources/store.ts';
import { taskHandlers } from './tasks/handlers.ts';
import { insideHandlers } from './tasks/inside/handlers.ts';
import { createOneOffs } from './tasks/one-offs.ts';
import { createTouches } from './tasks/touches.ts';
import { tokenHandlers } from './tokens/handlers.ts';
import { createTokenStore } from './tokens/store.ts';
import { volumeHandlers } from './volumes/handlers.ts';
import { createVolumePurge } from './volumes/purge.ts';

/** A /24 for each network, as Swarm has it; a smaller pool gives smaller ones. */
const networkBits = (pool: string): number => Math.max(24, Math.min(29, Number(pool.split('/')[1]) + 4));

export interface Control {
  /** Ports it listens on. */
  readonly api: number;
  readonly link: number;
  /** Operations that have a handler. */
  readonly operations: readonly string[];
  /** Finishes what runs, within a deadline, and closes the database. What is not finished is taken up at the next start. */
  stop(): Promise<void>;
}

/** Builds every part of control and starts it: the composition root. Refuses with `database_busy`. */
export async function startControl(
  config: ControlConfig,
  deps: { clock: Clock; log: Logger },
): Promise<Control> {
  const { clock, log } = deps;
  const startedAt = clock.now();
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const db = await openDatabase(join(config.dataDir, 'berth.db'));
  const vault = await createVault(join(config.dataDir, 'keys', 'vault.key'));
  const registryPassword = new Secret((await readFile(config.registry.passwordFile, 'utf8')).trim());

  const audit = await createAuditLog(db, clock);
  const events = createEventLog(db, clock);
  const tokens = createTokenStore(db);
  await tokens.putAdmin({ ...config.adminToken, nowMs: startedAt });
  const env = createEnvStore(db, vault);
  const files = createFileStore(db, vault);
  const fileScopes = scopesSeen(env.placeOf);
  const domains = createDomainStore(db);
  const certificates = createCertificateStore(db, vault);
  const link = createNodes({
    config: config.link,
    clock,
    log: log.child({ part: 'nodes' }),
    onRefusal: noteLinkRefusals({ audit, clock, log }),
  });
  const { nodes } = link;

  const registryAuth = () => ({
    username: config.registry.username,
    password: registryPassword.reveal(),
    serveraddress: config.registry.address,
  });

  const sources = createSourceStore({
    db,
    dataDir: config.dataDir,
    contextBytesMax: config.build.contextBytesMax,
    clock,
  });
  const registry = { ...config.registry, password: registryPassword };
  const builds = createBuilds({
    nodes,
    registry,
    platform: config.platform,
    build: config.build,
    dataDir: config.dataDir,
    clock,
    log: log.child({ part: 'builds' }),
  });
  const system = createDeploymentSystem(
    {
      platform: config.platform,
      dataDir: config.dataDir,
      contextBytesMax: config.build.contextBytesMax,
      appPorts: config.edge.appPorts,
      hostPorts: config.hostPorts,
      ...(config.networkPool === undefined
        ? {}
        : { networkPool: { pool: config.networkPool, bits: networkBits(config.networkPool) } }),
      domain: config.domain,
      publicAddress: config.publicAddress,
      httpPort: config.edge.httpPort,
      httpsPort: config.edge.httpsPort,
    },
    {
      db,
      vault,
      nodes,
      clock,
      log: log.child({ part: 'deployments' }),
      images: createImageSupply({ builds, sources, variables: env }),
      variables: env,
      storedFiles: createFileResolver(files, fileScopes),
      domains,
      certificates,
      events,
      registryAuth,
      deployed: (app, release, touched) => jobs.deployed(app, release, touched),
      removing: (app) => jobs.removeApp(app),
    },
  );
  const jobs = createJobs({
    platform: config.platform,
    db,
    vault,
    clock,
    log: log.child({ part: 'jobs' }),
    nodes,
    apps: system.apps,
    releases: system.releases,
    volumes: system.volumes,
    events,
    registryAuth,
    mayRun: system.mayRun,
  });

  const resizing = createResizeKeeper({
    platform: config.platform,
    nodes,
    store: system.resizes,
    clock,
    log: log.child({ part: 'resize' }),
  });

  const limits = createLimitKeeper({ nodes, events, clock, log: log.child({ part: 'limits' }) });

  const routedServices = async (app: string): Promise<string[]> => {
    const runs = (await system.runs.list({ app })).filter(
      (run) => run.state === 'live' || run.state === 'stopped',
    );
    const rank = (run: (typeof runs)[number]) => (run.routing.port === undefined ? 1 : 0);
    return runs.sort((x, y) => rank(x) - rank(y)).map((run) => run.service);
  };
  const resolutions = createResolutions({
    clock,
    resolve: systemResolve,
    ownAddresses: () => [config.publicAddress, ...nodes.list().flatMap((node) => node.facts().addresses)],
  });

  const touches = createTouches(events);
  const oneOffs = createOneOffs({ nodes, platform: config.platform, log: log.child({ part: 'tasks' }) });

  const handlers: Handlers = {
    ...system.handlers,
    deleteApp: async (context) => {
      await system.handlers.deleteApp(context);
      // Its names are free and its keys are nobody's: the edges drop both.
      await certificates.removeUnused();
      await system.routingChanged().catch((error: unknown) => {
        log.warn({ app: context.params.app, err: error }, 'an edge is told later that the app is gone');
      });
      return undefined;
    },
    ...volumeHandlers({ volumes: system.volumes, nodes, events, clock }),
    ...taskHandlers({
      platform: config.platform,
      nodes,
      clock,
      log: log.child({ part: 'tasks' }),
      oneOffs,
      touches,
      apps: system.apps,
      runs: system.runs,
      observedHealth: system.observedHealth,
      oneOffSpec: system.oneOffSpec,
      registryAuth,
      limitReachedAt: limits.reachedAt,
      isScheduled: async (app, service) => (await jobs.scheduledIn(app)).includes(service),
    }),
    ...jobs.handlers,
    ...layerHandlers({ apps: system.apps, releases: system.releases, nodes, registryAuth }),
    ...archiveHandlers({
      apps: system.apps,
      releases: system.releases,
      registry: createRegistryClient(registry),
    }),
    ...resizeHandlers({
      platform: config.platform,
      nodes,
      apps: system.apps,
      releases: system.releases,
      store: system.resizes,
    }),
    ...insideHandlers({ platform: config.platform, nodes, clock, touches, apps: system.apps }),
    ...networkHandlers({
      platform: config.platform,
      nodes,
      networks: system.networks,
      shared: system.shared,
      clock,
    }),
    ...projectHandlers(system),
    ...grantHandlers({ ...system, nodes, events, clock }),
    ...externalHandlers({ externals: system.externals, forwarders: system.forwarders, events, clock }),
    ...nodeHandlers({ platform: config.platform, nodes, apps: system.apps, clock, log }),
    ...checkHandlers({
      config,
      registryPassword,
      db,
      nodes,
      ...system,
      deployments: system.store,
      volumes: system.volumes.store,
      domains,
      resolutions,
      clock,
    }),
    ...tokenHandlers({ tokens, clock }),
    ...auditHandlers({ audit }),
    ...eventHandlers({ events }),
    ...envHandlers({
      env,
      events,
      clock,
      apps: system.apps,
      servicesOf: system.servicesOf,
      redeploy: system.redeploy,
    }),
    ...explainHandlers({ ...system, env, deployments: system.store, nodes }),
    ...differenceHandlers({
      apps: system.apps,
      releases: system.releases,
      fingerprint: (text, context) => vault.fingerprint(text, context),
    }),
    ...fileExplainHandlers({
      files,
      scopes: fileScopes,
      env,
      apps: system.apps,
      releases: system.releases,
    }),
    ...fileHandlers({
      files,
      events,
      clock,
      apps: system.apps,
      servicesOf: system.servicesOf,
      scopes: fileScopes,
      usersOf: system.usersOfFile,
      redeploy: system.redeploy,
    }),
    ...domainHandlers({
      domain: config.domain,
      publicAddress: config.publicAddress,
      httpPort: config.edge.httpPort,
      httpsPort: config.edge.httpsPort,
      domains,
      certificates,
      resolutions,
      events,
      clock,
      log,
      getApp: system.apps.get,
      servicesOf: routedServices,
      hosts: system.hosts,
      routesOf: async (name) => {
        const { liveRelease } = await system.apps.get(name);
        const release = liveRelease === undefined ? undefined : await system.releases.find(name, liveRelease);
        return release?.summary.routes ?? [];
      },
      routingChanged: system.routingChanged,
    }),
    ...metaHandlers({
      config,
      nodes,
      routing: system.routing,
      startedAt,
      pingDatabase: async () => void (await sql`SELECT 1`.execute(db)),
    }),
  };

  const edge = trustedEdge(`${config.platform}-edge`, clock);
  await edge.refresh();
  const http = createHttpServer({
    handlers,
    authenticator: createAuthenticator(tokens, clock),
    audit,
    idempotency: await createIdempotency(db, vault, clock),
    clock,
    log: log.child({ part: 'http' }),
    isTrustedProxy: edge.isTrusted,
    isThisMachine: await machineAddress(),
    uploadBytesMax: config.build.contextBytesMax,
  });

  const garbage = createImageGarbage({
    clock,
    log: log.child({ part: 'garbage' }),
    builds,
    keptImages: system.keptImages,
  });

  const volumePurge = createVolumePurge({
    volumes: system.volumes,
    nodes,
    events,
    clock,
    log: log.child({ part: 'volumes' }),
  });

  const stopNoting = nodes.onChange(({ kind, id }) => {
    const name = nodes.find(id)?.name ?? id;
    const event = { kind: `node.${kind}`, text: `${name}: agent ${kind}`, data: { node: id } };
    events.append(event).catch((error: unknown) => log.error({ err: error }, 'event not kept'));
  });

  const linkPort = await link.listen();
  await system.start();
  await jobs.start();
  resizing.start();
  limits.start();
  await certificates.removeUnused();
  garbage.start();
  volumePurge.start();
  oneOffs.start();
  const { port } = await http.listen(config.api);
  log.info({ api: port, link: linkPort, version: config.version }, 'control serves');
  return {
    api: port,
    link: linkPort,
    operations: Object.keys(handlers),
    async stop() {
      await http.drain();
      stopNoting();
      oneOffs.stop();
      await Promise.all([
        system.close(),
        jobs.close(),
        resizing.close(),
        limits.close(),
        garbage.close(),
        volumePurge.close(),
      ]);
      await link.close();
      await db.destroy();
      log.info('control stopped');
    },
  };
}
