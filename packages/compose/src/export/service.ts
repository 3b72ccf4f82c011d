import { withheldCapabilities } from '@berth/domain/capability';
import { hasNoNetwork } from '@berth/domain/no-network';
import type { ReleaseService } from '@berth/domain/release';
import type { FileGrant, Mount, Resources, ServiceSpec } from '@berth/domain/service';
import { type Given, spanOf, without } from './values.ts';

/** A service of a release in the words of Compose; `x-berth` has what Compose has no words for. */
export function exportService(
  { spec, image }: ReleaseService,
  more: {
    readonly environment: Readonly<Record<string, Given | null>>;
    readonly keyOf: (grant: Pick<FileGrant, 'kind' | 'source'>) => string;
    readonly extension: Readonly<Record<string, unknown>>;
  },
): Record<string, unknown> {
  const files = (kind: FileGrant['kind']) =>
    spec.files
      .filter((grant) => grant.kind === kind)
      .map(({ source, target, uid, gid, mode }) => ({
        source: more.keyOf({ kind, source }),
        target,
        uid,
        gid,
        mode,
      }));
  const { command, entrypoint } = spec;
  return {
    image,
    // An empty one takes out that of the image.
    ...(command === undefined ? {} : { command }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...surroundingsOf(spec, more, files),
  };
}

function surroundingsOf(
  spec: ServiceSpec,
  more: Parameters<typeof exportService>[1],
  files: (kind: FileGrant['kind']) => unknown,
): Record<string, unknown> {
  return without({
    environment: more.environment,
    user: spec.user,
    working_dir: spec.workingDir,
    hostname: spec.hostname,
    init: spec.init ? undefined : 'false',
    read_only: spec.readOnly,
    tty: spec.tty,
    stdin_open: spec.stdinOpen,
    stop_signal: spec.stop.signal,
    stop_grace_period: spanOf(spec.stop.graceMs),
    cap_add: spec.capAdd,
    cap_drop: spec.capDrop.filter((name) => !withheldCapabilities.includes(name)),
    security_opt: securityOf(spec),
    sysctls: spec.sysctls,
    group_add: spec.groups,
    oom_score_adj: spec.oomScoreAdj,
    ulimits: Object.fromEntries(spec.ulimits.map(({ name, soft, hard }) => [name, { soft, hard }])),
    dns: spec.dns.servers,
    dns_search: spec.dns.search,
    dns_opt: spec.dns.options,
    extra_hosts: spec.extraHosts,
    ...networksOf(spec),
    ...portsOf(spec),
    volumes: spec.mounts.map(mountOf),
    configs: files('config'),
    secrets: files('secret'),
    healthcheck: healthcheckOf(spec.healthcheck),
    depends_on: Object.fromEntries(
      spec.dependsOn.map(({ service, condition, required, restart }) => [
        service,
        { condition: conditions[condition], required, ...(restart ? { restart } : {}) },
      ]),
    ),
    logging: { driver: spec.logging.driver, options: spec.logging.options },
    labels: spec.labels,
    ...kernelOf(spec.resources),
    deploy: deployOf(spec),
    'x-berth': more.extension,
  });
}

const conditions = {
  started: 'service_started',
  healthy: 'service_healthy',
  completed: 'service_completed_successfully',
} as const;

/** Where a project has the seccomp profile of a service. */
export const profilePath = (service: string): string => `files/seccomp/${service}.json`;

function securityOf({ name, noNewPrivileges, seccomp, appArmor, seLinux }: ServiceSpec): string[] {
  const { disabled, ...labels } = seLinux ?? {};
  return [
    ...(noNewPrivileges ? ['no-new-privileges:true'] : []),
    ...(seccomp === undefined
      ? []
      : [`seccomp:${seccomp.kind === 'unconfined' ? 'unconfined' : `./${profilePath(name)}`}`]),
    ...(appArmor === undefined ? [] : ['apparmor=unconfined']),
    ...(disabled === true ? ['label:disable'] : []),
    ...Object.entries(labels).map(([part, text]) => `label:${part}:${text}`),
  ];
}

function networksOf(spec: ServiceSpec): Record<string, unknown> {
  const { networks, hostNetwork } = spec;
  if (hostNetwork === true) return { network_mode: 'host' };
  if (hasNoNetwork(spec)) return { network_mode: 'none' };
  if (networks.length === 1 && networks[0]?.network === 'default' && networks[0].aliases.length === 0)
    return {};
  return {
    networks: Object.fromEntries(
      networks.map(({ network, aliases }) => [network, aliases.length === 0 ? null : { aliases }]),
    ),
  };
}

/** One that is routed is published at any port: what routes it is not Compose’s. */
function portsOf({ port, ports, hostNetwork, allowFrom }: ServiceSpec): Record<string, unknown> {
  if (hostNetwork === true) return { expose: ports.map(({ target, protocol }) => `${target}/${protocol}`) };
  return {
    ports: [
      ...(port === undefined ? [] : [{ target: port }]),
      ...ports.map(({ target, published, protocol, address }) => ({
        target,
        published: String(published),
        protocol,
        ...(address === undefined || (allowFrom !== undefined && address === '0.0.0.0')
          ? {}
          : { host_ip: address }),
      })),
    ],
  };
}

function mountOf(mount: Mount): Record<string, unknown> {
  if (mount.kind === 'tmpfs')
    return {
      type: 'tmpfs',
      target: mount.target,
      tmpfs: without({ size: mount.sizeBytes, mode: mount.mode }),
    };
  return {
    type: mount.kind,
    source: mount.source,
    target: mount.target,
    ...(mount.readOnly ? { read_only: true } : {}),
    ...(mount.kind === 'volume'
      ? { volume: without({ nocopy: mount.copy === false, subpath: mount.subpath }) }
      : {}),
  };
}

function healthcheckOf(check: ServiceSpec['healthcheck']): Record<string, unknown> | undefined {
  if (check === undefined) return undefined;
  if ('disabled' in check) return { disable: true };
  return without({
    test: check.test,
    interval: spanOf(check.intervalMs),
    timeout: spanOf(check.timeoutMs),
    retries: check.retries,
    start_period: spanOf(check.startPeriodMs),
    start_interval: spanOf(check.startIntervalMs),
  });
}

const kernelOf = (resources: Resources): Record<string, unknown> => ({
  cpu_shares: resources.cpuWeight,
  cpuset: resources.cpuset,
  memswap_limit: resources.memorySwapBytesMax,
  blkio_config: without({ weight: resources.blockIoWeight }),
});

function deployOf(spec: ServiceSpec): Record<string, unknown> {
  const { mode, replicas, resources, restart, placement } = spec;
  const modes = {
    replicated: undefined,
    global: 'global',
    job: 'replicated-job',
    'global-job': 'global-job',
  };
  return without({
    mode: modes[mode],
    replicas: mode === 'global' || mode === 'global-job' ? undefined : replicas,
    resources: {
      limits: without({
        memory: String(resources.memoryBytesMax),
        cpus: textOf(resources.cpusMax),
        pids: resources.pidsMax,
      }),
      reservations: without({
        memory: textOf(resources.memoryBytesReserved),
        cpus: textOf(resources.cpusReserved),
      }),
    },
    restart_policy: without({
      condition: restart.condition,
      delay: restart.keepsDelay === true ? spanOf(restart.delayMs) : undefined,
      max_attempts: restart.attemptsMax,
      window: spanOf(restart.windowMs),
    }),
    placement: without({
      constraints: placement.constraints,
      preferences: placement.spread.map((spread) => ({ spread })),
      max_replicas_per_node: placement.replicasPerNodeMax,
    }),
    labels: spec.serviceLabels,
  });
}

const textOf = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);
