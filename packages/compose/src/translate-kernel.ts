import { findCapabilityFault } from '@berth/domain/capability';
import type { ServiceSpec } from '@berth/domain/service';
import { isNamespacedSysctl } from '@berth/domain/sysctl';
import type { ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';

/** What a service asks of the kernel: capabilities, settings, groups, limits of processes. */
export function kernelOf(
  service: ComposeService,
  name: string,
  faults: Fault[],
): Pick<
  ServiceSpec,
  'capAdd' | 'capDrop' | 'sysctls' | 'groups' | 'ulimits' | 'noNewPrivileges' | 'oomScoreAdj'
> {
  const at = (...path: (string | number)[]) => ['services', name, ...path];
  for (const [index, capability] of (service.cap_add ?? []).entries()) {
    const why = findCapabilityFault(capability);
    if (why === undefined) continue;
    faults.push({
      path: at('cap_add', index),
      message: `the capability ${capability} is not one a task may have: ${why}`,
      suggestion: 'remove it; most images only need it for a feature that is off by default',
    });
  }
  const sysctls = (service.sysctls ?? {}) as Readonly<Record<string, string>>;
  for (const key of Object.keys(sysctls)) {
    if (isNamespacedSysctl(key)) continue;
    faults.push({
      path: at('sysctls', key),
      message: `${key} is a setting of the whole node, not of a container`,
      suggestion: 'set it on the node with sysctl(8), and remove it here',
    });
  }
  const score = Number(service.oom_score_adj ?? 0);
  if (score < 0 || score > 1000) {
    faults.push({
      path: at('oom_score_adj'),
      message: 'a task may not be spared before others when memory is short',
      suggestion: 'use a number from 0 to 1000, or reserve memory with `deploy.resources.reservations`',
    });
  }
  return {
    capAdd: service.cap_add ?? [],
    capDrop: service.cap_drop ?? [],
    sysctls: { ...sysctls },
    groups: (service.group_add as readonly string[] | undefined) ?? [],
    ulimits: Object.entries(service.ulimits ?? {}).map(([key, limit]) =>
      typeof limit === 'number' ? { name: key, soft: limit, hard: limit } : { name: key, ...limit },
    ),
    noNewPrivileges: securityOf(service, name, faults),
    ...(score === 0 ? {} : { oomScoreAdj: score }),
  };
}

/** Options that only make the profile wider, or have to be on the node, are refused. */
function securityOf(service: ComposeService, name: string, faults: Fault[]): boolean {
  let noNewPrivileges = false;
  for (const [index, option] of ((service.security_opt as readonly string[] | undefined) ?? []).entries()) {
    const [key = '', value] = option.split(/[:=](.*)/s);
    if (key === 'no-new-privileges') {
      noNewPrivileges = value === undefined || value === '' || value === 'true';
      continue;
    }
    const isWider = /^(unconfined|disable)$/.test(value ?? '');
    faults.push({
      path: ['services', name, 'security_opt', index],
      message: `\`security_opt: ${option}\` is not supported: ${
        isWider
          ? 'a task always has the protection of the engine’s own profile'
          : 'profiles would have to be on every node'
      }`,
      suggestion: isWider ? 'remove it' : 'remove it: the engine’s own profile is used',
    });
  }
  return noNewPrivileges;
}
