import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlConfig } from '@berth/contract/config';
import { label } from '@berth/domain/label';
import { readCertificate } from '@berth/pki/certificate';
import type { Clock } from '@berth/runtime/clock';
import { askHttp } from '@berth/runtime/http-ask';
import type { Secret } from '@berth/runtime/secret';
import { sql } from 'kysely';
import type { AppStore } from '../apps/store.ts';
import type { Database } from '../db/database.ts';
import type { DeploymentStore } from '../deployments/store.ts';
import { stalledMs } from '../deployments/view.ts';
import type { Resolutions } from '../domains/resolution.ts';
import { findHolders } from '../grants/in-use.ts';
import type { GrantStore } from '../grants/store.ts';
import type { AppNetworks } from '../networks/app-networks.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { CustomDomain } from '../routing/edge-model.ts';
import type { RunStore } from '../runs/store.ts';
import type { VolumeStore } from '../volumes/store.ts';
import { type Check, ok } from './check.ts';
import { within } from './deadline.ts';
import { judgeApps, judgeDeployments, judgeServices } from './judge-apps.ts';
import { judgeCertificate, judgeEdge, judgeNames, type ResolvedName } from './judge-edge.ts';
import { judgeGrants } from './judge-grants.ts';
import { judgeNetworks } from './judge-networks.ts';
import { judgeAgents, judgeDisk, judgeEngine, judgeStuck, judgeVersions } from './judge-nodes.ts';
import { judgeBoundPorts } from './judge-ports.ts';
import { judgeDatabase, judgeRegistry, judgeUnasked, type RegistryAnswer } from './judge-stores.ts';
import { judgeVolumes } from './judge-volumes.ts';

export interface CheckDependencies {
  readonly config: Pick<
    ControlConfig,
    'platform' | 'version' | 'dataDir' | 'registry' | 'link' | 'publicAddress'
  >;
  readonly registryPassword: Secret;
  readonly db: Database;
  readonly nodes: Nodes;
  readonly networks: Pick<AppNetworks, 'usage'>;
  readonly runs: RunStore;
  readonly apps: Pick<AppStore, 'list'>;
  readonly grants: Pick<GrantStore, 'list'>;
  readonly releases: Pick<ReleaseStore, 'find' | 'open'>;
  readonly deployments: Pick<DeploymentStore, 'listOpen'>;
  readonly volumes: Pick<VolumeStore, 'list'>;
  readonly domains: { listAll(): Promise<readonly CustomDomain[]> };
  readonly resolutions: Pick<Resolutions, 'of'>;
  readonly clock: Pick<Clock, 'now'>;
  observedHealth(app: string): Promise<ReadonlyMap<string, 'healthy' | 'unhealthy' | 'checking'>>;
}

/** One thing to look at: what it is about, and how. A new kind of check is a new entry. */
export interface Probe {
  readonly area: Check['area'];
  readonly id: string;
  gather(deps: CheckDependencies, signal: AbortSignal): Promise<readonly Check[]>;
}

/** Names asked for at DNS, and how large a database is read through. */
const namesMax = 200;
const databaseBytesMax = 512 * 1024 * 1024;
const partMs = 4_000;

const managerEngine = (deps: CheckDependencies) =>
  deps.nodes.list().find((link) => link.facts().swarm.isManager)?.engine;
const platformFilter = (deps: CheckDependencies) => ({
  label: [`${label.platform}=${deps.config.platform}`],
});

