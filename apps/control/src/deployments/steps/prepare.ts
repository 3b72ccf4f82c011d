import { refuse } from '@berth/contract/errors';
import type { EdgeProbe, LaneName } from '@berth/domain/edge';
import type { Release } from '@berth/domain/release';
import { chooseLane, type Run, type RunRouting, runName } from '@berth/domain/run';
import type { ServiceSpec } from '@berth/domain/service';
import { appNetworkName } from '../../swarm/service-spec.ts';
import { ensureNetwork } from '../../swarm/services.ts';
import { ownRuns, releaseOf, type Step, type StepContext } from '../step.ts';

/** Makes the app's network, and a run with a lane for each service of the release. */
export const prepare: Step = async (context) => {
  const { deps, deployment, signal } = context;
  const release = await releaseOf(context);
  await context.progress('preparing network and lanes');
  const { engine } = await deps.nodes.manager({ signal });
  await ensureNetwork(
    engine,
    { name: appNetworkName(deps.platform, deployment.app), app: deployment.app, platform: deps.platform },
    { signal },
  );
  const scales = await deps.apps.scales(deployment.app);
  for (const service of release.services)
    await ensureRun(context, release, service.spec, scales[service.spec.name] ?? service.spec.replicas);
  return { to: release.hooks.release !== undefined && deployment.kind === 'deploy' ? 'hooking' : 'starting' };
};

async function ensureRun(
  context: StepContext,
  release: Release,
  spec: ServiceSpec,
  replicas: number,
): Promise<void> {
  const { deps, deployment } = context;
  const own = (await ownRuns(context)).find((run) => run.service === spec.name);
  if (own !== undefined && (own.state === 'live' || own.state === 'starting')) return;
  const lane = own?.lane ?? (spec.port === undefined ? undefined : await takeLane(context, spec.name, own));
  const now = deps.clock.now();
  if (own !== undefined) {
    await deps.runs.advance([{ name: own.name, state: 'starting', lane, weight: own.weight, replicas }], now);
    return;
  }
  const key = {
    app: deployment.app,
    service: spec.name,
    release: release.number,
    generation: deployment.generation,
  };
  const run: Run = {
    ...key,
    name: runName(key, deps.platform),
    state: 'starting',
    stateSince: now,
    lane,
    weight: 0,
    replicas,
    routing: routingOf(deployment.app, release, spec),
  };
  await deps.runs.ensure(run);
}

/** How often a lane that is being drained is looked at again. */
const laneLookMs = 250;

/** A lane for a new run. Connections that still drain are waited for; their window bounds the wait. */
async function takeLane(context: StepContext, service: string, own: Run | undefined): Promise<LaneName> {
  const { deps, deployment, signal } = context;
  for (;;) {
    const siblings = (await deps.runs.list({ app: deployment.app })).filter(
      (run) => run.service === service && run.name !== own?.name,
    );
    const choice = chooseLane(siblings);
    if (choice.kind === 'none-free') {
      throw refuse(
        'conflict',
        `All lanes of ${service} carry traffic: its weights are shared between three releases. Give one 0 % first.`,
      );
    }
    const { lane, evict } = choice;
    if (evict === undefined) return lane;
    if (evict.state === 'draining') {
      await context.progress(
        `waiting for requests that release ${evict.release} of ${service} still answers`,
      );
      await deps.clock.sleep(laneLookMs, signal);
      continue;
    }
    // Its tasks are stopped by the reconciler; the lane is free at once.
    await deps.runs.advance(
      [{ name: evict.name, state: 'parked', lane: undefined, weight: 0 }],
      deps.clock.now(),
    );
    return lane;
  }
}

/** A service with a volume is replaced in place: two releases never write one volume at once. */
export const replacesInPlace = (spec: ServiceSpec): boolean =>
  spec.mounts.some((mount) => mount.kind === 'volume' && !mount.readOnly);

export function routingOf(
  app: string,
  release: Pick<Release, 'drainMs' | 'warmMs' | 'services'>,
  spec: ServiceSpec,
): RunRouting {
  return {
    ...(spec.port === undefined ? {} : { port: spec.port }),
    probe: probeOf(app, spec),
    drainMs: release.drainMs,
    // Idle tasks of an old release must not answer their siblings by the service's alias.
    warmMs: release.services.length > 1 || replacesInPlace(spec) ? 0 : release.warmMs,
  };
}

function probeOf(app: string, spec: ServiceSpec): EdgeProbe {
  const { probe } = spec;
  const port = (probe.kind === 'none' ? undefined : probe.port) ?? spec.port;
  if (probe.kind === 'none' || port === undefined) return { kind: 'none' };
  if (probe.kind === 'tcp') return { kind: 'tcp', port };
  return { kind: 'http', path: probe.path, port, host: probe.host ?? app };
}
