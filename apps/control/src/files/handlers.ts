import { refuse } from '@berth/contract/errors';
import type { FileKind } from '@berth/domain/file';
import { type Clock, isoTime } from '@berth/runtime/clock';
import { requireTarget, type ScopeTargets, scopeOf } from '../env/target.ts';
import type { EventLog } from '../events/log.ts';
import type { Actor, Handlers } from '../http/handler.ts';
import { numberIn, pageOf } from '../http/page.ts';
import { generatePassword } from './generate.ts';
import type { ScopesSeen } from './scopes.ts';
import { type FilePlace, type FileStore, type FileVersion, words } from './store.ts';
import type { FileUser } from './users.ts';

export interface FileDependencies extends ScopeTargets {
  readonly files: FileStore;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly scopes: ScopesSeen;
  /** Services the object reaches whose live release has one of its name. */
  usersOf(place: FilePlace): Promise<readonly FileUser[]>;
  /** A deployment of what is live with the new content; undefined when nothing is live. */
  redeploy(app: string, actor: Actor, message: string): Promise<string | undefined>;
}

type Handled = Pick<
  Handlers,
  | 'listSecrets'
  | 'setSecret'
  | 'generateSecret'
  | 'getSecretHistory'
  | 'removeSecret'
  | 'rollbackSecret'
  | 'listConfigFiles'
  | 'getConfigFile'
  | 'setConfigFile'
  | 'getConfigFileHistory'
  | 'removeConfigFile'
  | 'rollbackConfigFile'
>;

