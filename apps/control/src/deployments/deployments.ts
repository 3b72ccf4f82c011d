import { refuse } from '@berth/contract/errors';
import { releaseDefaults } from '@berth/domain/release';
import { newId } from '@berth/runtime/ids';
import type { App } from '../apps/store.ts';
import type { Actor } from '../http/handler.ts';
import type { Deployment, From } from './deployment.ts';
import { newestGeneration, withOrigin } from './origins.ts';
import type { Runner } from './runner.ts';
import type { DeploymentDependencies } from './step.ts';
import { viewOf } from './view.ts';

/** Deployments of one app that may wait for their turn. */
const queueMax = 5;

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
    /** What is live, with the variables and files as they are now; undefined when nothing is live. */
    async redeploy(
      appName: string,
      actor: Pick<Actor, 'name'>,
      message: string,
    ): Promise<string | undefined> {
      const app = await deps.apps.get(appName);
      const live = await liveRelease(app.name);
      if (live === undefined) return undefined;
      const from = { kind: 'variables', release: live } as const;
      return (await request({ app, kind: 'deploy', from, actor, message })).id;
    },
    withOrigin: (app: App, from: From) => withOrigin(deps, app, from),
    promotionOf,
    liveRelease,
    rollbackTarget,
    view: (deployment: Deployment) => viewOf(deployment, deps.clock.now()),
  };
}
