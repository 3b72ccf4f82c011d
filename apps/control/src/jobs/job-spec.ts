import { label } from '@berth/domain/label';
import { type Release, variablesOf } from '@berth/domain/release';
import type { Mount } from '@berth/domain/service';
import type { ServiceSpec as SwarmServiceSpec } from '@berth/engine/types';
import type { DeliveredFile } from '../files/delivered.ts';
import type { PlacedVolumes } from '../swarm/mounts.ts';
import { renderSwarmService } from '../swarm/service-spec.ts';
import type { Execution, ExecutionRequest } from './store.ts';

/** Longest Swarm service name that is still one DNS label (RFC 1035 §2.3.4). */
const nameLengthMax = 63;

/** Name of an execution's Swarm service. */
export function jobName(execution: Pick<Execution, 'app' | 'id'>, platform: string): string {
  const head = platform === 'berth' ? '' : `${platform}-`;
  // The random end of the id: names need to differ only while they are there.
  return `${head}${execution.app}-job-${execution.id.slice(-10)}`.slice(-nameLengthMax);
}

/**
 * The Swarm job of an execution: one task of the release's service with its networks, volumes, secrets and
 * limits, which runs once. It does not answer to the service's name, and its ports stay closed. Pure.
 */
export function renderJob(input: {
  readonly platform: string;
  readonly execution: Pick<Execution, 'id' | 'app' | 'service'>;
  readonly release: Release;
  readonly request: ExecutionRequest;
  /** Configs and secrets of the release, as the engine has them. */
  readonly files: readonly DeliveredFile[];
  readonly volumes: PlacedVolumes;
}): SwarmServiceSpec {
  const { platform, execution, release, request } = input;
  const service = release.services.find(({ spec }) => spec.name === execution.service);
  if (service === undefined)
    throw new Error(`release ${release.number} of ${release.app} has no service ${execution.service}`);
  const { spec } = service;
  const borrowed = (request.volumesFrom ?? []).flatMap((name) =>
    volumesOf(release, name).filter((mount) => !spec.mounts.some(({ target }) => target === mount.target)),
  );
  const swarm = renderSwarmService({
    platform,
    run: {
      app: execution.app,
      service: spec.name,
      release: release.number,
      generation: 1,
      name: jobName(execution, platform),
      replicas: 1,
    },
    service: {
      ...service,
      spec: {
        ...spec,
        ...(request.command === undefined ? {} : { command: request.command }),
        mounts: [...spec.mounts, ...borrowed],
        ports: [],
        logFiles: [],
        healthcheck: { disabled: true },
      },
    },
    variables: variablesOf(release, spec.name),
    networks: release.networks,
    files: input.files,
    volumes: input.volumes,
  });
  const own = { [label.purpose]: 'job', [label.execution]: execution.id };
  const { TaskTemplate } = swarm;
  return {
    Name: swarm.Name,
    Labels: { ...swarm.Labels, ...own },
    TaskTemplate: {
      ...TaskTemplate,
      ContainerSpec: {
        ...TaskTemplate.ContainerSpec,
        Labels: { ...TaskTemplate.ContainerSpec.Labels, ...own },
      },
      RestartPolicy: { Condition: 'none' },
      ...(TaskTemplate.Networks === undefined
        ? {}
        : { Networks: TaskTemplate.Networks.map(({ Target }) => ({ Target })) }),
    },
    Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
    EndpointSpec: { Mode: 'dnsrr' },
  };
}

/** What a backup or a log processor may read of another service. */
function volumesOf(release: Release, service: string): Mount[] {
  const found = release.services.find(({ spec }) => spec.name === service);
  return (found?.spec.mounts ?? []).flatMap((mount) =>
    mount.kind === 'volume' ? [{ ...mount, readOnly: true }] : [],
  );
}
