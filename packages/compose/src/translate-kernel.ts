import { bareCapability, capabilitiesDropped, knownCapabilities, reachOf } from '@berth/domain/capability';
import type { ServiceSpec } from '@berth/domain/service';
import { isNamespacedSysctl } from '@berth/domain/sysctl';
import type { ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { nearest } from './schema.ts';
import type { SourceFile } from './translate-files.ts';
import { type Security, securityOf } from './translate-security.ts';

/** What a service asks of the kernel: capabilities, settings, groups, limits of processes. */
export function kernelOf(
  service: ComposeService,
  name: string,
  faults: Fault[],
  readSource?: (path: string) => SourceFile,
): Pick<ServiceSpec, 'capAdd' | 'capDrop' | 'sysctls' | 'groups' | 'ulimits' | 'oomScoreAdj'> & Security {
  const at = (...path: (string | number)[]) => ['services', name, ...path];
  for (const key of ['cap_add', 'cap_drop'] as const)
    for (const [index, capability] of (service[key] ?? []).entries()) {
      if (reachOf(capability) !== undefined) continue;
      const lower = knownCapabilities.map((known) => known.toLowerCase());
      const near = nearest(bareCapability(capability), lower)?.toUpperCase();
      faults.push({
        path: at(key, index),
        message: `the kernel has no capability ${capability}`,
        suggestion: near === undefined ? 'see capabilities(7)' : `did you mean ${near}?`,
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
    capDrop: capabilitiesDropped(service.cap_add ?? [], service.cap_drop ?? []),
    sysctls: { ...sysctls },
    groups: (service.group_add as readonly string[] | undefined) ?? [],
    ulimits: Object.entries(service.ulimits ?? {}).map(([key, limit]) =>
      typeof limit === 'number' ? { name: key, soft: limit, hard: limit } : { name: key, ...limit },
    ),
    ...securityOf(service, name, faults, readSource),
    ...(score === 0 ? {} : { oomScoreAdj: score }),
  };
}
