import { imageDigest, type Release, type ReleaseService, variablesOf } from '@berth/domain/release';
import { type DesiredService, planRollout, type RolloutFacts, type RolloutPlan } from '@berth/domain/rollout';
import { isJob, type ServiceSpec } from '@berth/domain/service';
import { nameFiles } from '../files/delivered.ts';
import type { PlacedVolumes } from '../swarm/mounts.ts';
import { taskText } from '../swarm/service-spec.ts';
import type { DeploymentDependencies } from './step.ts';

type Content = Pick<
  Release,
  'app' | 'services' | 'variables' | 'serviceVariables' | 'networks' | 'files' | 'volumes'
>;

/**
 * A service with a volume is replaced in place: two releases never write one volume at once. So is one with
 * ports of the node: a node gives each port to one task, unless the agent opens it, which is bound to an address.
 * A job has no tasks that would have to stop.
 */
export const replacesInPlace = (spec: ServiceSpec): boolean =>
  !isJob(spec.mode) &&
  (hasPublishedPorts(spec) ||
    spec.hostNetwork === true ||
    spec.mounts.some((mount) => mount.kind === 'volume' && !mount.readOnly));

/** Ports that Swarm opens, on every address of a node. */
export const hasPublishedPorts = ({ ports }: Pick<ServiceSpec, 'ports'>): boolean =>
  ports.some(({ address }) => address === undefined);

/** What decides whether a service is unchanged. */
export const textOf = (
  { platform, fingerprint }: Pick<DeploymentDependencies, 'platform' | 'fingerprint'>,
  release: Content,
  service: ReleaseService,
  volumes: PlacedVolumes,
): string =>
  taskText({
    platform,
    app: release.app,
    // The same image in the repository of another environment is the same.
    service: { ...service, image: imageDigest(service.image) },
    variables: variablesOf(release, service.spec.name),
    networks: release.networks,
    volumes,
    // By name: an object that was removed and made again is the same.
    files: nameFiles({ platform, app: release.app, files: release.files, fingerprint }),
  });

/** The services of a release, as the planner of its rollout reads them; what runs by a schedule has no tasks of its own. */
export async function desiredServices(
  deps: Pick<DeploymentDependencies, 'platform' | 'apps' | 'nodes' | 'fingerprint' | 'volumes'>,
  release: Content,
): Promise<DesiredService[]> {
  const volumes = await deps.volumes.placedFor(release.app, release);
  const scales = await deps.apps.scales(release.app);
  const withTasks = release.services.filter(({ spec }) => spec.schedule === undefined);
  return withTasks.map((service): DesiredService => {
    const { spec } = service;
    const replicas: Record<ServiceSpec['mode'], number> = {
      // As many servers as there may be tasks: Swarm says later how many there are.
      global: Math.max(1, deps.nodes.list().length),
      job: spec.replicas,
      'global-job': Math.max(1, deps.nodes.list().length),
      replicated: scales[spec.name] ?? spec.replicas,
    };
    return {
      service: spec.name,
      mode: spec.mode,
      fingerprint: deps.fingerprint(textOf(deps, release, service, volumes)),
      replicas: replicas[spec.mode],
      isInPlace: replacesInPlace(spec),
      dependsOn: spec.dependsOn,
    };
  });
}

/** What a deployment of a release does, and why: what `prepare` carries out and `berth plan` shows. */
export async function planDeployment(
  deps: Pick<DeploymentDependencies, 'platform' | 'apps' | 'nodes' | 'fingerprint' | 'volumes' | 'runs'>,
  release: Content & Pick<Release, 'number'>,
  how: Pick<RolloutFacts, 'kind' | 'generation' | 'only'>,
): Promise<RolloutPlan> {
  return planRollout({
    platform: deps.platform,
    app: release.app,
    release: release.number,
    ...how,
    services: await desiredServices(deps, release),
    runs: await deps.runs.list({ app: release.app }),
  });
}
