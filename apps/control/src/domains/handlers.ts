import { AppError, refuse } from '@berth/contract/errors';
import type { DomainAdd } from '@berth/contract/schemas';
import type { Route } from '@berth/domain/route';
import type { Clock } from '@berth/runtime/clock';
import type { Logger } from 'pino';
import type * as z from 'zod';
import { urlOf } from '../apps/urls.ts';
import type { EventLog } from '../events/log.ts';
import type { Handlers } from '../http/handler.ts';
import { indexAfter, pageOf } from '../http/page.ts';
import type { CustomDomain } from '../routing/edge-model.ts';
import { type Bundle, readBundle } from './certificate.ts';
import type { Hosts } from './hosts.ts';
import type { Resolutions } from './resolution.ts';
import type { CertificateStore, DomainStore } from './store.ts';

export interface DomainDependencies {
  /** Apps are named `<app>.<domain>`. */
  readonly domain: string;
  readonly publicAddress: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly domains: DomainStore;
  readonly certificates: CertificateStore;
  readonly resolutions: Resolutions;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly hosts: Pick<Hosts, 'take'>;
  /** Refuses with `app_not_found`. */
  getApp(app: string): Promise<{ readonly name: string; readonly port: number | undefined }>;
  /** Services of the live release, the routed ones first; empty when there is none. */
  servicesOf(app: string): Promise<readonly string[]>;
  /** Of the live release. */
  routesOf(app: string): Promise<readonly Route[]>;
  /** The edges follow what is stored now. Rejects with the first edge's refusal. */
  routingChanged(app: string): Promise<void>;
}

interface Listed extends CustomDomain {
  readonly automatic: boolean;
  readonly isInManifest?: boolean;
  /** The app's port at every edge: needs no name. */
  readonly portUrl?: string;
}

