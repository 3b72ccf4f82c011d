import { type Placement, type ServiceMode, safeDefaults } from '@berth/domain/service';
import type { ComposeModel, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { completionAwaitedBy } from './translate-jobs.ts';

const modes = {
  replicated: 'replicated',
  global: 'global',
  'replicated-job': 'job',
  'global-job': 'global-job',
} as const satisfies Readonly<Record<string, ServiceMode>>;

/**
 * How its tasks are counted. What others wait for to complete is a job, whether it says so or not: a service
 * would be started again and again.
 */
export function modeOf(model: ComposeModel, name: string, faults: Fault[]): ServiceMode {
  const said = model.services[name]!.deploy?.mode || 'replicated';
  const mode = Object.hasOwn(modes, said) ? modes[said as keyof typeof modes] : undefined;
  if (mode === undefined) {
    faults.push({
      path: ['services', name, 'deploy', 'mode'],
      message: `"${said}" is not a mode`,
      suggestion: `use one of ${Object.keys(modes).join(', ')}`,
    });
    return 'replicated';
  }
  if (completionAwaitedBy(model, name).length === 0) return mode;
  return mode === 'global' || mode === 'global-job' ? 'global-job' : 'job';
}

/** Of Go and of the kernel, by which Swarm knows the nodes. */
const machines: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  x86_64: 'x86_64',
  arm64: 'aarch64',
  aarch64: 'aarch64',
  '386': 'i686',
  arm: 'armv7l',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

const constraintPattern = /^(node|engine)\.[\w.-]+\s*(==|!=)\s*\S.*$/;

export function placementOf(service: ComposeService, name: string, faults: Fault[]): Placement {
  const given = (service.deploy?.placement ?? {}) as {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread?: string }[];
    readonly max_replicas_per_node?: number;
  };
  for (const [index, constraint] of (given.constraints ?? []).entries()) {
    if (constraintPattern.test(constraint.trim())) continue;
    faults.push({
      path: ['services', name, 'deploy', 'placement', 'constraints', index],
      message: `"${constraint}" is not a placement constraint`,
      suggestion: 'write it like node.labels.disk == ssd',
    });
  }
  const perNode = Number(given.max_replicas_per_node ?? 0);
  return {
    constraints: [...(given.constraints ?? []), ...platformOf(service, name, faults)],
    spread: (given.preferences ?? []).flatMap(({ spread }) => (spread ? [spread] : [])),
    ...(perNode === 0 ? {} : { replicasPerNodeMax: perNode }),
  };
}

/** Tasks go only to nodes of the platform. */
function platformOf(service: ComposeService, name: string, faults: Fault[]): readonly string[] {
  if (!service.platform) return [];
  const [os = '', architecture, more] = service.platform.split('/');
  const machine = architecture === undefined ? undefined : machines[architecture];
  if (os !== 'linux' || (architecture !== undefined && machine === undefined)) {
    faults.push({
      path: ['services', name, 'platform'],
      message: `no node of Berth has the platform ${service.platform}`,
      suggestion: 'use linux/amd64 or linux/arm64',
    });
    return [];
  }
  const exact = architecture === 'arm' && more !== undefined ? `arm${more}l` : machine;
  return exact === undefined ? ['node.platform.os == linux'] : [`node.platform.arch == ${exact}`];
}

/** `scale` and `deploy.replicas` say the same. */
export const replicasOf = (service: ComposeService, extension: { readonly replicas?: number }): number =>
  Number(service.scale ?? service.deploy?.replicas ?? extension.replicas ?? safeDefaults.replicas);
