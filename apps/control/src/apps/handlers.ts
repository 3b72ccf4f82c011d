import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import { appNameLengthMax } from '@berth/domain/name';
import type { Run } from '@berth/domain/run';
import { appNameIn, defaultEnvironment } from '@berth/domain/scope';
import type { DeploymentStore } from '../deployments/store.ts';
import type { Handlers } from '../http/handler.ts';
import { numberIn, pageOf } from '../http/page.ts';
import type { Nodes } from '../nodes/ports.ts';
import type { ReleaseStore } from '../releases/store.ts';
import type { Scaling } from '../runs/scaling.ts';
import type { RunStore } from '../runs/store.ts';
import { addressesOf } from '../swarm/services.ts';
import type { Removal } from './removal.ts';
import type { App, AppStore } from './store.ts';
import { type AppFacts, viewApp, viewConfig, viewRelease } from './views.ts';

export interface AppHandlerDependencies {
  readonly platform: string;
  readonly apps: AppStore;
  readonly releases: ReleaseStore;
  readonly runs: RunStore;
  readonly deployments: DeploymentStore;
  readonly nodes: Nodes;
  /** Best first; none for an app that is not routed. */
  urlsOf(app: string): Promise<string[]>;
  readonly scaling: Scaling;
  readonly removal: Removal;
  readonly clock: { now(): number };
  /** What the edges say of each address of the app. */
  observedHealth(app: string): Promise<ReadonlyMap<string, 'healthy' | 'unhealthy' | 'checking'>>;
}

type Handled = Pick<
  Handlers,
  | 'listApps'
  | 'createApp'
  | 'getApp'
  | 'deleteApp'
  | 'getAppConfig'
  | 'listReleases'
  | 'getRelease'
  | 'scale'
  | 'stop'
  | 'start'
  | 'setWeights'
>;

export function appHandlers(deps: AppHandlerDependencies): Handled {
  const view = async (app: App) => viewApp(await factsOf(app));

  async function factsOf(app: App): Promise<AppFacts> {
    const runs = await deps.runs.list({ app: app.name });
    const serving = runs.filter((run) => run.state === 'live' || run.state === 'stopped');
    const release =
      app.liveRelease === undefined ? undefined : await deps.releases.find(app.name, app.liveRelease);
    return {
      app,
      runs,
      summary: release?.summary,
      urls: await deps.urlsOf(app.name),
      deployment: (await deps.deployments.listOpen(app.name))[0]?.id,
      last: (await deps.deployments.list(app.name, { limit: 1 }))[0],
      counts: await countsOf(app, serving),
    };
  }

  /** Without an agent nothing can be counted: the app is shown as degraded, not refused. */
  async function countsOf(app: App, serving: readonly Run[]): Promise<AppFacts['counts']> {
    const counts = new Map<string, { running: number; healthy: number }>();
    if (serving.length === 0 || deps.nodes.list().length === 0) return counts;
    const { engine } = await deps.nodes.manager();
    const tasks = await engine.listTasks({
      filters: {
        label: [`${label.app}=${app.name}`, `${label.platform}=${deps.platform}`],
        'desired-state': ['running'],
      },
    });
    const health = await deps.observedHealth(app.name);
    for (const run of serving) {
      const running = tasks.filter(
        (task) =>
          task.Status.State === 'running' &&
          labelOf(task, label.purpose) === undefined &&
          labelOf(task, label.service) === run.service &&
          labelOf(task, label.release) === String(run.release) &&
          labelOf(task, label.generation) === String(run.generation),
      );
      counts.set(run.service, {
        running: running.length,
        healthy: running.filter((task) =>
          addressesOf(task).some((address) => health.get(address) === 'healthy'),
        ).length,
      });
    }
    return counts;
  }

  return {
    listApps: async ({ query }) => {
      const found = await deps.apps.list({
        limit: query.limit + 1,
        project: query.project,
        environment: query.environment,
        ...(query.cursor === undefined ? {} : { after: query.cursor }),
      });
      const items = found.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: await Promise.all(items.map(view)),
        ...(found.length > query.limit && last !== undefined ? { next: last.name } : {}),
      };
    },
    createApp: async ({ body, actor }) => {
      const environment = body.environment ?? defaultEnvironment;
      const name = appNameIn(body.name, environment);
      if (name.length > appNameLengthMax)
        throw refuse(
          'invalid_name',
          `The app would be named ${name}, which is longer than ${appNameLengthMax} characters: give the environment or the app a shorter name.`,
          { issues: [{ at: '/environment', message: 'makes the name of the app too long' }] },
        );
      const placing =
        body.environment === undefined && body.project === undefined
          ? undefined
          : { family: body.name, environment, project: body.project };
      return view(await deps.apps.ensure(name, actor.name, deps.clock.now(), placing));
    },
    getApp: async ({ params }) => view(await deps.apps.get(params.app)),
    deleteApp: async ({ params, query, signal }) => {
      const app = await deps.apps.get(params.app);
      if (query.confirm !== app.name) {
        throw refuse('invalid', `To remove ${app.name}, give its name as confirmation.`, {
          issues: [{ at: 'query.confirm', message: `must be "${app.name}"` }],
        });
      }
      await deps.removal.remove(app, signal);
      return undefined;
    },
    getAppConfig: async ({ params, query }) => {
      const app = await deps.apps.get(params.app);
      const live = app.liveRelease;
      const number = query.release ?? live;
      if (number === undefined) throw refuse('never_deployed', `${app.name} has no release yet.`);
      if ((await deps.releases.find(app.name, number)) === undefined)
        throw refuse('release_not_found', `${app.name} keeps no release ${number}.`);
      return viewConfig(await deps.releases.open(app.name, number));
    },
    listReleases: async ({ params, query }) => {
      const app = await deps.apps.get(params.app);
      const runs = await deps.runs.list({ app: app.name });
      const before = numberIn(query) ?? Number.POSITIVE_INFINITY;
      return pageOf(
        (await deps.releases.list(app.name)).filter(({ number }) => number < before),
        query.limit,
        (release) => viewRelease(release, runs, app.liveRelease),
        ({ number }) => String(number),
      );
    },
    getRelease: async ({ params }) => {
      const app = await deps.apps.get(params.app);
      const release = await deps.releases.find(app.name, params.number);
      if (release === undefined)
        throw refuse('release_not_found', `${app.name} keeps no release ${params.number}.`);
      return viewRelease(release, await deps.runs.list({ app: app.name }), app.liveRelease);
    },
    scale: async ({ params, body, signal }) => {
      await deps.scaling.scale(await deps.apps.get(params.app), body.services, signal);
      return { ok: true };
    },
    stop: async ({ params, signal }) => {
      await deps.scaling.stop(await deps.apps.get(params.app), signal);
      return { ok: true };
    },
    start: async ({ params, signal }) => {
      await deps.scaling.start(await deps.apps.get(params.app), signal);
      return { ok: true };
    },
    setWeights: async ({ params, body, signal }) => {
      await deps.scaling.setWeights(await deps.apps.get(params.app), body.service, body.weights, signal);
      return { ok: true };
    },
  };
}

const labelOf = (
  task: { Spec: { ContainerSpec: { Labels?: Record<string, string> } } },
  name: string,
): string | undefined => task.Spec.ContainerSpec.Labels?.[name];
