import { refuse } from '@berth/contract/errors';
import type { EdgeProbe, LaneName } from '@berth/domain/edge';
import type { Release, ReleaseService } from '@berth/domain/release';
import type { PlannedService } from '@berth/domain/rollout';
import { chooseLane, type Run, type RunRouting } from '@berth/domain/run';
import type { ServiceSpec } from '@berth/domain/service';
import { ensureFiles } from '../../files/engine-files.ts';
import { requireGrants } from '../../grants/require.ts';
import { appNetworkName, attachmentsOf, edgeNetworkOf } from '../../networks/names.ts';
import { prepareNetworks } from '../../networks/prepare.ts';
import type { ChosenRun, Deployment, From } from '../deployment.ts';
import { planDeployment, replacesInPlace, textOf } from '../desired.ts';
import { deliveryOf, releaseOf, type Step, type StepContext } from '../step.ts';

/** Makes the networks and volumes of the release, and a run with a lane for each service. */
export const prepare: Step = async (context) => {
  const { deps, deployment, signal } = context;
  const release = await releaseOf(context);
  // Whatever brings it here: a grant may have ended since the release was made.
  await requireGrants(
    deps,
    release.app,
    release.services.map(({ spec }) => spec),
  );
  await context.progress('preparing networks, volumes and lanes');
  const { engine } = await deps.nodes.manager({ signal });
  await deps.hostPorts.claim(deployment.app, release.services, signal);
  await prepareNetworks(deps, engine, release, signal);
  for (const text of await deps.volumes.ensureFor(deployment.app, release, {
    actor: deployment.actor,
    signal,
  }))
    await context.warn(text);
  await deps.forwarders.prepare(release, engine, signal);
  await ensureFiles(engine, deliveryOf(context, release), { signal });
  const plan = await planDeployment(deps, release, {
    kind: kindOf(deployment),
    generation: deployment.generation,
    ...onlyOf(deployment.from),
  });
  const runs: ChosenRun[] = [];
  for (const planned of plan.services) {
    if (planned.how === 'gone') continue;
    const service = release.services.find((candidate) => candidate.spec.name === planned.service);
    if (service === undefined) throw new Error(`the plan has a service ${planned.service} of its own`);
    await makeRun(context, release, service, planned);
    runs.push(chosenRun(planned));
    // Stored one by one: what was begun can be taken back wherever this step ends.
    await deps.store.patch(deployment.id, { runs });
  }
  const kept = runs.filter((run) => run.how === 'kept');
  if (kept.length > 0)
    await context.progress(`unchanged, not touched: ${kept.map((run) => run.name).join(', ')}`);
  return { to: release.hooks.release !== undefined && deployment.kind === 'deploy' ? 'hooking' : 'starting' };
};

/** What is only made ends with its release. */
function kindOf({ id, kind }: Deployment): Exclude<Deployment['kind'], 'create'> {
  if (kind === 'create') throw new Error(`deployment ${id} is to start nothing`);
  return kind;
}

/** A restart of some services leaves the others alone. */
const onlyOf = (from: From): { only?: readonly string[] } =>
  from.kind === 'restart' && 'services' in from ? { only: from.services } : {};

function chosenRun(planned: PlannedService): ChosenRun {
  if (planned.how === 'gone') throw new Error(`${planned.service} is not of the release`);
  const { run: name, service, how, wave, waitsFor, stopsFirst, because } = planned;
  return {
    name,
    service,
    how,
    waitsFor,
    stopsFirst,
    ...(wave === undefined ? {} : { wave }),
    ...(because.kind === 'replicas' ? { scale: { from: because.from, to: because.to } } : {}),
  };
}

/** The run a plan chose: taken as it is, started again, or made. */
async function makeRun(
  context: StepContext,
  release: Release,
  service: ReleaseService,
  planned: PlannedService,
): Promise<void> {
  const { deps, deployment } = context;
  const { spec } = service;
  const known = await deps.runs.find(planned.run);
  if (known !== undefined && (known.app !== deployment.app || known.service !== spec.name))
    throw refuse(
      'conflict',
      `The Swarm service ${known.name} is that of ${known.service} of the app ${known.app}: give this app or its service ${spec.name} another name.`,
    );
  const routing = routingOf(deps.platform, release, spec);
  const dependsOn = spec.dependsOn.map((dependency) => dependency.service);
  if (planned.wave === undefined) {
    await deps.runs.advance([{ name: planned.run, routing, dependsOn }], deps.clock.now());
    return;
  }
  const lane =
    known?.lane ?? (spec.port === undefined ? undefined : await takeLane(context, spec.name, known));
  const wish = {
    name: planned.run,
    state: 'starting' as const,
    lane,
    replicas: planned.replicas,
    routing,
    dependsOn,
  };
  const now = deps.clock.now();
  if (known !== undefined) {
    await deps.runs.advance([wish], now);
    return;
  }
  await deps.runs.ensure({
    ...wish,
    app: deployment.app,
    service: spec.name,
    release: release.number,
    generation: planned.generation,
    stateSince: now,
    weight: 0,
    mode: spec.mode,
    fingerprint: deps.fingerprint(
      textOf(deps, release, service, await deps.volumes.placedFor(release.app, release)),
    ),
  });
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
    ...(spec.ports.some(({ address }) => address !== undefined) ? { hasBoundPorts: true } : {}),
    ...(spec.allowFrom === undefined ? {} : { allowFrom: spec.allowFrom }),
    probe: probeOf(app, spec),
    drainMs: release.drainMs,
    // Idle tasks of an old release must not answer their siblings by the service's alias, nor at its ports.
    warmMs:
      release.services.length > 1 || spec.ports.length > 0 || replacesInPlace(spec) ? 0 : release.warmMs,
  };
}

function probeOf(app: string, spec: ServiceSpec): EdgeProbe {
  const { probe } = spec;
  const port = (probe.kind === 'none' ? undefined : probe.port) ?? spec.port;
  if (probe.kind === 'none' || port === undefined) return { kind: 'none' };
  if (probe.kind === 'tcp') return { kind: 'tcp', port };
  return { kind: 'http', path: probe.path, port, host: probe.host ?? app };
}
