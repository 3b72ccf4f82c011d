import type { DriftFinding } from '@berth/contract/plans';
import { label } from '@berth/domain/label';
import { type Release, variablesOf } from '@berth/domain/release';
import type { Run } from '@berth/domain/run';
import { isJob, isPerNode } from '@berth/domain/service';
import type { Engine } from '@berth/engine/engine';
import type { Service, ServiceSpec } from '@berth/engine/types';
import type * as z from 'zod';
import type { DeploymentDependencies } from '../deployments/step.ts';
import { type DeliveredFile, nameFiles } from '../files/delivered.ts';
import { attachmentsOf } from '../networks/names.ts';
import type { Routing } from '../routing/routing.ts';
import type { PlacedVolumes } from '../swarm/mounts.ts';
import { withOwnDelay } from '../swarm/restart-delay.ts';
import { renderSwarmService } from '../swarm/service-spec.ts';
import { isGone, listTasksOf } from '../swarm/services.ts';
import { describeSpecDrift } from './spec-drift.ts';

/** A finding, and what a repair would do: as data, so that looking and repairing agree. */
export interface Found {
  readonly view: z.input<typeof DriftFinding>;
  readonly remedy:
    | { readonly kind: 'none' }
    | { readonly kind: 'replace'; readonly service: string }
    | { readonly kind: 'scale'; readonly run: Run }
    | { readonly kind: 'create'; readonly run: Run }
    | { readonly kind: 'remove'; readonly name: string }
    | { readonly kind: 'networks' }
    | { readonly kind: 'edges' };
}

export interface DriftDependencies extends DeploymentDependencies {
  readonly routing: Pick<Routing, 'push' | 'currentModel'>;
}

/** How what runs of an app differs from its live release. Looks, and changes nothing. */
export async function findDrift(
  deps: DriftDependencies,
  release: Release,
  engine: Engine,
  signal: AbortSignal,
): Promise<Found[]> {
  const runs = await deps.runs.list({ app: release.app });
  const filters = { label: [`${label.platform}=${deps.platform}`, `${label.app}=${release.app}`] };
  const [services, networks] = await Promise.all([
    engine.listServices({ filters, signal }),
    engine.listNetworks({ signal }),
  ]);
  const delivery = {
    platform: deps.platform,
    app: release.app,
    files: release.files,
    fingerprint: deps.fingerprint,
  };
  const files = nameFiles(delivery);
  const volumes = await deps.volumes.placedFor(release.app, release);
  const nameOf = new Map(networks.map((network) => [network.Id, network.Name]));
  const found: Found[] = [];
  for (const run of runs.filter((candidate) => candidate.state === 'live')) {
    const service = services.find((candidate) => candidate.Spec.Name === run.name);
    const wanted = wantedSpec({ platform: deps.platform, release, run, files, volumes });
    if (wanted === undefined) continue;
    found.push(...(await ofRun({ run, service, wanted, nameOf, engine, signal })));
  }
  // Executions of jobs have labels of their own, and end by themselves.
  for (const { Spec } of services)
    if (Spec.Labels[label.purpose] === undefined && !runs.some((run) => run.name === Spec.Name))
      found.push(foreign(Spec));
  found.push(
    ...missingNetworks(deps.platform, release, new Set(nameOf.values())),
    ...(await ofEdges(deps, signal)),
  );
  return found;
}

/** What Berth would ask the engine for; a run of an older release, kept because nothing of it changed, too. */
export function wantedSpec(input: {
  platform: string;
  release: Release;
  run: Run;
  files: readonly DeliveredFile[];
  volumes: PlacedVolumes;
}): ServiceSpec | undefined {
  const { release, run } = input;
  const service = release.services.find((candidate) => candidate.spec.name === run.service);
  if (service === undefined) return undefined;
  return renderSwarmService({
    ...input,
    service,
    variables: variablesOf(release, run.service),
    networks: release.networks,
  });
}