export const probes: readonly Probe[] = [
  {
    area: 'platform',
    id: 'platform.agents',
    async gather(deps, signal) {
      const agents = deps.nodes.list().map((link) => link.facts());
      const { platform, version } = deps.config;
      const nodes = (await managerEngine(deps)?.listNodes({ signal })) ?? [];
      return [...judgeAgents(nodes, agents, platform), ...judgeVersions(agents, version)];
    },
  },
  {
    area: 'platform',
    id: 'platform.database',
    async gather({ db, config }) {
      // The statement holds up everything else while it reads: not through a very large file.
      if ((await stat(join(config.dataDir, 'berth.db'))).size > databaseBytesMax)
        return [ok('platform', 'platform.database', 'the database answers; too large to be read through')];
      const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check(1)`.execute(db);
      return [judgeDatabase(rows[0]?.quick_check ?? 'no answer')];
    },
  },
  {
    area: 'platform',
    id: 'platform.disk',
    async gather({ config }) {
      const { bavail, blocks, bsize } = await statfs(config.dataDir);
      const what = { id: 'platform.disk', area: 'platform', name: 'the disk of control’s data' } as const;
      return [judgeDisk(what, bavail * bsize, blocks * bsize)];
    },
  },
  {
    area: 'platform',
    id: 'platform.deployments',
    gather: async (deps) =>
      judgeDeployments(await deps.deployments.listOpen(), { nowMs: deps.clock.now(), stalledMs }),
  },
  {
    area: 'platform',
    id: 'platform.services',
    async gather(deps, signal) {
      const engine = managerEngine(deps);
      if (engine === undefined) return [];
      const services = await engine.listServices({ filters: platformFilter(deps), signal });
      return judgeServices(services, await deps.runs.list(), deps.clock.now());
    },
  },
  {
    area: 'platform',
    id: 'platform.apps',
    async gather(deps, signal) {
      const engine = managerEngine(deps);
      if (engine === undefined) return [];
      const runs = await deps.runs.list({ states: ['live'] });
      const filters = { ...platformFilter(deps), 'desired-state': ['running'] };
      const [tasks, health] = await Promise.all([
        engine.listTasks({ filters, signal }),
        Promise.all(
          [...new Set(runs.map((run) => run.app))].map(
            async (app) => [app, await deps.observedHealth(app)] as const,
          ),
        ),
      ]);
      const byApp = new Map(health);
      return judgeApps(runs, tasks, (app) => byApp.get(app));
    },
  },
  {
    area: 'platform',
    id: 'platform.subnets',
    async gather(deps, signal) {
      const engine = managerEngine(deps);
      if (engine === undefined) return [];
      const { pool, total, free, networks } = await deps.networks.usage(engine, signal);
      return judgeNetworks({
        pool,
        total,
        free,
        networks: networks.flatMap(({ Name, Scope, Labels, IPAM }) => {
          const subnet = IPAM.Config?.[0]?.Subnet;
          const isOwn = Scope === 'swarm' && Labels?.[label.platform] === deps.config.platform;
          return isOwn && subnet !== undefined ? [{ name: Name, subnet }] : [];
        }),
        nodes: deps.nodes.list().map((link) => ({ name: link.name, routes: link.facts().routes ?? [] })),
      });
    },
  },
  {
    area: 'platform',
    id: 'platform.grants',
    gather: async (deps) => judgeGrants(await findHolders(deps), await deps.grants.list(), deps.clock.now()),
  },
  { area: 'engine', id: 'engine.profile', gather: perNode('engine', gatherEngine) },
  { area: 'platform', id: 'platform.volumes', gather: perNode('platform', gatherVolumes) },
  {
    area: 'platform',
    id: 'platform.bound-ports',
    gather: perNode('platform', async (_deps, link, signal) =>
      judgeBoundPorts(link.name, (await link.refresh(signal)).boundPorts ?? []),
    ),
  },
  { area: 'edge', id: 'edge.routes', gather: perNode('edge', gatherEdge) },
  {
    area: 'registry',
    id: 'registry.answers',
    gather: async (deps, signal) => [
      judgeRegistry(deps.config.registry.url, await askRegistry(deps, signal), deps.config.platform),
    ],
  },
  {
    area: 'certificates',
    id: 'certificates.link',
    async gather({ config, clock }) {
      const files = [
        ['certificates.link', 'control’s certificate for agents', config.link.certFile],
        ['certificates.authority', 'Berth’s own authority', config.link.caFile],
      ] as const;
      return Promise.all(
        files.map(async ([id, name, file]) => {
          const notAfterMs = readCertificate(await readFile(file, 'utf8')).notAfter.getTime();
          return judgeCertificate({ id, name, notAfterMs, fix: '`berth up` renews it.' }, clock.now());
        }),
      );
    },
  },
  {
    area: 'dns',
    id: 'dns.names',
    gather: async (deps) => judgeNames(await resolveNames(deps), deps.config.publicAddress),
  },
];

type Link = ReturnType<Nodes['list']>[number];

/** Asks each node by itself: one that does not answer leaves the others' answers. */
function perNode(
  area: Check['area'],
  gather: (deps: CheckDependencies, link: Link, signal: AbortSignal) => Promise<readonly Check[]>,
): Probe['gather'] {
  return async (deps) => {
    const parts = await Promise.all(
      deps.nodes.list().map(async (link) => {
        const answer = await within(partMs, (signal) => gather(deps, link, signal));
        return answer.kind === 'done'
          ? answer.value
          : [judgeUnasked(area, `${area}.${link.name}`, `${link.name}: ${wordsOf(answer.error)}`)];
      }),
    );
    return parts.flat();
  };
}

async function gatherEngine(deps: CheckDependencies, link: Link, signal: AbortSignal): Promise<Check[]> {
  const facts = link.facts();
  const filters = { ...platformFilter(deps), status: ['dead'] };
  return [
    ...judgeEngine(link.name, await link.engine.info({ signal })),
    ...judgeStuck(link.name, await link.engine.listContainers({ all: true, filters, signal })),
    judgeDisk(
      { id: `engine.${link.name}.disk`, area: 'engine', name: `${link.name}, where its engine keeps images` },
      facts.diskBytesFree,
    ),
  ];
}

async function gatherVolumes(deps: CheckDependencies, link: Link, signal: AbortSignal): Promise<Check[]> {
  const [live, removed, disk] = await Promise.all([
    deps.volumes.list({ trash: false }),
    deps.volumes.list({ trash: true }),
    link.volumes.disk(signal),
  ]);
  const own = live.filter((volume) => volume.node === link.id);
  const usage = await link.volumes.usage(
    own.map(({ id }) => id),
    signal,
  );
  const judged = [...own, ...removed.filter((volume) => volume.node === link.id)].map((volume) => ({
    ...volume,
    isRemoved: volume.removed !== undefined,
  }));
  return judgeVolumes(link.name, judged, usage, disk);
}

async function gatherEdge(deps: CheckDependencies, link: Link, signal: AbortSignal): Promise<Check[]> {
  const [report, desired] = await Promise.all([
    link.edge.report(signal),
    deps.db.selectFrom('edge_model').select('revision').executeTakeFirst(),
  ]);
  return [
    ...judgeEdge(link.name, report, desired?.revision, deps.config.platform),
    ...report.certificates.map(({ name, notAfter }) =>
      judgeCertificate(
        {
          id: `certificates.${link.name}.${name}`,
          name: `the certificate ${name} at the edge of ${link.name}`,
          notAfterMs: Date.parse(notAfter),
          fix: 'Give a new one: `berth domains add DOMAIN --certificate FILE`.',
        },
        deps.clock.now(),
      ),
    ),
  ];
}

async function askRegistry(deps: CheckDependencies, signal: AbortSignal): Promise<RegistryAnswer> {
  const { url, username } = deps.config.registry;
  const credentials = Buffer.from(`${username}:${deps.registryPassword.reveal()}`).toString('base64');
  try {
    const response = await askHttp(new URL('/v2/', url), {
      headers: { authorization: `Basic ${credentials}` },
      signal,
    });
    return { kind: 'status', status: response.status };
  } catch (error) {
    return { kind: 'silent', because: wordsOf(error) };
  }
}

/** The names people gave, by domain or manifest; the automatic ones need no record of theirs. */
async function resolveNames(deps: CheckDependencies): Promise<ResolvedName[]> {
  const names = new Map<string, string>();
  for (const { domain, app } of await deps.domains.listAll()) names.set(domain, app);
  for (const run of await deps.runs.list({ states: ['live'] })) {
    const release = await deps.releases.find(run.app, run.release);
    for (const { host } of release?.summary.routes ?? []) if (host !== undefined) names.set(host, run.app);
  }
  return Promise.all(
    [...names]
      .slice(0, namesMax)
      .map(async ([domain, app]) => ({ domain, app, resolves: await deps.resolutions.of(domain) })),
  );
}

/** An error in words; the cause says more where fetch only says that it failed. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error.message === 'fetch failed' && cause instanceof Error)
    return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
