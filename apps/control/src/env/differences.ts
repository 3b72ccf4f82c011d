import type { Difference } from '@berth/contract/environments';
import { refuse } from '@berth/contract/errors';
import { type Release, type ReleaseService, variablesOf } from '@berth/domain/release';
import type * as z from 'zod';
import type { App, AppStore } from '../apps/store.ts';
import type { Handlers } from '../http/handler.ts';
import { show } from '../releases/spec-changes.ts';
import type { ReleaseStore } from '../releases/store.ts';
import { secretVariables } from '../swarm/process-spec.ts';

export interface DifferenceDependencies {
  readonly apps: Pick<AppStore, 'get' | 'scales'>;
  readonly releases: Pick<ReleaseStore, 'open'>;
  /** Keyed hash: equal texts of one context can be told equal without being shown. */
  fingerprint(text: string, context: string): string;
}

type Item = z.input<typeof Difference>;

/** A live release with the number of tasks people asked for. */
export interface Side {
  readonly release: Release;
  readonly scales: Readonly<Record<string, number>>;
}

export function differenceHandlers(deps: DifferenceDependencies): Pick<Handlers, 'diffApps'> {
  async function sideOf(app: App): Promise<Side> {
    if (app.liveRelease === undefined)
      throw refuse('never_deployed', `${app.name} has no live release to compare.`);
    return {
      release: await deps.releases.open(app.name, app.liveRelease),
      scales: await deps.apps.scales(app.name),
    };
  }
  return {
    diffApps: async ({ params, query }) => {
      const apps = [await deps.apps.get(params.app), await deps.apps.get(query.with)] as const;
      const [left, right] = [await sideOf(apps[0]), await sideOf(apps[1])];
      const head = (app: App, side: Side) => ({
        app: app.name,
        environment: app.environment,
        release: side.release.number,
      });
      return {
        left: head(apps[0], left),
        right: head(apps[1], right),
        items: differencesOf(left, right, (text, name) =>
          deps.fingerprint(text, `difference/${name}`).slice(0, 8),
        ),
      };
    },
  };
}

type Print = (text: string, name: string) => string;
const none = '-';

/** What differs, service by service; what differs alike in every service is said once. Pure. */
export function differencesOf(left: Side, right: Side, print: Print): Item[] {
  const names = [
    ...new Set([left, right].flatMap(({ release }) => release.services.map(({ spec }) => spec.name))),
  ];
  const items: Item[] = [];
  const both: string[] = [];
  for (const name of names) {
    const [one, other] = [serviceOf(left, name), serviceOf(right, name)];
    if (one === undefined || other === undefined) {
      const is = (service: ReleaseService | undefined) => (service === undefined ? none : service.imageLabel);
      items.push({ what: 'service', service: name, name, left: is(one), right: is(other) });
    } else {
      both.push(name);
      items.push(
        ...compare(factsOf(left, one, print), factsOf(right, other, print)).map((item) => ({
          ...item,
          service: name,
        })),
      );
    }
  }
  const ofApp = compare(appFacts(left.release, print), appFacts(right.release, print));
  return [...saidOnce(items, both), ...ofApp];
}

const serviceOf = ({ release }: Side, name: string): ReleaseService | undefined =>
  release.services.find(({ spec }) => spec.name === name);

/** `variable LOG_LEVEL` → what it is, in words that hold no secret. */
type Facts = ReadonlyMap<string, { readonly what: Item['what']; readonly name: string; readonly is: string }>;

function factsOf({ release, scales }: Side, service: ReleaseService, print: Print): Facts {
  const { spec } = service;
  const facts = new Map<string, { what: Item['what']; name: string; is: string }>();
  const add = (what: Item['what'], name: string, is: string) =>
    facts.set(`${what} ${name}`, { what, name, is });
  add(
    'image',
    'image',
    `${service.imageLabel} ${service.image.slice(service.image.indexOf('@') + 1).slice(0, 19)}`,
  );
  const variables = {
    ...spec.environment,
    ...variablesOf(release, spec.name),
    ...secretVariables(spec, release.files),
  };
  for (const [name, value] of Object.entries(variables))
    add('variable', name, value === null ? 'absent' : print(value, name));
  add('replicas', 'replicas', String(scales[spec.name] ?? spec.replicas));
  for (const [name, value] of Object.entries(spec.resources)) add('limit', name, show(value, name));
  for (const { kind, source, target, mode } of spec.files)
    add('file', target, `${kind} ${source}, mode ${mode.toString(8)}`);
  for (const { kind, name, service: of, base64 } of release.files)
    if (of === spec.name) add('file', `${kind} ${name}`, print(base64, name));
  const told = ['name', 'environment', 'replicas', 'resources', 'files', 'secretVariables'];
  // `PORT` of an app that is told its port is a variable as well; the setting says it.
  for (const [name, value] of Object.entries(spec))
    if (!told.includes(name)) add('setting', name, show(value, name));
  return facts;
}

function appFacts(release: Release, print: Print): Facts {
  const facts = new Map<string, { what: Item['what']; name: string; is: string }>();
  const add = (what: Item['what'], name: string, is: string) =>
    facts.set(`${what} ${name}`, { what, name, is });
  for (const { kind, name, service, base64 } of release.files)
    if (service === undefined) add('file', `${kind} ${name}`, print(base64, name));
  for (const { host, path, service, stripPrefix } of release.routes)
    add('route', `${host ?? ''}${path}`, `${service}${stripPrefix ? ', prefix stripped' : ''}`);
  for (const { host, to, status } of release.redirects) add('route', host, `${status} to ${to}`);
  const { hooks, networks, volumes, drainMs, warmMs, startMs, probationMs } = release;
  const settings = { hooks, networks, volumes, drainMs, warmMs, startMs, probationMs };
  for (const [name, value] of Object.entries(settings)) add('setting', name, show(value, name));
  return facts;
}

function compare(left: Facts, right: Facts): Item[] {
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [one, other] = [left.get(key), right.get(key)];
    const fact = one ?? other;
    if (fact === undefined || one?.is === other?.is) return [];
    return [{ what: fact.what, name: fact.name, left: one?.is ?? none, right: other?.is ?? none }];
  });
}

/** A difference that every service has alike, of more than one, is one of the app. */
function saidOnce(items: readonly Item[], services: readonly string[]): Item[] {
  const alike = Map.groupBy(items, ({ what, name, left, right }) =>
    JSON.stringify([what, name, left, right]),
  );
  return items.flatMap((item) => {
    const group = alike.get(JSON.stringify([item.what, item.name, item.left, item.right])) ?? [];
    const isOfAll = services.length > 1 && group.length === services.length && item.what === 'variable';
    if (!isOfAll) return [item];
    const { service: _service, ...rest } = item;
    return group[0] === item ? [rest] : [];
  });
}