async function ofRun(facts: {
  run: Run;
  service: Service | undefined;
  wanted: ServiceSpec;
  nameOf: ReadonlyMap<string, string>;
  engine: Engine;
  signal: AbortSignal;
}): Promise<Found[]> {
  const { run, service, wanted, engine, signal } = facts;
  if (service === undefined)
    return [
      {
        view: {
          kind: 'service',
          object: run.service,
          text: `Swarm has no service ${run.name}`,
          repair: 'it is created again',
        },
        remedy: { kind: 'create', run },
      },
    ];
  const changes = describeSpecDrift(wanted, comparable(withOwnDelay(service.Spec), facts.nameOf));
  const found = changes.map(
    (change): Found => ({
      view: {
        kind: 'service',
        object: run.service,
        text: change,
        repair: 'a deployment replaces its tasks by those of the release',
      },
      remedy: { kind: 'replace', service: run.service },
    }),
  );
  const replicas = service.Spec.Mode.Replicated?.Replicas;
  if (replicas !== undefined && replicas !== run.replicas)
    found.push({
      view: {
        kind: 'replicas',
        object: run.service,
        text: `replicas ${run.replicas} → ${replicas}`,
        repair: `it is scaled to ${run.replicas}`,
      },
      remedy: { kind: 'scale', run },
    });
  if (isJob(run.mode)) return found;
  const tasks = (await listTasksOf(engine, run.name, { signal })).filter((task) => !isGone(task));
  const running = tasks.filter((task) => task.Status.State === 'running').length;
  const expected = isPerNode(run.mode) ? tasks.length : (replicas ?? run.replicas);
  if (running < expected)
    found.push({
      view: { kind: 'tasks', object: run.service, text: `${running} of ${expected} tasks run` },
      remedy: { kind: 'none' },
    });
  return found;
}

/** Networks by name, files without the ids that only the engine knows. */
function comparable(spec: ServiceSpec, nameOf: ReadonlyMap<string, string>): ServiceSpec {
  const { Networks, ContainerSpec } = spec.TaskTemplate;
  const named = Networks?.map((network) => ({
    ...network,
    Target: nameOf.get(network.Target) ?? network.Target,
  }));
  const withoutIds = (files: readonly Record<string, unknown>[] | undefined) =>
    (files ?? []).map((file) => ({ ...file, SecretID: '', ConfigID: '' }));
  return {
    ...spec,
    TaskTemplate: {
      ...spec.TaskTemplate,
      ...(named === undefined ? {} : { Networks: named }),
      ContainerSpec: {
        ...ContainerSpec,
        Secrets: withoutIds(ContainerSpec.Secrets),
        Configs: withoutIds(ContainerSpec.Configs),
      },
    },
  };
}

function foreign({ Name, Labels }: ServiceSpec): Found {
  // Only what has the labels of a run is Berth's to remove.
  const isRun = Labels[label.release] !== undefined && Labels[label.service] !== undefined;
  return {
    view: {
      kind: 'foreign',
      object: Name,
      text: `service ${Name} is of no release`,
      ...(isRun ? { repair: 'it is removed' } : {}),
    },
    remedy: isRun ? { kind: 'remove', name: Name } : { kind: 'none' },
  };
}

function missingNetworks(platform: string, release: Release, known: ReadonlySet<string>): Found[] {
  const { app, networks } = release;
  const wanted = release.services.flatMap(({ spec }) => attachmentsOf({ platform, app, spec, networks }));
  return [...new Set(wanted.map((attachment) => attachment.target))]
    .filter((target) => !known.has(target))
    .map((target) => ({
      view: {
        kind: 'network',
        object: target,
        text: `network ${target} is not there`,
        repair: 'it is made again',
      },
      remedy: { kind: 'networks' },
    }));
}

/** Routes and weights: an edge that has another revision of the model serves something else. */
async function ofEdges(deps: DriftDependencies, signal: AbortSignal): Promise<Found[]> {
  const { revision } = await deps.routing.currentModel();
  const found = await Promise.all(
    deps.nodes.list().map(async (node): Promise<Found[]> => {
      const report = await node.edge.report(signal);
      if (report.running && report.revision === revision) return [];
      const text = report.running
        ? `the edge has revision ${report.revision} of the routes, control ${revision}`
        : 'the edge does not run';
      return [
        {
          view: { kind: 'edge', object: node.name, text, repair: 'it is told the routes again' },
          remedy: { kind: 'edges' },
        },
      ];
    }),
  );
  return found.flat();
}
