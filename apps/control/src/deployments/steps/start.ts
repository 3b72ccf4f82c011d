import { variablesOf } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import { isJob, isPerNode } from '@berth/domain/service';
import { ensureFiles } from '../../files/engine-files.ts';
import { withResizes } from '../../resize/store.ts';
import { gone } from '../../runs/stopping.ts';
import { renderSwarmService } from '../../swarm/service-spec.ts';
import { ensureService, findService, scaleService } from '../../swarm/services.ts';
import type { ChosenRun, Deployment } from '../deployment.ts';
import { hasPublishedPorts } from '../desired.ts';
import { deliveryOf, ownRuns, releaseOf, type Step, type StepContext } from '../step.ts';

/**
 * Creates the Swarm services of the wave that is next, and points their lanes at them, both at once. What is
 * replaced in place gives way first.
 */
export const start: Step = async (context) => {
  const { deps, deployment, signal } = context;
  // New tasks begin with the limits their service was resized to.
  const release = withResizes(await releaseOf(context), await deps.resizes.of(deployment.app));
  const wave = nextWave(deployment);
  const names = new Set(wave?.map((run) => run.name));
  const runs = (await ownRuns(context)).filter((run) => names.has(run.name));
  const { engine } = await deps.nodes.manager({ signal });
  if (runs.length > 0)
    await context.progress(`starting ${runs.map(inWords).join(', ')}${placeOf(deployment, wave)}`);

  // Made while preparing; again after a crash in which they were lost.
  const files = await ensureFiles(engine, deliveryOf(context, release), { signal });
  const volumes = await deps.volumes.placedFor(release.app, release);
  for (const chosen of wave ?? []) {
    const spec = release.services.find((service) => service.spec.name === chosen.service)?.spec;
    for (const old of chosen.stopsFirst) {
      await context.warn(
        `${chosen.service} ${spec !== undefined && hasPublishedPorts(spec) ? 'has ports of the node' : 'writes to a volume'}: its old tasks stop before the new ones start`,
      );
      await scaleService(engine, old, 0, { signal });
      await gone(engine, old, { clock: deps.clock, signal });
    }
  }

  const growing = deployment.runs.filter((run) => run.scale !== undefined && run.scale.from < run.scale.to);
  await deps.runs.advance(
    growing.map(({ name, scale }) => ({ name, replicas: scale!.to })),
    deps.clock.now(),
  );
  // An edge takes the lane at once, or after a reload when the service is new to it; the tasks start meanwhile.
  const pushed = deps.routing.push(signal);
  pushed.catch(() => undefined);
  for (const { name, scale } of growing) await scaleService(engine, name, scale!.to, { signal });
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
          variables: variablesOf(release, run.service),
          networks: release.networks,
          files,
          volumes,
        }),
        deps.registryAuth(),
        { signal },
      );
    } else await scaleService(engine, run.name, run.replicas, { signal });
  }
  await pushed;
  return { to: 'proving', patch: { runs: begun(context, names) } };
};

/** Those that start next, all at once; undefined: all have been started. */
export function nextWave(deployment: Pick<Deployment, 'runs'>): readonly ChosenRun[] | undefined {
  const waiting = deployment.runs.filter((run) => run.wave !== undefined && run.isBegun !== true);
  if (waiting.length === 0) return undefined;
  const wave = Math.min(...waiting.map((run) => run.wave ?? 0));
  return waiting.filter((run) => run.wave === wave);
}

const begun = (context: StepContext, names: ReadonlySet<string>): ChosenRun[] =>
  context.deployment.runs.map((run) => (names.has(run.name) ? { ...run, isBegun: true } : run));

const inWords = (run: Run): string =>
  isJob(run.mode)
    ? `job ${run.service}`
    : isPerNode(run.mode)
      ? `${run.service} on every node`
      : `${run.replicas} × ${run.service}`;

function placeOf({ runs }: Deployment, wave: readonly ChosenRun[] | undefined): string {
  const waves = [...new Set(runs.flatMap((run) => run.wave ?? []))].sort((x, y) => x - y);
  const at = waves.indexOf(wave?.[0]?.wave ?? -1);
  return waves.length < 2 || at < 0 ? '' : ` (${at + 1} of ${waves.length})`;
}
