import { refuse } from '@berth/contract/errors';
import { type Clock, isoTime } from '@berth/runtime/clock';
import type { EventLog } from '../events/log.ts';
import { requireScope } from '../http/authenticate.ts';
import type { Actor, Handlers } from '../http/handler.ts';
import { pageOf } from '../http/page.ts';
import type { EnvStore } from './store.ts';

export interface EnvDependencies {
  readonly env: EnvStore;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Refuses with `app_not_found`. */
  requireApp(app: string): Promise<unknown>;
  /** A deployment of what is live with the new values; undefined when nothing is live. */
  redeploy(app: string, actor: Actor, message: string): Promise<string | undefined>;
}

export function envHandlers(deps: EnvDependencies): Pick<Handlers, 'listEnv' | 'patchEnv'> {
  return {
    listEnv: async ({ params, query, actor }) => {
      await deps.requireApp(params.app);
      if (query.reveal) requireScope(actor, 'admin');
      const found = await deps.env.list(params.app, { after: query.cursor, limit: query.limit + 1 });
      const values = query.reveal ? await deps.env.valuesFor(params.app) : {};
      return pageOf(
        found,
        query.limit,
        (variable) => ({
          name: variable.name,
          ...(values[variable.name] === undefined ? {} : { value: values[variable.name] }),
          fingerprint: variable.fingerprint,
          updatedAt: isoTime(variable.updatedAt),
        }),
        (variable) => variable.name,
      );
    },
    patchEnv: async ({ params, body, actor }) => {
      await deps.requireApp(params.app);
      if (Object.keys(body.set).length + body.unset.length === 0)
        throw refuse('invalid', 'Nothing to set and nothing to unset.', {
          issues: [{ at: '/set', message: 'is empty, and so is unset' }],
        });
      const changed = await deps.env.change(params.app, {
        set: body.set,
        unset: body.unset,
        actor: actor.name,
        nowMs: deps.clock.now(),
      });
      const isChanged = changed.set.length + changed.unset.length > 0;
      const message = isChanged ? describe(changed) : 'as they are';
      if (isChanged)
        await deps.events.append({
          kind: 'env.changed',
          app: params.app,
          text: `${params.app}: variables: ${message}`,
          data: { ...changed, actor: actor.name },
        });
      // Also without a change: an earlier deployment of these values may have failed, and one that has nothing
      // to do ends at once.
      if (!body.deploy) return { ok: true };
      const deployment = await deps.redeploy(params.app, actor, `Variables: ${message}`.slice(0, 500));
      return { ok: true, ...(deployment === undefined ? {} : { deployment }) };
    },
  };
}

function describe(changed: { set: readonly string[]; unset: readonly string[] }): string {
  return [
    ...(changed.set.length === 0 ? [] : [`set ${changed.set.join(', ')}`]),
    ...(changed.unset.length === 0 ? [] : [`unset ${changed.unset.join(', ')}`]),
  ].join('; ');
}
