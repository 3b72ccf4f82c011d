import { AppError, refuse } from '@berth/contract/errors';
import type { VariablesChanged, VariableView } from '@berth/contract/variables';
import { describeScope, printScope, reaches, type Scope } from '@berth/domain/scope';
import { type Clock, isoTime } from '@berth/runtime/clock';
import type * as z from 'zod';
import { type App, placeOf } from '../apps/store.ts';
import type { EventLog } from '../events/log.ts';
import { generatePassword } from '../files/generate.ts';
import { requireScope } from '../http/authenticate.ts';
import type { Actor, Handlers } from '../http/handler.ts';
import { numberIn, pageOf } from '../http/page.ts';
import type { Changed, EnvStore, StoredVariable } from './store.ts';
import { requireTarget, type ScopeTargets, scopeOf } from './target.ts';

export interface EnvDependencies extends ScopeTargets {
  readonly env: EnvStore;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly apps: ScopeTargets['apps'] & { list(): Promise<readonly App[]> };
  /** A deployment of what is live with the new values; undefined when nothing is live. */
  redeploy(app: string, actor: Actor, message: string): Promise<string | undefined>;
}

type Handled = Pick<
  Handlers,
  | 'listEnv'
  | 'patchEnv'
  | 'listVariables'
  | 'patchVariables'
  | 'generateVariable'
  | 'listVariableVersions'
  | 'rollbackVariables'
>;
type Answer = z.input<typeof VariablesChanged>;

