import { createHash } from 'node:crypto';
import type { EdgeApplied } from '@berth/contract/agent';
import { type AppError, refuse } from '@berth/contract/errors';
import type { EdgeModel } from '@berth/domain/edge';
import type { Logger } from 'pino';
import type { AppStore } from '../apps/store.ts';
import type { Database } from '../db/database.ts';
import { appNetworkName } from '../networks/names.ts';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { RunStore } from '../runs/store.ts';
import { buildEdgeModel, type CustomDomain, type RoutedApp } from './edge-model.ts';

export interface RoutingDependencies {
  readonly db: Database;
  readonly platform: string;
  readonly domain: string;
  readonly nodes: Nodes;
  readonly apps: AppStore;
  readonly runs: RunStore;
  readonly releases: ReleaseStore;
  readonly domains: { listAll(): Promise<readonly CustomDomain[]> };
  readonly certificates: { list(): Promise<readonly { name: string; pem: string }[]> };
  readonly log: Logger;
}

/**
 * The one writer of the edge model: builds it from the database and makes every connected edge equal to it.
 *
 * INVARIANTS: one push at a time, in order; a model that differs has a higher revision, stored before it is
 * sent; an edge that was away gets the newest model when its agent connects.
 */
export type Routing = ReturnType<typeof createRouting>;

export function createRouting(deps: RoutingDependencies) {
  let queue: Promise<unknown> = Promise.resolve();

  async function currentModel(): Promise<EdgeModel> {
    const certificates = await deps.certificates.list();
    const content = buildEdgeModel(
      {
        platform: deps.platform,
        domain: deps.domain,
        apps: await routedApps(),
        domains: await deps.domains.listAll(),
        certificates: certificates.map((entry) => ({ name: entry.name, fingerprint: sha256(entry.pem) })),
      },
      (app) => appNetworkName(deps.platform, app),
    );
    const row = await deps.db.selectFrom('edge_model').selectAll().executeTakeFirst();
    const json = JSON.stringify(content);
    if (row !== undefined && row.model_json === json) return { revision: row.revision, ...content };
    const revision = (row?.revision ?? 0) + 1;
    await deps.db
      .insertInto('edge_model')
      .values({ id: 1, revision, model_json: json })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ revision, model_json: json }))
      .execute();
    return { revision, ...content };
  }

  async function routedApps(): Promise<RoutedApp[]> {
    const runs = await deps.runs.list();
    const apps: RoutedApp[] = [];
    for (const app of await deps.apps.list()) {
      const own = runs.filter((run) => run.app === app.name && run.state !== 'removing');
      // Before the first release serves, the one that starts says where it will be reached.
      const number = app.liveRelease ?? own.find((run) => run.state === 'starting')?.release;
      const release = number === undefined ? undefined : await deps.releases.find(app.name, number);
      apps.push({
        name: app.name,
        port: app.port,
        isStopped: app.desired === 'stopped',
        routes: release?.summary.routes ?? [],
        redirects: release?.summary.redirects ?? [],
        runs: own,
      });
    }
    return apps;
  }

  async function send(
    link: NodeLink,
    model: EdgeModel,
    signal: AbortSignal | undefined,
  ): Promise<EdgeApplied> {
    const held = new Map(
      (await edgeCertificates(link, model, signal)).map((entry) => [entry.name, entry.fingerprint]),
    );
    for (const certificate of await deps.certificates.list()) {
      if (held.get(certificate.name) !== sha256(certificate.pem))
        await link.edge.putCertificate(certificate.name, certificate.pem, signal);
    }
    return link.edge.apply(model, signal);
  }

  function serially<T>(work: () => Promise<T>): Promise<T> {
    const next = queue.then(work, work);
    queue = next.catch(() => undefined);
    return next;
  }

  /** Nodes that connected and whose edge was not told what it is to serve yet. */
  const untold = new Set<NodeLink>();
  const stop = deps.nodes.onChange((event) => {
    if (event.kind !== 'connected') return;
    const link = deps.nodes.find(event.id);
    if (link === undefined) return;
    untold.add(link);
    serially(async () => send(link, await currentModel(), undefined))
      .then(
        (applied) => deps.log.info({ node: link.name, ...applied }, 'edge brought up to date'),
        (error: unknown) => deps.log.warn({ node: link.name, err: error }, 'edge not brought up to date'),
      )
      .finally(() => untold.delete(link));
  });

  return {
    currentModel: () => serially(currentModel),
    /** Names of nodes whose edge may still serve what was before they connected. */
    waitingFor: (): readonly string[] => [...untold].map(({ name }) => name),
    /** Makes all connected edges serve what the database says. Rejects with the first edge's refusal. */
    push(signal?: AbortSignal): Promise<readonly EdgeApplied[]> {
      return serially(async () => {
        const links = deps.nodes.list();
        if (links.length === 0)
          throw refuse('agent_unreachable', 'No agent is connected, so no edge can be told the new routes.');
        const model = await currentModel();
        const settled = await Promise.allSettled(links.map((link) => send(link, model, signal)));
        const refused = settled.find(
          (result): result is PromiseRejectedResult => result.status === 'rejected',
        );
        if (refused !== undefined) throw refused.reason as AppError;
        return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      });
    },
    stop,
  };
}

/** What the edge holds; nothing is asked when the model has no certificates. */
async function edgeCertificates(link: NodeLink, model: EdgeModel, signal: AbortSignal | undefined) {
  return model.certificates.length === 0 ? [] : (await link.edge.report(signal)).certificates;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
