import { refuse } from '@berth/contract/errors';
import type { DeploymentView } from '@berth/contract/schemas';
import { deploymentStateMeaning, isDeploymentEnd } from '@berth/domain/deployment';
import { releaseDefaults } from '@berth/domain/release';
import { isoTime } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import type * as z from 'zod';
import { type App, placingOf } from '../apps/store.ts';
import type { Actor, Handlers, ServerSentEvent } from '../http/handler.ts';
import type { Deployment, Event, From } from './deployment.ts';
import { newestGeneration, withOrigin } from './origins.ts';
import type { Runner } from './runner.ts';
import type { DeploymentDependencies } from './step.ts';

/** Deployments of one app that may wait for their turn. */
const queueMax = 5;
/** Without progress for this long a deployment counts as stalled (R026). */
export const stalledMs = 30_000;

export interface Request {
  readonly app: App;
  readonly kind: Deployment['kind'];
  readonly from: From;
  readonly actor: Pick<Actor, 'name'>;
  readonly message?: string | undefined;
  readonly deadlineSeconds?: number | undefined;
}

/** Asks for deployments: what the API, and other features (variables), call. */
export type Deployments = ReturnType<typeof createDeployments>;

export function createDeployments(deps: DeploymentDependencies, runner: Pick<Runner, 'enqueue' | 'cancel'>) {
  const liveRelease = async (app: string): Promise<number | undefined> =>
    (await deps.apps.find(app))?.liveRelease;

  async function request(wanted: Request): Promise<Deployment> {
    const { app } = wanted;
    const open = await deps.store.listOpen(app.name);
    if (open.length >= queueMax) {
      throw refuse(
        'deployment_running',
        `${open.length} deployments of ${app.name} wait already; the first is ${open[0]?.state}.`,
      );
    }
    const live = await liveRelease(app.name);
    const target = await targetOf(app.name, wanted.from, live);
    const isFirstStart = wanted.from.kind === 'release' && !(await hasServed(app.name, wanted.from.number));
    const { from, images } = await withOrigin(deps, app, wanted.from);
    const now = deps.clock.now();
    const deployment = await deps.store.create({
      id: newId(now),
      app: app.name,
      // Its release command has not run yet.
      kind: isFirstStart ? 'deploy' : wanted.kind,
      from,
      fromRelease: live,
      ...target,
      ...(images === undefined ? {} : { images }),
      actor: wanted.actor.name,
      message:
        wanted.message ??
        (from.kind === 'promotion' ? `Promoted from ${from.app}, release ${from.release}` : undefined),
      nowMs: now,
      deadlineAt:
        now +
        (wanted.deadlineSeconds === undefined ? releaseDefaults.deadlineMs : wanted.deadlineSeconds * 1000),
    });
    runner.enqueue(deployment);
    return deployment;
  }

  /** Not when it was only made, and nothing has started it since. */
  async function hasServed(app: string, number: number): Promise<boolean> {
    const release = await deps.releases.find(app, number);
    const maker = release === undefined ? undefined : await deps.store.get(release.deployment);
    return maker?.kind !== 'create' || (await deps.store.findStart(app, number)) !== undefined;
  }

  async function targetOf(
    app: string,
    from: From,
    live: number | undefined,
  ): Promise<{ toRelease?: number; generation?: number }> {
    if (from.kind === 'restart') {
      if (live === undefined) throw refuse('never_deployed', `${app} has no live release to restart.`);
      return { toRelease: live, generation: (await newestGeneration(deps.runs, app, live)) + 1 };
    }
    if (from.kind !== 'release') return {};
    if ((await deps.releases.find(app, from.number)) === undefined) {
      const kept = (await deps.releases.list(app)).map((release) => release.number);
      throw refuse(
        'release_not_found',
        `${app} keeps no release ${from.number}; it keeps ${kept.length === 0 ? 'none' : kept.join(', ')}.`,
      );
    }
    if (from.number === live) throw refuse('conflict', `Release ${from.number} of ${app} is live already.`);
    return {
      toRelease: from.number,
      generation: Math.max(1, await newestGeneration(deps.runs, app, from.number)),
    };
  }

  /** What is to be promoted, by the release that is live now. */
  async function promotionOf(
    app: App,
    asked: { readonly app: string; readonly release?: number | undefined },
  ): Promise<From> {
    const source = await deps.apps.get(asked.app);
    if (source.name === app.name || source.family !== app.family)
      throw refuse('conflict', `${source.name} and ${app.name} are not two environments of one app.`);
    const release = asked.release ?? source.liveRelease;
    if (release === undefined)
      throw refuse('never_deployed', `${source.name} has no live release to promote.`);
    if ((await deps.releases.find(source.name, release)) === undefined)
      throw refuse('release_not_found', `${source.name} keeps no release ${release}.`);
    return { kind: 'promotion', app: source.name, release };
  }

  /**
   * The release that served when the live one was first deployed; the newest older one where that is no longer
   * kept. Asked again after a rollback it goes further back, never to what was rolled back from.
   */
  async function rollbackTarget(app: string): Promise<number> {
    const live = await liveRelease(app);
    if (live === undefined) throw refuse('never_deployed', `${app} has no live release to roll back.`);
    const kept = await deps.releases.list(app);
    const stored = kept.find((release) => release.number === live);
    const maker = stored === undefined ? undefined : await deps.store.get(stored.deployment);
    // One that was made first and started later may have replaced a release of a higher number.
    const start = maker?.kind === 'create' ? await deps.store.findStart(app, live) : maker;
    if (start?.fromRelease !== undefined && kept.some(({ number }) => number === start.fromRelease))
      return start.fromRelease;
    for (const { number } of kept) if (number < live && (await hasServed(app, number))) return number;
    throw refuse('nothing_to_roll_back', `${app} keeps no release older than ${live}.`);
  }

  return {
    request,
    withOrigin: (app: App, from: From) => withOrigin(deps, app, from),
    promotionOf,
    liveRelease,
    rollbackTarget,
    view: (deployment: Deployment) => viewOf(deployment, deps.clock.now()),
  };
}

const kindFrom = {
  source: 'deploy',
  image: 'deploy',
  promotion: 'deploy',
  release: 'rollback',
  restart: 'restart',
} as const;

export function viewOf(deployment: Deployment, now: number): z.input<typeof DeploymentView> {
  const ended = isDeploymentEnd(deployment.state);
  return {
    id: deployment.id,
    app: deployment.app,
    kind: deployment.kind,
    state: deployment.state,
    stateMeaning:
      deployment.kind === 'create' && deployment.state === 'succeeded'
        ? 'the release is made, and not started'
        : deploymentStateMeaning[deployment.state],
    ...(deployment.fromRelease === undefined ? {} : { fromRelease: deployment.fromRelease }),
    ...(deployment.toRelease === undefined ? {} : { toRelease: deployment.toRelease }),
    ...(deployment.message === undefined ? {} : { message: deployment.message }),
    actor: deployment.actor,
    createdAt: isoTime(deployment.createdAt),
    ...(deployment.endedAt === undefined ? {} : { endedAt: isoTime(deployment.endedAt) }),
    deadlineAt: isoTime(deployment.deadlineAt),
    steps: [...deployment.steps],
    ...(deployment.progress === undefined ? {} : { progress: deployment.progress }),
    stalled: !ended && now - deployment.progressAt > stalledMs,
    ...(deployment.failure === undefined
      ? {}
      : { failure: { ...deployment.failure, evidence: [...deployment.failure.evidence] } }),
    warnings: [...deployment.warnings],
  };
}

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