export function envHandlers(deps: EnvDependencies): Handled {
  const { env } = deps;

  async function list(
    scope: Scope,
    query: { cursor?: string | undefined; limit: number; reveal: boolean },
    actor: Actor,
  ) {
    if (query.reveal) requireScope(actor, 'admin');
    const found = await env.list(scope, { after: query.cursor, limit: query.limit + 1 });
    const values = query.reveal ? await env.valuesAt(scope) : {};
    return pageOf(
      found,
      query.limit,
      (variable) => viewOf(variable, values[variable.name] ?? undefined),
      (variable) => variable.name,
    );
  }

  async function change(
    scope: Scope,
    body: { set: Readonly<Record<string, string>>; unset: readonly string[]; absent: readonly string[] },
    actor: Actor,
  ): Promise<string> {
    await requireTarget(deps, scope);
    if (Object.keys(body.set).length + body.unset.length + body.absent.length === 0)
      throw refuse('invalid', 'Nothing to set and nothing to unset.', {
        issues: [{ at: '/set', message: 'is empty, and so is unset' }],
      });
    return tell(
      scope,
      await env.change(scope, { ...body, actor: actor.name, nowMs: deps.clock.now() }),
      actor,
    );
  }

  /** Notes a change and gives it in words: names only. */
  async function tell(scope: Scope, changed: Changed, actor: Actor, verb = 'set'): Promise<string> {
    const words = describe(changed, verb);
    if (words === '') return 'as they are';
    const app = 'app' in scope ? scope.app : undefined;
    await deps.events.append({
      kind: 'env.changed',
      ...(app === undefined ? {} : { app }),
      text: `${describeScope(scope)}: variables: ${words}`,
      data: { scope: printScope(scope), ...changed, actor: actor.name },
    });
    return words;
  }

  /**
   * A new release of every app the scope reaches. Also without a change: an earlier deployment of these values
   * may have failed, and one that has nothing to do ends at once.
   */
  async function deploy(scope: Scope, words: string, actor: Actor): Promise<Answer> {
    const deployments: { app: string; id: string }[] = [];
    const undeployed: { app: string; because: string }[] = [];
    const message = `Variables${scope.kind === 'app' ? '' : ` of ${describeScope(scope)}`}: ${words}`.slice(
      0,
      500,
    );
    for (const app of await deps.apps.list()) {
      if (!reaches(scope, placeOf(app))) continue;
      try {
        const id = await deps.redeploy(app.name, actor, message);
        if (id === undefined) undeployed.push({ app: app.name, because: 'it was never deployed' });
        else deployments.push({ app: app.name, id });
      } catch (error) {
        // One app is what was asked for; of several, the others go on.
        if (!(error instanceof AppError) || 'app' in scope) throw error;
        undeployed.push({ app: app.name, because: error.message });
      }
    }
    return { ok: true, version: await env.versionOf(scope), deployments, undeployed };
  }

  const answer = async (scope: Scope, words: string, isDeployed: boolean, actor: Actor): Promise<Answer> =>
    isDeployed
      ? deploy(scope, words, actor)
      : { ok: true, version: await env.versionOf(scope), deployments: [], undeployed: [] };

  return {
    listEnv: async ({ params, query, actor }) => {
      await deps.apps.get(params.app);
      return list({ kind: 'app', app: params.app }, query, actor);
    },
    patchEnv: async ({ params, body, actor }) => {
      const scope: Scope = { kind: 'app', app: params.app };
      const words = await change(scope, body, actor);
      const [deployment] = (await answer(scope, words, body.deploy, actor)).deployments;
      return { ok: true, ...(deployment === undefined ? {} : { deployment: deployment.id }) };
    },
    listVariables: async ({ query, actor }) => {
      const scope = scopeOf(query.scope);
      await requireTarget(deps, scope);
      return list(scope, query, actor);
    },
    patchVariables: async ({ query, body, actor }) => {
      const scope = scopeOf(query.scope);
      return answer(scope, await change(scope, body, actor), body.deploy, actor);
    },
    generateVariable: async ({ params: { name }, query, body, actor }) => {
      const scope = scopeOf(query.scope);
      await requireTarget(deps, scope);
      if (!body.replace && typeof (await env.valuesAt(scope))[name] === 'string')
        throw refuse(
          'conflict',
          `The variable ${name} of ${describeScope(scope)} is set already; a new value replaces it only when asked to.`,
        );
      const value = generatePassword(body.length);
      await env.change(scope, {
        set: { [name]: value },
        unset: [],
        absent: [],
        actor: actor.name,
        nowMs: deps.clock.now(),
      });
      const words = await tell(scope, { set: [name], absent: [], unset: [] }, actor, 'generated');
      return { ...(await answer(scope, words, body.deploy, actor)), ...(body.show ? { value } : {}) };
    },
    listVariableVersions: async ({ query, actor }) => {
      const scope = scopeOf(query.scope);
      if (query.reveal) requireScope(actor, 'admin');
      await requireTarget(deps, scope);
      const found = await env.history(scope, {
        name: query.name,
        before: numberIn(query),
        limit: query.limit + 1,
        reveal: query.reveal,
      });
      const versions = [...new Set(found.map((item) => item.version))];
      const last = versions.slice(0, query.limit).at(-1);
      return {
        items: found
          .filter((item) => last !== undefined && item.version >= last)
          .map((item) => ({
            version: item.version,
            name: item.name,
            change: item.state,
            ...(item.fingerprint === undefined ? {} : { fingerprint: item.fingerprint }),
            ...(item.value === undefined ? {} : { value: item.value }),
            at: isoTime(item.at),
            actor: item.actor,
          })),
        ...(versions.length > query.limit ? { next: String(last) } : {}),
      };
    },
    rollbackVariables: async ({ query, body, actor }) => {
      const scope = scopeOf(query.scope);
      await requireTarget(deps, scope);
      const changed = await env.rollback(scope, {
        version: body.version,
        actor: actor.name,
        nowMs: deps.clock.now(),
      });
      const words = `as in version ${changed.version}: ${await tell(scope, changed, actor)}`;
      return answer(scope, words, body.deploy, actor);
    },
  };
}

function viewOf(variable: StoredVariable, value: string | undefined): z.input<typeof VariableView> {
  return {
    name: variable.name,
    state: variable.state,
    ...(value === undefined ? {} : { value }),
    ...(variable.fingerprint === undefined ? {} : { fingerprint: variable.fingerprint }),
    version: variable.version,
    updatedAt: isoTime(variable.updatedAt),
    updatedBy: variable.updatedBy,
  };
}

const describe = (changed: Changed, verb: string): string =>
  [
    ...(changed.set.length === 0 ? [] : [`${verb} ${changed.set.join(', ')}`]),
    ...(changed.absent.length === 0 ? [] : [`taken out ${changed.absent.join(', ')}`]),
    ...(changed.unset.length === 0 ? [] : [`unset ${changed.unset.join(', ')}`]),
  ].join('; ');