export function fileHandlers(deps: FileDependencies): Handled {
  const author = (actor: Actor) => ({ actor: actor.name, nowMs: deps.clock.now() });

  /** Tells what happened, and rolls the apps that have it. */
  async function changed(
    place: FilePlace,
    actor: Actor,
    change: { version: number; words: string; isChanged: boolean; deploy: boolean },
  ) {
    const what = `${words[place.kind]} ${place.name}`;
    const text = `${what} in ${place.scope}: ${change.words}`;
    if (change.isChanged) {
      const data = { name: place.name, scope: place.scope, version: change.version, actor: actor.name };
      await deps.events.append({ kind: `${place.kind}.changed`, text, data });
    }
    const deployments: { app: string; id: string }[] = [];
    // Also without a change: an earlier deployment of this content may have failed.
    const reached = change.deploy ? await deps.usersOf(place) : [];
    for (const app of appsOf(reached)) {
      const id = await deps.redeploy(app, actor, `${what} ${change.words}`.slice(0, 500));
      if (id !== undefined) deployments.push({ app, id });
    }
    return { ok: true as const, version: change.version, changed: change.isChanged, deployments };
  }

  const having = async (place: FilePlace): Promise<FileUser[]> =>
    (await deps.usersOf(place)).filter(({ scope }) => scope === place.scope);

  /** Apps whose next deployment would find none of the name. */
  async function strandedWithout(place: FilePlace): Promise<string[]> {
    const stranded: FileUser[] = [];
    for (const user of await having(place)) {
      const others = (await deps.scopes(user.app, user.service)).filter((scope) => scope !== place.scope);
      const found = await Promise.all(others.map((scope) => deps.files.current({ ...place, scope })));
      if (found.every((content) => content === undefined)) stranded.push(user);
    }
    return appsOf(stranded);
  }

  const viewVersion = (version: FileVersion) => ({
    name: version.name,
    scope: version.scope,
    version: version.version,
    bytes: version.bytes,
    fingerprint: version.fingerprint,
    how: version.how,
    gone: version.isGone,
    actor: version.actor,
    createdAt: isoTime(version.createdAt),
  });

  /** What both kinds have. */
  function of(kind: FileKind) {
    const placeOf = async (name: string, scope: string): Promise<FilePlace> => {
      await requireTarget(deps, scopeOf(scope));
      return { kind, scope, name };
    };
    return {
      placeOf,
      async list(scope: string, query: { cursor?: string | undefined; limit: number }) {
        await requireTarget(deps, scopeOf(scope));
        const all = (await deps.files.list(kind, scope)).filter(({ name }) => name > (query.cursor ?? ''));
        const shown = all.slice(0, query.limit + 1);
        const users = new Map<string, readonly string[]>();
        for (const place of shown) users.set(place.name, appsOf(await having(place)));
        return pageOf(
          shown,
          query.limit,
          (version) => ({ ...viewVersion(version), usedBy: [...(users.get(version.name) ?? [])] }),
          ({ name }) => name,
        );
      },
      async set(
        place: FilePlace,
        body: { base64: string; deploy: boolean },
        actor: Actor,
        how: 'set' | 'generated' = 'set',
      ) {
        const { version, isChanged } = await deps.files.set(place, body.base64, { ...author(actor), how });
        const told = isChanged
          ? `${how}, version ${version.version}`
          : `as it is, version ${version.version}`;
        return changed(place, actor, {
          version: version.version,
          words: told,
          isChanged,
          deploy: body.deploy,
        });
      },
      async history(place: FilePlace, query: { cursor?: string | undefined; limit: number }) {
        const before = numberIn(query) ?? Number.POSITIVE_INFINITY;
        const found = (await deps.files.history(place)).filter(({ version }) => version < before);
        return pageOf(found, query.limit, viewVersion, ({ version }) => String(version));
      },
      async remove(place: FilePlace, force: boolean, actor: Actor): Promise<undefined> {
        await deps.files.getCurrent(place);
        const users = force ? [] : await strandedWithout(place);
        if (users.length > 0)
          throw refuse(
            'conflict',
            `The ${words[kind]} "${place.name}" in ${place.scope} is used by ${users.join(', ')}: their next deployment would fail. Take it out of their manifests first, or force it.`,
          );
        await deps.files.remove(place, author(actor));
        await changed(place, actor, { version: 0, words: 'removed', isChanged: true, deploy: false });
        return undefined;
      },
      async rollback(place: FilePlace, body: { version: number; deploy: boolean }, actor: Actor) {
        const { version } = await deps.files.rollback(place, body.version, author(actor));
        const told = `version ${body.version} again, as version ${version}`;
        return changed(place, actor, { version, words: told, isChanged: true, deploy: body.deploy });
      },
    };
  }

  const secrets = of('secret');
  const configs = of('config');
  return {
    listSecrets: ({ query }) => secrets.list(query.scope, query),
    setSecret: async ({ params, query, body, actor }) =>
      secrets.set(await secrets.placeOf(params.name, query.scope), body, actor),
    generateSecret: async ({ params, query, body, actor }) => {
      const place = await secrets.placeOf(params.name, query.scope);
      if (!body.replace && (await deps.files.current(place)) !== undefined)
        throw refuse(
          'conflict',
          `There is a secret "${place.name}" in ${place.scope} already; a new value replaces it only when asked to.`,
        );
      const value = generatePassword(body.length);
      const base64 = Buffer.from(value).toString('base64');
      const answer = await secrets.set(place, { base64, deploy: body.deploy }, actor, 'generated');
      return body.show ? { ...answer, value } : answer;
    },
    getSecretHistory: async ({ params, query }) =>
      secrets.history(await secrets.placeOf(params.name, query.scope), query),
    removeSecret: async ({ params, query, actor }) =>
      secrets.remove(await secrets.placeOf(params.name, query.scope), query.force, actor),
    rollbackSecret: async ({ params, query, body, actor }) =>
      secrets.rollback(await secrets.placeOf(params.name, query.scope), body, actor),
    listConfigFiles: ({ query }) => configs.list(query.scope, query),
    getConfigFile: async ({ params, query }) => {
      const { base64, version } = await deps.files.getCurrent(
        await configs.placeOf(params.name, query.scope),
      );
      return { name: params.name, scope: query.scope, version, base64 };
    },
    setConfigFile: async ({ params, query, body, actor }) =>
      configs.set(await configs.placeOf(params.name, query.scope), body, actor),
    getConfigFileHistory: async ({ params, query }) =>
      configs.history(await configs.placeOf(params.name, query.scope), query),
    removeConfigFile: async ({ params, query, actor }) =>
      configs.remove(await configs.placeOf(params.name, query.scope), query.force, actor),
    rollbackConfigFile: async ({ params, query, body, actor }) =>
      configs.rollback(await configs.placeOf(params.name, query.scope), body, actor),
  };
}

const appsOf = (users: readonly FileUser[]): string[] => [...new Set(users.map(({ app }) => app))];
