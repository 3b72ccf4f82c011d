import type { ComposeModel, ComposeService } from './compose-model.ts';
import type { Fault } from './issue.ts';
import { nearest } from './schema.ts';

export interface Project {
  readonly model: ComposeModel;
  /** Services left out because none of their profiles is on, with those profiles. */
  readonly disabled: ReadonlyMap<string, readonly string[]>;
}

type Check = (service: ComposeService, name: string, project: Project) => Fault[];

/** References between parts of a project, and keys that exclude each other: every fault, in no order. */
export function findInconsistencies(project: Project): Fault[] {
  const faults: Fault[] = [];
  for (const [name, service] of Object.entries(project.model.services)) {
    for (const check of checks) faults.push(...check(service, name, project));
  }
  for (const [name, secret] of Object.entries(project.model.secrets ?? {})) {
    if (secret.external !== true && !secret.file && !secret.environment) {
      faults.push({ path: ['secrets', name], message: 'one of `file` and `environment` must be set' });
    }
  }
  if (faults.length === 0) faults.push(...findDependencyCycle(project.model));
  return faults;
}

function undefinedFault(
  path: Fault['path'],
  kind: string,
  name: string,
  known: Readonly<Record<string, unknown>> | undefined,
): Fault {
  const near = nearest(name, Object.keys(known ?? {}));
  return {
    path,
    message: `refers to the undefined ${kind} \`${name}\``,
    suggestion:
      near === undefined ? `define it under the top-level \`${kind}s\`` : `did you mean \`${near}\`?`,
  };
}

const hasImage: Check = (service, name) =>
  service.build === undefined && !service.image
    ? [{ path: ['services', name], message: 'has neither `image` nor `build`' }]
    : [];

const checkBuild: Check = (service, name, project) => {
  const { build } = service;
  if (build === undefined) return [];
  const path = ['services', name, 'build'];
  const faults: Fault[] = [];
  if (build.dockerfile_inline && build.dockerfile) {
    faults.push({ path, message: '`dockerfile` and `dockerfile_inline` exclude each other' });
  }
  for (const [key, context] of Object.entries(build.additional_contexts ?? {})) {
    if (!context.startsWith('service:')) continue;
    const target = project.model.services[context.slice('service:'.length)];
    const at = [...path, 'additional_contexts', key];
    if (target === undefined) faults.push({ path: at, message: `\`${context}\` is not a service` });
    else if (target.build === undefined) faults.push({ path: at, message: `\`${context}\` is not built` });
  }
  if (service.platform && build.platforms && !build.platforms.includes(service.platform)) {
    faults.push({ path: [...path, 'platforms'], message: `must include the service's ${service.platform}` });
  }
  for (const [index, secret] of (build.secrets ?? []).entries()) {
    const { source = '' } = secret;
    if (!(source in (project.model.secrets ?? {}))) {
      faults.push(undefinedFault([...path, 'secrets', index], 'secret', source, project.model.secrets));
    }
  }
  return faults;
};

const checkNetworks: Check = (service, name, project) => {
  const path = ['services', name];
  const networks = Object.keys(service.networks ?? {});
  if (service.network_mode && networks.length > 0) {
    return [
      {
        path: [...path, 'network_mode'],
        message: '`network_mode` and `networks` exclude each other',
        suggestion: 'remove one of them',
      },
    ];
  }
  const faults = networks
    .filter((network) => !(network in (project.model.networks ?? {})))
    .map((network) =>
      undefinedFault([...path, 'networks', network], 'network', network, project.model.networks),
    );
  if (service.network_mode?.startsWith('service:')) {
    const target = service.network_mode.slice('service:'.length);
    if (!(target in project.model.services)) {
      faults.push(undefinedFault([...path, 'network_mode'], 'service', target, project.model.services));
    }
  }
  return faults;
};

const checkHealth: Check = (service, name) => {
  const first = service.healthcheck?.test?.[0];
  return first === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(first)
    ? []
    : [
        {
          path: ['services', name, 'healthcheck', 'test'],
          message: 'must start with "CMD", "CMD-SHELL" or "NONE"',
          suggestion: 'put "CMD" before the command',
        },
      ];
};

