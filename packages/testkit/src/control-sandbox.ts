import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createRemoval } from '@berth/control/apps/removal';
import { createAppStore } from '@berth/control/apps/store';
import { openDatabase } from '@berth/control/db/database';
import type { Deployment } from '@berth/control/deployments/deployment';
import { createDeployments } from '@berth/control/deployments/deployments';
import { createRunner } from '@berth/control/deployments/runner';
import type { DeploymentDependencies } from '@berth/control/deployments/step';
import { createDeploymentStore } from '@berth/control/deployments/store';
import { createHosts } from '@berth/control/domains/hosts';
import {
  type CertificateStore,
  createCertificateStore,
  createDomainStore,
} from '@berth/control/domains/store';
import { createVault } from '@berth/control/env/vault';
import { resolveFiles, sourcesOf } from '@berth/control/files/resolve';
import { requireGrantsOf } from '@berth/control/grants/require';
import { createGrantStore, type GrantStore } from '@berth/control/grants/store';
import { createHostPorts } from '@berth/control/host-ports/host-ports';
import { createAppNetworks } from '@berth/control/networks/app-networks';
import { createReleaseStore } from '@berth/control/releases/store';
import { createResizeStore } from '@berth/control/resize/store';
import { createRouting, type Routing } from '@berth/control/routing/routing';
import { createRunReconciler } from '@berth/control/runs/reconcile';
import { createScaling } from '@berth/control/runs/scaling';
import { createRunStore } from '@berth/control/runs/store';
import { createVolumeStore } from '@berth/control/volumes/store';
import { findVolumeUsers } from '@berth/control/volumes/users';
import { createVolumes } from '@berth/control/volumes/volumes';
import { isDeploymentEnd } from '@berth/domain/deployment';
import type { AppSpec } from '@berth/domain/release';
import type { ServiceSpec } from '@berth/domain/service';
import { pino } from 'pino';
import { anAppSpec } from './builders.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import { createFakeNodes, type FakeNodes } from './fake-nodes.ts';

/** Control's deployments over a real database, a fake engine with its edge, and a clock that moves when told. */
export interface ControlSandbox {
  readonly clock: FakeClock;
  readonly fake: FakeEngine;
  readonly nodes: FakeNodes;
  readonly deps: DeploymentDependencies;
  readonly routing: Routing;
  readonly grants: GrantStore;
  readonly certificates: CertificateStore;
  readonly control: ControlProcess;
  /** What the next `deploy` deploys. */
  spec: AppSpec;
  /** The app's variables. */
  variables: Record<string, string | null>;
  /** Those of single services. */
  serviceVariables: Record<string, Record<string, string | null>>;
  /** Its stored configs and secrets; `web/db` is what the service `web` alone gets as `db`. */
  stored: Record<string, string>;
  /** Another app gets a host name, as by `berth domains add`. */
  takeDomain(domain: string, app: string): Promise<void>;
  /** As after a kill −9: nothing of the process is left but the database. */
  restart(): Promise<ControlProcess>;
  /** Asks for a deployment of `spec` and drives it to its end. */
  deploy(options?: { kind?: 'deploy'; deadlineSeconds?: number }): Promise<Deployment>;
  rollback(number: number): Promise<Deployment>;
  ended(id: string): Promise<Deployment>;
}

export type ControlProcess = Awaited<ReturnType<typeof startProcess>>;

const log = pino({ level: 'silent' });
const actor = { name: 'tester' };

