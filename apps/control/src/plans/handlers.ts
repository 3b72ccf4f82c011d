import { refuse } from '@berth/contract/errors';
import type { Release } from '@berth/domain/release';
import { placingOf } from '../apps/store.ts';
import type { Deployments } from '../deployments/deployments.ts';
import { type DriftDependencies, findDrift } from '../drift/drift.ts';
import { repairDrift } from '../drift/repair.ts';
import type { Handlers } from '../http/handler.ts';
import type { PlanDependencies } from './intended.ts';
import { makePlan } from './plan.ts';

type Handled = Pick<Handlers, 'planDeployment' | 'getDrift' | 'repairDrift'>;

export function planHandlers(
  deps: PlanDependencies & DriftDependencies,
  deployments: Pick<Deployments, 'request' | 'withOrigin' | 'promotionOf'>,
): Handled {
  async function live(name: string): Promise<Release | undefined> {
    const app = await deps.apps.get(name);
    // Of a stopped app nothing is to run.
    return app.liveRelease === undefined || app.desired === 'stopped'
      ? undefined
      : deps.releases.open(app.name, app.liveRelease);
  }
  async function look(release: Release, signal: AbortSignal) {
    const { engine } = await deps.nodes.manager({ signal });
    return { engine, found: await findDrift(deps, release, engine, signal) };
  }
  return {
    planDeployment: async ({ params, body, actor, signal }) => {
      const { from } = body;
      if (from.kind !== 'promotion') return makePlan(deps, { app: params.app, from }, signal);
      await deps.apps.get(from.app);
      // As an upload does: an environment that is new has its place, and by that its overlay and variables.
      const app =
        body.place === undefined
          ? await deps.apps.get(params.app)
          : await deps.apps.ensure(
              params.app,
              actor.name,
              deps.clock.now(),
              placingOf(params.app, body.place),
            );
      const promoted = await deployments.withOrigin(app, await deployments.promotionOf(app, from));
      return makePlan(deps, { app: app.name, ...promoted }, signal);
    },
    getDrift: async ({ params, signal }) => {
      const release = await live(params.app);
      const found = release === undefined ? [] : (await look(release, signal)).found;
      return {
        app: params.app,
        ...(release === undefined ? {} : { release: release.number }),
        drift: found.length > 0,
        findings: found.map((one) => one.view),
      };
    },
    repairDrift: async ({ params, actor, signal }) => {
      const open = (await deps.store.listOpen(params.app))[0];
      if (open !== undefined)
        throw refuse('deployment_running', `Deployment ${open.id} of ${params.app} is ${open.state}.`);
      const release = await live(params.app);
      if (release === undefined) return { repaired: [] };
      const { engine, found } = await look(release, signal);
      const { repaired, toReplace } = await repairDrift(deps, { release, found, engine }, signal);
      if (toReplace.length === 0) return { repaired };
      const { id } = await deployments.request({
        app: await deps.apps.get(params.app),
        kind: 'restart',
        from: { kind: 'restart', services: toReplace },
        actor,
        message: 'drift is repaired',
      });
      return { repaired, deployment: id };
    },
  };
}