const checkDependencies: Check = (service, name, project) => {
  const faults: Fault[] = [];
  for (const [other, dependency] of Object.entries(service.depends_on ?? {})) {
    if (other in project.model.services) continue;
    const profiles = project.disabled.get(other);
    if (profiles !== undefined && !dependency.required) continue;
    const path = ['services', name, 'depends_on', other];
    if (profiles === undefined) {
      const { [name]: _self, ...others } = project.model.services;
      faults.push(undefinedFault(path, 'service', other, others));
    } else {
      faults.push({
        path,
        message: `depends on \`${other}\`, which is off`,
        suggestion: `turn on one of its profiles: ${profiles.join(', ')}`,
      });
    }
  }
  return faults;
};

const checkMounts: Check = (service, name, project) => {
  const path = ['services', name];
  const faults: Fault[] = [];
  for (const [index, volume] of (service.volumes ?? []).entries()) {
    if (volume.type !== 'volume' || !volume.source) continue;
    if (!(volume.source in (project.model.volumes ?? {}))) {
      faults.push(
        undefinedFault([...path, 'volumes', index], 'volume', volume.source, project.model.volumes),
      );
    }
  }
  for (const kind of ['configs', 'secrets'] as const) {
    for (const [index, { source = '' }] of (service[kind] ?? []).entries()) {
      if (source in (project.model[kind] ?? {})) continue;
      faults.push(undefinedFault([...path, kind, index], kind.slice(0, -1), source, project.model[kind]));
    }
  }
  return faults;
};

const checkLimits: Check = (service, name) => {
  const { deploy } = service;
  if (deploy === undefined) return [];
  const limits = deploy.resources?.limits;
  const reservations = deploy.resources?.reservations;
  const pairs: [string, unknown, string, unknown][] = [];
  if (deploy.replicas !== undefined) pairs.push(['scale', service.scale, 'deploy.replicas', deploy.replicas]);
  if (limits !== undefined) {
    pairs.push(
      ['cpus', service.cpus, 'deploy.resources.limits.cpus', limits.cpus ?? 0],
      ['mem_limit', service.mem_limit, 'deploy.resources.limits.memory', limits.memory ?? 0],
      ['pids_limit', service.pids_limit, 'deploy.resources.limits.pids', limits.pids ?? 0],
    );
  }
  if (reservations !== undefined) {
    pairs.push([
      'mem_reservation',
      service.mem_reservation,
      'deploy.resources.reservations.memory',
      reservations.memory ?? 0,
    ]);
  }
  return pairs
    .filter(([, own, , other]) => own !== undefined && own !== other)
    .map(([key, , otherKey]) => ({
      path: ['services', name, key],
      message: `\`${key}\` and \`${otherKey}\` say different things`,
      suggestion: `keep \`${otherKey}\``,
    }));
};

const checkNames: Check = (service, name) => {
  const scale = service.scale ?? service.deploy?.replicas ?? 1;
  if (scale <= 1 || !service.container_name) return [];
  return [
    {
      path: ['services', name, 'container_name'],
      message: `${scale} replicas cannot share one container name`,
      suggestion: 'remove `container_name`',
    },
  ];
};

const checkWatch: Check = (service, name) =>
  (service.develop?.watch ?? []).flatMap((watch, index) =>
    watch.target || watch.action === 'rebuild' || watch.action === 'restart'
      ? []
      : [{ path: ['services', name, 'develop', 'watch', index], message: '`target` is missing' }],
  );

const checks: readonly Check[] = [
  hasImage,
  checkBuild,
  checkNetworks,
  checkHealth,
  checkDependencies,
  checkMounts,
  checkLimits,
  checkNames,
  checkWatch,
];

function findDependencyCycle(model: ComposeModel): Fault[] {
  const done = new Set<string>();
  const needs = (name: string) => Object.keys(model.services[name]?.depends_on ?? {});
  for (const root of Object.keys(model.services).sort()) {
    // A walk without recursion: a chain may be as long as there are services.
    const open = new Map([[root, needs(root)]]);
    const chain = [root];
    while (chain.length > 0) {
      const name = chain.at(-1)!;
      const next = done.has(name) ? undefined : open.get(name)!.shift();
      if (next === undefined) {
        done.add(name);
        open.delete(name);
        chain.pop();
      } else if (open.has(next)) {
        const circle = [...chain.slice(chain.indexOf(next)), next];
        return [
          {
            path: ['services', name, 'depends_on', next],
            message: `the services depend on each other: ${shortened(circle).join(' → ')}`,
          },
        ];
      } else if (!done.has(next)) {
        open.set(next, needs(next));
        chain.push(next);
      }
    }
  }
  return [];
}

/** The ends of a long list of names. */
function shortened(names: readonly string[]): readonly string[] {
  return names.length <= 12 ? names : [...names.slice(0, 6), '…', ...names.slice(-5)];
}