export function domainHandlers(
  deps: DomainDependencies,
): Pick<Handlers, 'listDomains' | 'addDomain' | 'removeDomain'> {
  async function view(entry: Listed, services: readonly string[], secured: ReadonlySet<string>) {
    const { domain, app, path, stripPrefix, httpsOnly, redirectTo, automatic } = entry;
    return {
      domain,
      app,
      service: entry.service ?? services[0] ?? '',
      path,
      stripPrefix,
      httpsOnly,
      ...(redirectTo === undefined ? {} : { redirectTo }),
      automatic,
      ...(entry.isInManifest === true ? { inManifest: true } : {}),
      resolves: entry.portUrl === undefined ? await deps.resolutions.of(domain) : ('here' as const),
      url: entry.portUrl ?? urlOf(deps, { domain, path, isHttps: httpsOnly || secured.has(domain) }),
    };
  }

  const securedDomains = async () =>
    new Set((await deps.certificates.listFacts()).map((fact) => fact.domain));

  function automaticOf(app: { name: string; port: number | undefined }): Listed[] {
    const plain = {
      app: app.name,
      service: undefined,
      path: '/',
      stripPrefix: false,
      httpsOnly: false,
      redirectTo: undefined,
      automatic: true,
    };
    const own = { ...plain, domain: `${app.name}.${deps.domain}` };
    if (app.port === undefined) return [own];
    const address = `${deps.publicAddress}:${app.port}`;
    return [own, { ...plain, domain: address, portUrl: `http://${address}` }];
  }

  /** Names the manifest of the live release has; a change of them is a deployment. */
  const manifestRoutesOf = async (app: { readonly name: string }): Promise<Listed[]> =>
    (await deps.routesOf(app.name)).flatMap(({ host, service, path, stripPrefix }) =>
      host === undefined
        ? []
        : [
            {
              app: app.name,
              domain: host,
              service,
              path,
              stripPrefix,
              httpsOnly: false,
              redirectTo: undefined,
              automatic: false,
              isInManifest: true,
            },
          ],
    );

  function requireName(app: string, wanted: z.output<typeof DomainAdd>): void {
    const { domain } = wanted;
    if (domain.startsWith('*.'))
      throw refuse('unsupported', `${domain} is a wildcard: the edge takes whole names only.`, {
        issues: [{ at: '/domain', message: 'is a wildcard', suggestion: `app${domain.slice(1)}` }],
      });
    if (domain === `${app}.${deps.domain}` && wanted.path === '/')
      throw refuse('conflict', `${domain} is the app’s automatic name; it is there already.`);
  }

  async function requireRedirect(app: string, wanted: z.output<typeof DomainAdd>): Promise<void> {
    const fault = (at: string, message: string) =>
      refuse('invalid', `${wanted.domain}: ${message}.`, { issues: [{ at, message }] });
    if (wanted.redirectTo !== undefined) {
      if (wanted.redirectTo === wanted.domain) throw fault('/redirectTo', 'cannot redirect to itself');
      if (wanted.redirectTo.startsWith('*.')) throw fault('/redirectTo', 'must be one host, not a wildcard');
      if (wanted.path !== '/')
        throw fault('/path', 'must be / for a redirect: all of the name is redirected');
      const next = await deps.domains.listOf(wanted.redirectTo);
      if (next.some((entry) => entry.redirectTo !== undefined))
        throw fault('/redirectTo', `${wanted.redirectTo} redirects itself; name the last one`);
    }
    const services = await deps.servicesOf(app);
    if (wanted.service !== undefined && services.length > 0 && !services.includes(wanted.service))
      throw fault('/service', `${app} has no service "${wanted.service}"; it has ${services.join(', ')}`);
  }

  function requireBundle(wanted: z.output<typeof DomainAdd>): Bundle | undefined {
    if (wanted.certificatePem === undefined) return undefined;
    const verdict = readBundle(wanted.certificatePem, wanted.domain, deps.clock.now());
    if (verdict.kind === 'usable') return verdict.bundle;
    throw refuse('invalid', `The certificate cannot be used: ${verdict.because}.`, {
      issues: [{ at: '/certificatePem', message: verdict.because }],
    });
  }

  /** Tells the edges; takes the change back when one of them refuses it. An edge that is away gets it later. */
  async function tellEdges(app: string, undo: () => Promise<void>): Promise<void> {
    try {
      await deps.routingChanged(app);
    } catch (error) {
      if (error instanceof AppError && error.code === 'agent_unreachable') {
        deps.log.warn({ app, err: error }, 'an edge gets the changed domains when its agent is back');
        return;
      }
      await undo();
      await deps.routingChanged(app).catch((cause: unknown) => {
        deps.log.error({ app, err: cause }, 'the edges still have domains that were taken back');
      });
      throw error;
    }
  }

  return {
    listDomains: async ({ params, query }) => {
      const app = await deps.getApp(params.app);
      const own = (await deps.domains.listAll()).filter((entry) => entry.app === app.name);
      const all: Listed[] = [
        ...automaticOf(app),
        ...(await manifestRoutesOf(app)),
        ...own.map((entry) => ({ ...entry, automatic: false })),
      ];
      const from = indexAfter(all, query, keyOf);
      const shown = all.slice(from, from + query.limit + 1);
      const [services, secured] = [await deps.servicesOf(app.name), await securedDomains()];
      const { items, next } = pageOf(shown, query.limit, (entry) => view(entry, services, secured), keyOf);
      return { items: await Promise.all(items), ...(next === undefined ? {} : { next }) };
    },

    addDomain: async ({ params, body, actor }) => {
      const app = await deps.getApp(params.app);
      requireName(app.name, body);
      await requireRedirect(app.name, body);
      const bundle = requireBundle(body);
      const before = (await deps.domains.listOf(body.domain)).find((entry) => entry.path === body.path);
      const certificateBefore = await deps.certificates.find(body.domain);
      const now = deps.clock.now();
      const entry: CustomDomain = {
        domain: body.domain,
        app: app.name,
        service: body.service,
        path: body.path,
        stripPrefix: body.stripPrefix,
        httpsOnly: body.httpsOnly,
        redirectTo: body.redirectTo,
      };
      await deps.hosts.take(app.name, [body.domain], () => deps.domains.put(entry, actor.name, now));
      if (bundle !== undefined) await deps.certificates.put(body.domain, bundle, now);
      await tellEdges(app.name, async () => {
        if (before === undefined) await deps.domains.remove(body.domain, body.path);
        else await deps.domains.put(before, actor.name, now);
        if (bundle === undefined) return;
        if (certificateBefore === undefined) await deps.certificates.remove(body.domain);
        else await deps.certificates.put(body.domain, certificateBefore, now);
      });
      await deps.events.append({
        kind: 'domain.added',
        app: app.name,
        text: `${app.name}: ${body.domain}${body.path === '/' ? '' : body.path} added`,
        data: { domain: body.domain, path: body.path, actor: actor.name },
      });
      return view({ ...entry, automatic: false }, await deps.servicesOf(app.name), await securedDomains());
    },

    removeDomain: async ({ params, query, actor }) => {
      const app = await deps.getApp(params.app);
      const { domain } = params;
      const all = await deps.domains.listOf(domain);
      const entry = all.find((candidate) => candidate.app === app.name && candidate.path === query.path);
      if (entry === undefined) throw refuse('not_found', `${app.name} has no domain ${domain}${query.path}.`);
      const isLast = all.length === 1;
      const certificate = isLast ? await deps.certificates.find(domain) : undefined;
      const now = deps.clock.now();
      await deps.domains.remove(domain, query.path);
      if (certificate !== undefined) await deps.certificates.remove(domain);
      await tellEdges(app.name, async () => {
        await deps.domains.put(entry, actor.name, now);
        if (certificate !== undefined) await deps.certificates.put(domain, certificate, now);
      });
      await deps.events.append({
        kind: 'domain.removed',
        app: app.name,
        text: `${app.name}: ${domain}${query.path === '/' ? '' : query.path} removed`,
        data: { domain, path: query.path, actor: actor.name },
      });
      return undefined;
    },
  };
}

const keyOf = (entry: CustomDomain): string => `${entry.domain}${entry.path}`;
