import { until } from '@berth/runtime/retry';
import { ensureFiles } from '../../files/engine-files.ts';
import { renderSwarmService } from '../../swarm/service-spec.ts';
import { ensureService, findService, isGone, listTasksOf, scaleService } from '../../swarm/services.ts';
import { deliveryOf, otherServingRuns, ownRuns, releaseOf, type Step } from '../step.ts';
import { replacesInPlace } from './prepare.ts';

/** Creates the Swarm services of the new runs, and points their lanes at them, both at once. */
export const start: Step = async (context) => {
  const { deps, signal } = context;
  const release = await releaseOf(context);
  const runs = await ownRuns(context);
  const { engine } = await deps.nodes.manager({ signal });
  await context.progress(`starting ${runs.map((run) => `${run.replicas} × ${run.service}`).join(', ')}`);

  // Made while preparing; again after a crash in which they were lost.
  const files = await ensureFiles(engine, deliveryOf(context, release), { signal });
  const others = await otherServingRuns(context);
  for (const service of release.services.filter((candidate) => replacesInPlace(candidate.spec))) {
    for (const old of others.filter((run) => run.service === service.spec.name)) {
      await context.warn(
        `${service.spec.name} ${service.spec.ports.length > 0 ? 'has ports of the node' : 'writes to a volume'}: its old tasks stop before the new ones start`,
      );
      await scaleService(engine, old.name, 0, { signal });
      await until(
        async () => ((await listTasksOf(engine, old.name, { signal })).every(isGone) ? true : undefined),
        {
          clock: deps.clock,
          everyMs: 250,
          signal,
        },
      );
    }
  }

  // An edge takes the lane at once, or after a reload when the service is new to it; the tasks start meanwhile.
  const pushed = deps.routing.push(signal);
  pushed.catch(() => undefined);
  for (const run of runs) {
    const service = release.services.find((candidate) => candidate.spec.name === run.service);
    if (service === undefined) continue;
    if ((await findService(engine, run.name, { signal })) === undefined) {
      await ensureService(
        engine,
        renderSwarmService({
          platform: deps.platform,
          run,
          service,
          variables: release.variables,
          networks: release.networks,
          files,
        }),
        deps.registryAuth(),
        { signal },
      );
    } else await scaleService(engine, run.name, run.replicas, { signal });
  }
  await pushed;
  return { to: 'proving' };
};