export async function createControlSandbox(t: TestContext): Promise<ControlSandbox> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-control-'));
  const clock = fakeClock();
  const fake = createFakeEngine({ clock });
  const nodes = createFakeNodes(fake);
  const db = await openDatabase(join(dir, 'berth.db'));
  const vault = await createVault(join(dir, 'vault.key'));
  const runs = createRunStore(db);
  const domains = createDomainStore(db);
  const certificates = createCertificateStore(db, vault);
  const releases = createReleaseStore(db, vault);
  const apps = createAppStore(db, [8100, 8119]);
  const store = createDeploymentStore(db);
  const grants = createGrantStore(db);
  const routing = createRouting({
    db,
    platform: 'berth',
    domain: 'example.test',
    nodes,
    apps,
    runs,
    releases,
    domains: { listAll: async () => [] },
    certificates,
    log,
  });
  const sandbox: Pick<ControlSandbox, 'spec' | 'variables' | 'serviceVariables' | 'stored'> = {
    spec: anAppSpec(),
    variables: {},
    serviceVariables: {},
    stored: {},
  };
  const filesOf = (app: string, sources: AppSpec['files'], services: readonly ServiceSpec[]) =>
    resolveFiles({
      app,
      sources,
      services,
      variables: sandbox.variables,
      stored: {
        find: async ({ service }, _kind, name) => {
          const own = sandbox.stored[`${service}/${name}`];
          const content = own ?? sandbox.stored[name];
          if (content === undefined) return undefined;
          const scope = own === undefined ? `app:${app}` : `service:${app}/${service}`;
          return { base64: Buffer.from(content).toString('base64'), scope, version: 1 };
        },
      },
    });
  const deps: DeploymentDependencies = {
    platform: 'berth',
    clock,
    log,
    nodes,
    store,
    releases,
    runs,
    apps,
    routing,
    resizes: createResizeStore(db),
    shared: { find: async () => undefined },
    forwarders: { check: async () => undefined, prepare: async () => undefined },
    hostPorts: createHostPorts({ db, platform: 'berth', nodes, clock, apps, range: [30_000, 30_099] }),
    grants,
    volumes: createVolumes({
      platform: 'berth',
      clock,
      nodes,
      store: createVolumeStore(db),
      users: () => findVolumeUsers({ apps, releases, deployments: store }),
    }),
    hosts: createHosts({ domain: 'example.test', domains, apps, releases }),
    networks: createAppNetworks({ platform: 'berth', nodes, clock, pool: undefined }),
    specs: {
      variablesOf: async () => ({ variables: sandbox.variables, serviceVariables: sandbox.serviceVariables }),
      specOf: async () => ({
        spec: sandbox.spec,
        warnings: [],
        dockerfiles: {},
        portFromImage: [],
        asks: [],
        variables: sandbox.variables,
        files: await filesOf(
          sandbox.spec.app,
          sandbox.spec.files,
          sandbox.spec.services.map(({ spec }) => spec),
        ),
        serviceVariables: sandbox.serviceVariables,
      }),
      placesOf: async () => () => ({ kind: 'file' }),
      filesOf: (app, { files, services }) =>
        filesOf(
          app,
          sourcesOf(files),
          services.map(({ spec }) => spec),
        ),
    },
    images: {
      provide: async ({ spec, service }) => {
        const source = spec.services.find((one) => one.spec.name === service)?.image;
        const reference = source?.kind === 'image' ? source.reference : `built/${service}`;
        if (fake.images.find(reference) === undefined) fake.images.add(reference);
        return { image: reference, imageLabel: reference, warnings: [] };
      },
    },
    registryAuth: () => undefined,
    fingerprint: (text) => vault.fingerprint(text, 'run'),
  };
  let control = startProcess(deps, routing, certificates);
  t.after(async () => {
    await control.runner.close();
    routing.stop();
    fake.close();
    await db.destroy();
    await rm(dir, { recursive: true, force: true });
  });

  const ended = async (id: string): Promise<Deployment> => {
    const wait = async (): Promise<Deployment> => {
      for (;;) {
        const deployment = await store.get(id);
        if (deployment !== undefined && isDeploymentEnd(deployment.state)) return deployment;
        await clock.sleep(50);
      }
    };
    return clock.run(wait());
  };
  return Object.assign(sandbox, {
    clock,
    fake,
    nodes,
    deps,
    routing,
    grants,
    certificates,
    get control() {
      return control;
    },
    async takeDomain(domain: string, app: string) {
      await apps.ensure(app, actor.name, clock.now());
      const plain = { service: undefined, path: '/', stripPrefix: false, httpsOnly: false };
      await domains.put({ domain, app, ...plain, redirectTo: undefined }, actor.name, clock.now());
    },
    async restart() {
      await clock.run(control.runner.close());
      control = startProcess(deps, routing, certificates);
      await control.runner.resume();
      return control;
    },
    ended,
    async deploy(options: { deadlineSeconds?: number } = {}) {
      const app = await apps.ensure(sandbox.spec.app, actor.name, clock.now());
      const { id } = await control.deployments.request({
        app,
        kind: 'deploy',
        from: { kind: 'source', id: 's' },
        actor,
        ...options,
      });
      return ended(id);
    },
    async rollback(number: number) {
      const app = await apps.get(sandbox.spec.app);
      const { id } = await control.deployments.request({
        app,
        kind: 'rollback',
        from: { kind: 'release', number },
        actor,
      });
      return ended(id);
    },
  });
}

function startProcess(
  deps: DeploymentDependencies,
  routing: Parameters<typeof createScaling>[0]['routing'],
  certificates: CertificateStore,
) {
  const runner = createRunner(deps, {
    ended: async () => undefined,
    urls: async (app) => [`http://${app}.example.test`],
  });
  const shared = {
    clock: deps.clock,
    log: deps.log,
    nodes: deps.nodes,
    runs: deps.runs,
    releases: deps.releases,
    apps: deps.apps,
    routing,
  };
  const reconciler = createRunReconciler({
    ...shared,
    deployments: deps.store,
    networks: deps.networks,
  });
  return {
    runner,
    reconciler,
    deployments: createDeployments(deps, runner),
    scaling: createScaling({
      ...shared,
      deployments: deps.store,
      mayStart: (app, runs) => requireGrantsOf(deps, app, runs),
      hint: reconciler.hint,
    }),
    removal: createRemoval({
      ...shared,
      platform: deps.platform,
      deployments: deps.store,
      networks: deps.networks,
      hostPorts: deps.hostPorts,
      certificates,
      forwarders: { settle: async () => undefined, linkedFrom: async () => [] },
      removeJobs: async () => undefined,
    }),
  };
}
