import { refuse } from '@berth/contract/errors';
import type { EdgeProbe, LaneName } from '@berth/domain/edge';
import type { Release, ReleaseService } from '@berth/domain/release';
import { chooseLane, type Run, type RunRouting, runName } from '@berth/domain/run';
import type { ServiceSpec } from '@berth/domain/service';
import type { DeliveredFile } from '../../files/delivered.ts';
import { ensureFiles } from '../../files/engine-files.ts';
import { appNetworkName, attachmentsOf, edgeNetworkOf } from '../../networks/names.ts';
import { prepareNetworks } from '../../networks/prepare.ts';
import { taskText } from '../../swarm/service-spec.ts';
import { deliveryOf, releaseOf, type Step, type StepContext } from '../step.ts';
import type { ChosenRun } from '../store.ts';

/** Makes the networks of the release, and a run with a lane for each service. */
export const prepare: Step = async (context) => {
  const { deps, deployment, signal } = context;
  const release = await releaseOf(context);
  await context.progress('preparing networks and lanes');
  const { engine } = await deps.nodes.manager({ signal });
  await deps.hostPorts.claim(deployment.app, release.services, signal);
  await prepareNetworks(deps, engine, release, signal);
  const files = await ensureFiles(engine, deliveryOf(context, release), { signal });
  const scales = await deps.apps.scales(deployment.app);
  const runs: ChosenRun[] = [];
  for (const service of release.services) {
    runs.push(
      await chooseRun(
        context,
        { release, files },
        service,
        scales[service.spec.name] ?? service.spec.replicas,
      ),
    );
    // Stored one by one: what was begun can be taken back wherever this step ends.
    await deps.store.patch(deployment.id, { runs });
  }
  const kept = runs.filter((run) => run.how === 'kept');
  if (kept.length > 0)
    await context.progress(`unchanged, not touched: ${kept.map((run) => run.name).join(', ')}`);
  return { to: release.hooks.release !== undefined && deployment.kind === 'deploy' ? 'hooking' : 'starting' };
};

/**
 * The run that serves a service of the release: one that serves already with the same tasks, else one of an
 * earlier time that can be started again, else a new one. A restart always takes a new one.
 */
async function chooseRun(
  context: StepContext,
  { release, files }: { release: Release; files: readonly DeliveredFile[] },
  service: ReleaseService,
  replicas: number,
): Promise<ChosenRun> {
  const { deps, deployment } = context;
  const { spec } = service;
  const { app } = deployment;
  const routing = routingOf(deps.platform, release, spec);
  const fingerprint = deps.fingerprint(
    taskText({
      platform: deps.platform,
      app,
      service,
      variables: release.variables,
      networks: release.networks,
      // By name: an object that was removed and made again is the same.
      files: files.map((file) => ({ ...file, id: '' })),
    }),
  );
  const key = { app, service: spec.name, release: release.number, generation: deployment.generation };
  const name = runName(key, deps.platform);
  const alike = (await deps.runs.list({ app })).filter(
    (run) =>
      run.service === spec.name &&
      run.fingerprint === fingerprint &&
      (deployment.kind !== 'restart' || run.name === name),
  );
  const [known] = (['live', 'starting', 'warm', 'draining', 'parked'] as const).flatMap((state) =>
    alike.filter((run) => run.state === state),
  );
  const now = deps.clock.now();
  if (known?.state === 'live') {
    await deps.runs.advance([{ name: known.name, routing }], now);
    return { name: known.name, how: 'kept' };
  }
  const lane =
    known?.lane ?? (spec.port === undefined ? undefined : await takeLane(context, spec.name, known));
  if (known !== undefined) {
    await deps.runs.advance([{ name: known.name, state: 'starting', lane, replicas, routing }], now);
    return { name: known.name, how: known.name === name && deployment.kind !== 'rollback' ? 'new' : 'old' };
  }
  await deps.runs.ensure({
    ...key,
    name,
    state: 'starting',
    stateSince: now,
    lane,
    weight: 0,
    replicas,
    routing,
    fingerprint,
  });
  return { name, how: 'new' };
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

/**
 * A service with a volume is replaced in place: two releases never write one volume at once. So is one with
 * ports of the node: a node gives each port to one task.
 */
export const replacesInPlace = (spec: ServiceSpec): boolean =>
  spec.ports.length > 0 || spec.mounts.some((mount) => mount.kind === 'volume' && !mount.readOnly);

export function routingOf(
  platform: string,
  release: Pick<Release, 'app' | 'drainMs' | 'warmMs' | 'services' | 'networks'>,
  spec: ServiceSpec,
): RunRouting {
  const { app } = release;
  const network = edgeNetworkOf(attachmentsOf({ platform, app, spec, networks: release.networks }));
  return {
    ...(spec.port === undefined ? {} : { port: spec.port }),
    ...(spec.port === undefined || network === undefined || network === appNetworkName(platform, app)
      ? {}
      : { network }),
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
