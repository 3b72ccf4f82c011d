import { refuse } from '@berth/contract/errors';
import { isDeploymentEnd } from '@berth/domain/deployment';
import { placingOf } from '../apps/store.ts';
import type { Handlers, ServerSentEvent } from '../http/handler.ts';
import type { Deployment, Event } from './deployment.ts';
import type { Deployments } from './deployments.ts';
import type { Runner } from './runner.ts';
import type { DeploymentDependencies } from './step.ts';

const kindFrom = {
  source: 'deploy',
  image: 'deploy',
  promotion: 'deploy',
  release: 'rollback',
  restart: 'restart',
} as const;

type Handled = Pick<
  Handlers,
  | 'createDeployment'
  | 'listDeployments'
  | 'getDeployment'
  | 'cancelDeployment'
  | 'watchDeployment'
  | 'rollback'
  | 'restart'
>;

export function deploymentHandlers(
  deps: DeploymentDependencies,
  deployments: Deployments,
  runner: Pick<Runner, 'cancel'>,
): Handled {
  const get = async (id: string): Promise<Deployment> => {
    const found = await deps.store.get(id);
    if (found === undefined) throw refuse('deployment_not_found', `There is no deployment "${id}".`);
    return found;
  };
  return {
    createDeployment: async ({ params, body, actor }) => {
      const place = body.place === undefined ? undefined : placingOf(params.app, body.place);
      if (body.from.kind === 'promotion') await deps.apps.get(body.from.app);
      const app = await deps.apps.ensure(params.app, actor.name, deps.clock.now(), place);
      if (body.start === false && ['release', 'restart'].includes(body.from.kind))
        throw refuse('invalid', `A deployment from a ${body.from.kind} makes no release.`, {
          issues: [{ at: 'start', message: 'false goes with a source, an image or a promotion' }],
        });
      const kind = body.start === false ? 'create' : kindFrom[body.from.kind];
      return deployments.view(
        await deployments.request({
          app,
          kind,
          from: body.from.kind === 'promotion' ? await deployments.promotionOf(app, body.from) : body.from,
          actor,
          message: body.message,
          deadlineSeconds: body.deadlineSeconds,
        }),
      );
    },
    rollback: async ({ params, body, actor }) => {
      const app = await deps.apps.get(params.app);
      const number = body.release ?? (await deployments.rollbackTarget(app.name));
      return deployments.view(
        await deployments.request({ app, kind: 'rollback', from: { kind: 'release', number }, actor }),
      );
    },
    restart: async ({ params, actor }) => {
      const app = await deps.apps.get(params.app);
      return deployments.view(
        await deployments.request({ app, kind: 'restart', from: { kind: 'restart' }, actor }),
      );
    },
    listDeployments: async ({ params, query }) => {
      const app = await deps.apps.get(params.app);
      const found = await deps.store.list(app.name, {
        limit: query.limit + 1,
        state: query.state,
        ...(query.cursor === undefined ? {} : { beforeId: query.cursor }),
      });
      const items = found.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map(deployments.view),
        ...(found.length > query.limit && last !== undefined ? { next: last.id } : {}),
      };
    },
    getDeployment: async ({ params }) => deployments.view(await get(params.id)),
    cancelDeployment: async ({ params }) => {
      const deployment = await get(params.id);
      if (isDeploymentEnd(deployment.state))
        throw refuse(
          'deployment_ended',
          `Deployment ${deployment.id} ${deployment.state === 'cancelled' ? 'was' : 'has'} ${deployment.state} already.`,
        );
      await runner.cancel(deployment.id);
      return { ok: true, deployment: deployment.id };
    },
    watchDeployment: ({ params, lastEventId, signal }) =>
      watch(deps, params.id, Number(lastEventId ?? 0) || 0, signal, get),
  };
}

async function* watch(
  deps: Pick<DeploymentDependencies, 'store'>,
  id: string,
  afterSeq: number,
  signal: AbortSignal,
  get: (id: string) => Promise<Deployment>,
): AsyncGenerator<ServerSentEvent<Event>> {
  await get(id);
  let seen = afterSeq;
  let wake: () => void = () => undefined;
  let isNews = false;
  const unsubscribe = deps.store.subscribe(id, () => {
    isNews = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      isNews = false;
      const events = await deps.store.events(id, seen);
      for (const event of events) {
        seen = event.seq;
        yield { id: String(event.seq), data: event };
        if (event.kind === 'end') return;
      }
      if (events.length > 0 || isNews) continue;
      // An ended deployment has no more to say, also when its last event was seen before.
      if (isDeploymentEnd((await get(id)).state) && !isNews) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (isNews || signal.aborted) resolve();
      });
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}
