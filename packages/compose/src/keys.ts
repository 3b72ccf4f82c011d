import { keysOfSpecification } from './spec-keys.ts';
import { extensionKeys } from './x-berth-keys.ts';

/** What Berth does with a key of the Compose Specification. */
export type Treatment =
  | { readonly kind: 'honoured' }
  /** Has the effect it is written for, by other means: `how`. */
  | { readonly kind: 'differently'; readonly how: string }
  /** A manifest that has it is refused: `why`, and what to write instead. */
  | { readonly kind: 'refused'; readonly why: string; readonly instead: string };

const honoured: Treatment = { kind: 'honoured' };
const differently = (how: string): Treatment => ({ kind: 'differently', how });
const refused = (why: string, instead: string): Treatment => ({ kind: 'refused', why, instead });

const namespaces = refused(
  'tasks do not share namespaces with the host or with each other',
  'let the services talk over the app’s network',
);
const byAgent = 'set on the container by the agent of its node when a task starts';
const realtime = refused(
  'the engine cannot set real-time time on a task',
  'give it more weight with `cpu_shares`',
);
const perDevice = refused(
  'tasks run on any node, whose devices have other names',
  'use `blkio_config.weight`',
);
const wayOut = differently('the way out is Swarm’s own: it changes nothing, and is told');
const windows = refused('it exists on Windows only', 'remove it');
const buildOption = refused('builds run with Berth’s own settings', 'say it in the Dockerfile, or remove it');
const notYet = (instead: string): Treatment => refused('Berth does not do it yet', instead);

const keptByBerth = refused(
  'Berth keeps its content itself',
  'use `file`, `environment` or `external: true`',
);

/**
 * Each key of the specification and its treatment. The translator refuses by this table and
 * `docs/compose-keys.md` is generated from it, so that neither can say what the other does not.
 */
export const treatment: Readonly<Record<string, Treatment>> = {
  version: differently('ignored, as Compose does'),
  name: differently('the app’s own name is used'),
  include: honoured,
  services: honoured,
  networks: differently('each is an overlay of the app’s own'),
  'networks.attachable': differently('always: one-offs and the edge join'),
  'networks.driver': differently('`overlay` and `bridge` are an overlay; every other driver is refused'),
  'networks.driver_opts': differently(
    '`encrypted` and `com.docker.network.driver.mtu`; those of a bridge change nothing, others are refused',
  ),
  'networks.enable_ipv4': differently('always; `false` is refused'),
  'networks.enable_ipv6': refused(
    'the engine’s overlay networks are IPv4',
    'remove it: the edge takes IPv6 requests all the same',
  ),
  'networks.external': differently('one made with `berth networks create`'),
  'networks.internal': honoured,
  'networks.ipam': differently('one subnet; without it Berth chooses one that nothing has'),
  'networks.ipam.config.aux_addresses': refused(
    'Swarm chooses the addresses of tasks',
    'keep tasks away from addresses with `ip_range`',
  ),
  'networks.ipam.config.gateway': honoured,
  'networks.ipam.config.ip_range': honoured,
  'networks.ipam.config.subnet': honoured,
  'networks.ipam.driver': differently('`default`; every other driver is refused'),
  'networks.ipam.options': differently('ignored, as Compose does'),
  'networks.labels': honoured,
  'networks.name': differently('the name of an external one; others are named by app and key'),
  volumes: differently(
    'objects of Berth’s own that no release, removal of an app or prune takes away; `x-berth: {size: 2G}` limits one',
  ),
  'volumes.driver': differently('`local`; every other driver is refused'),
  'volumes.driver_opts': refused(
    'the engine would mount whatever they say as root, any directory of the host included',
    'use `tmpfs` for memory, `x-berth: {size: 2G}` for a limit',
  ),
  'volumes.external': differently(
    'a volume made by `berth volume create`, or of another app; it is never made, changed or removed with the app',
  ),
  'volumes.labels': honoured,
  'volumes.name': differently('its name for every app; without it, a volume is named `<app>_<key>`'),
  configs: differently(
    'kept sealed with the release and mounted from memory; an external one is kept by `berth config-file`',
  ),
  secrets: differently(
    'kept sealed with the release and mounted from memory; an external one is kept by `berth secret`',
  ),
  'configs.labels': honoured,
  'configs.template_driver': keptByBerth,
  'secrets.driver': keptByBerth,
  'secrets.driver_opts': keptByBerth,
  'secrets.labels': honoured,
  'secrets.template_driver': keptByBerth,

  'services.annotations': refused('Swarm has no field for it', 'use `labels`'),
  'services.attach': differently('only matters to `docker compose up`; `berth logs` shows every service'),
  'services.blkio_config.device_read_bps': perDevice,
  'services.blkio_config.device_read_iops': perDevice,
  'services.blkio_config.device_write_bps': perDevice,
  'services.blkio_config.device_write_iops': perDevice,
  'services.blkio_config.weight_device': perDevice,
  'services.blkio_config': differently('`weight` is set by the agent of its node when a task starts'),
  'services.build': honoured,
  'services.build.additional_contexts': buildOption,
  'services.build.args': honoured,
  'services.build.cache_from': differently('Berth keeps a build cache of its own'),
  'services.build.cache_to': differently('Berth keeps a build cache of its own'),
  'services.build.context': honoured,
  'services.build.dockerfile': honoured,
  'services.build.dockerfile_inline': honoured,
  'services.build.entitlements': buildOption,
  'services.build.extra_hosts': honoured,
  'services.build.isolation': windows,
  'services.build.labels': honoured,
  'services.build.network': differently('`default` and `none`; other networks are refused'),
  'services.build.no_cache': honoured,
  'services.build.platforms': differently('built for the platform of the node alone'),
  'services.build.privileged': refused('builds run without privileges', 'remove it'),
  'services.build.pull': differently('base images are pinned by digest'),
  'services.build.secrets': notYet('fetch what needs the secret before the build'),
  'services.build.shm_size': buildOption,
  'services.build.ssh': notYet('fetch what needs the key before the build'),
  'services.build.tags': differently('Berth names images by release and digest'),
  'services.build.target': honoured,
  'services.build.ulimits': buildOption,
  'services.cap_add': differently(
    'those that stay inside the container; others where an admin grants them (`berth grants`), each named with its risk',
  ),
  'services.cap_drop': differently(
    '`AUDIT_WRITE`, `MKNOD` and `NET_RAW` are dropped as well, unless `cap_add` has them',
  ),
  'services.cgroup': namespaces,
  'services.cgroup_parent': refused('Swarm has no field for it', 'limit with `deploy.resources`'),
  'services.command': honoured,
  'services.configs': honoured,
  'services.container_name': differently(
    'a name of the service in its networks; the containers themselves are named by app, service, release and task',
  ),
  'services.cpu_count': windows,
  'services.cpu_percent': windows,
  'services.cpu_period': differently(
    'quota and period become a number of CPUs, as `deploy.resources.limits.cpus`',
  ),
  'services.cpu_quota': differently(
    'quota and period become a number of CPUs, as `deploy.resources.limits.cpus`',
  ),
  'services.cpu_rt_period': realtime,
  'services.cpu_rt_runtime': realtime,
  'services.cpu_shares': differently(byAgent),
  'services.cpus': differently('as `deploy.resources.limits.cpus`'),
  'services.cpuset': differently(byAgent),
  'services.credential_spec': windows,
  'services.depends_on': differently(
    'orders the start of what a release changes, and in reverse the stop; traffic still moves to all of it at once. `service_healthy` of a routed service is as the edge sees it',
  ),
  'services.deploy': honoured,
  'services.deploy.endpoint_mode': differently('always `dnsrr`, so that a stopping task gets no requests'),
  'services.deploy.labels': honoured,
  'services.deploy.mode': honoured,
  'services.deploy.placement': honoured,
  'services.deploy.replicas': honoured,
  'services.deploy.resources': honoured,
  'services.deploy.resources.limits': honoured,
  'services.deploy.resources.reservations.cpus': honoured,
  'services.deploy.resources.reservations.devices': refused('Swarm has no field for it', 'remove it'),
  'services.deploy.resources.reservations.generic_resources': notYet('remove it'),
  'services.deploy.resources.reservations.memory': honoured,
  'services.deploy.restart_policy': honoured,
  'services.deploy.restart_policy.delay': differently(
    'kept as it is; without one the delay is 2 s, and grows to 5 min while every task of the service keeps ending soon after its start',
  ),
  'services.deploy.rollback_config': differently(
    'a failed release never gets traffic; `berth rollback` brings back a whole release at once',
  ),
  'services.deploy.update_config': differently(
    'new tasks start beside the old, are proven healthy at the edge, and take the traffic at once',
  ),
  'services.develop': differently('only matters to `docker compose watch`'),
  'services.device_cgroup_rules': refused('tasks get no devices of the host', 'remove it'),
  'services.devices': refused('tasks get no devices of the host', 'remove it'),
  'services.dns': honoured,
  'services.dns_opt': honoured,
  'services.dns_search': honoured,
  'services.domainname': differently(
    'the end of `hostname`, which is the service’s name if it has none; `hostname` alone leads to it as well',
  ),
  'services.entrypoint': differently('an empty one takes away the image’s, and needs a `command`'),
  'services.env_file': honoured,
  'services.environment': honoured,
  'services.expose': differently(
    'told to the edge, and to `x-berth.bindings`; in its networks every port is open',
  ),
  'services.extends': honoured,
  'services.external_links': refused(
    'a service cannot name containers of other projects',
    'link to the service of the other app: `x-berth: {links: [{app, service, as}]}`',
  ),
  'services.extra_hosts': differently('several addresses of one name are sorted, as `config` prints them'),
  'services.gpus': refused('tasks get no devices of the host', 'remove it'),
  'services.group_add': honoured,
  'services.healthcheck': honoured,
  'services.healthcheck.start_interval': differently('on engines that have it (API 1.44)'),
  'services.hostname': honoured,
  'services.image': honoured,
  'services.init': differently('on unless `init: false` is written'),
  'services.ipc': namespaces,
  'services.isolation': refused('it exists on Windows only', 'remove it; `default` is fine'),
  'services.label_file': honoured,
  'services.labels': honoured,
  'services.links': differently(
    'the alias of a link is a name of the service in the networks both are in, for all services there',
  ),
  'services.logging': differently(
    'where it names no size, `json-file` keeps three files of 10 MB; `berth logs` reads what `json-file` and `local` keep',
  ),
  'services.mac_address': refused('Swarm has no field for it', 'remove it'),
  'services.mem_limit': differently('as `deploy.resources.limits.memory`; 512 MiB where nothing is said'),
  'services.mem_reservation': differently('as `deploy.resources.reservations.memory`'),
  'services.mem_swappiness': refused(
    'the engine cannot set it on a task',
    'set `memswap_limit` to what `mem_limit` is: then nothing is swapped',
  ),
  'services.memswap_limit': differently(byAgent),
  'services.network_mode': differently(
    'with `none` the agent of its node takes a task out of every network when it starts, so that it has loopback alone, a moment later; `bridge` is the app’s own network; `host` needs a grant, and its `ports` and `expose` are kept for it on the node; `service:` and `container:` are refused: a task has a network of its own',
  ),
  'services.networks': differently(
    'the service joins exactly these, under its name, its aliases and `<service>.<app>`',
  ),
  'services.networks.aliases': honoured,
  'services.networks.driver_opts': refused('Swarm has no field for it', 'set options on the network'),
  'services.networks.gw_priority': wayOut,
  'services.networks.ipv4_address': refused(
    'Swarm chooses the addresses of tasks',
    'use the name of the service, which follows them',
  ),
  'services.networks.ipv6_address': refused('app networks are IPv4', 'use the name of the service'),
  'services.networks.link_local_ips': refused(
    'Swarm chooses the addresses of tasks',
    'use the name of the service',
  ),
  'services.networks.mac_address': refused('Swarm has no field for it', 'remove it'),
  'services.networks.priority': wayOut,
  'services.oom_kill_disable': refused('Swarm has no field for it', 'raise the memory limit'),
  'services.oom_score_adj': differently('from 0 to 1000, on engines that have it for services (API 1.46)'),
  'services.pid': namespaces,
  'services.pids_limit': differently('as `deploy.resources.limits.pids`; 512 where nothing is said'),
  'services.platform': differently('tasks go only to nodes of that platform'),
  'services.ports': differently(
    'HTTP is routed through the edge; other TCP and UDP ports are published on the node of the task, after a look at who has them; one bound to an address (`127.0.0.1:…`) is opened there by the agent and nowhere else, HTTP, too',
  ),
  'services.post_start': notYet('do it in the entrypoint, or as a release command in `x-berth.hooks`'),
  'services.pre_stop': notYet('handle the stop signal in the process'),
  'services.privileged': refused(
    'a task never gets the host’s privileges',
    'name what it needs with `cap_add`',
  ),
  'services.profiles': honoured,
  'services.pull_policy': differently('images are pinned by digest when a release is made'),
  'services.read_only': honoured,
  'services.restart': differently(
    '`always` and `unless-stopped`: whenever a task ends; `on-failure`: when it ended with another code than 0; `no`: never. After 2 s, and ever later, up to 5 min, while every task keeps ending soon after its start; on any node that fits; without the key `always`',
  ),
  'services.runtime': refused('Swarm has no field for it', 'remove it'),
  'services.scale': differently('as `deploy.replicas`'),
  'services.secrets': honoured,
  'services.security_opt': differently(
    '`no-new-privileges`, `seccomp` and `apparmor`, on engines that have them for services (API 1.44), and the `label` of SELinux; what is wider than the engine’s own profile needs a grant',
  ),
  'services.shm_size': differently('a tmpfs of that size at /dev/shm'),
  'services.stdin_open': honoured,
  'services.stop_grace_period': differently(
    '30 s where nothing is said, as the edge drains a task that stops',
  ),
  'services.stop_signal': honoured,
  'services.storage_opt': refused('Swarm has no field for it', 'put data on a volume'),
  'services.sysctls': differently(
    'those a container has of its own: `net.*`, `fs.mqueue.*`, shared memory and messages; others are refused',
  ),
  'services.tmpfs': differently('`size`, `mode` and `ro`; other options are refused'),
  'services.tty': honoured,
  'services.ulimits': honoured,
  'services.user': honoured,
  'services.userns_mode': namespaces,
  'services.uts': namespaces,
  'services.volumes': differently(
    'named volumes, tmpfs, and files of the source, which are shipped with the release; a directory of the node needs a grant, an anonymous volume is named after its path',
  ),
  'services.volumes.bind': differently('of a directory of the node; files of the source are copies'),
  'services.volumes.bind.create_host_path': differently(
    'a directory of the node is never made: a task without it does not start, and says so',
  ),
  'services.volumes.bind.propagation': differently(
    '`rprivate`; of a directory of the node others are refused',
  ),
  'services.volumes.bind.recursive': differently('`enabled`; of a directory of the node others are refused'),
  'services.volumes.bind.selinux': differently(
    'not needed by files of the source; of a directory of the node it changes nothing, and is told',
  ),
  'services.volumes.consistency': differently('ignored, as the engine does on Linux'),
  'services.volumes.read_only': honoured,
  'services.volumes.source': honoured,
  'services.volumes.target': honoured,
  'services.volumes.tmpfs': honoured,
  'services.volumes.type': differently('`volume`, `bind` and `tmpfs`; others are refused'),
  'services.volumes.volume.nocopy': honoured,
  'services.volumes.volume.subpath': differently('on engines that have it (API 1.45)'),
  'services.volumes_from': differently(
    'the same volumes and files of a service of the app, on one node; those of another container are refused, and volumes only its image declares',
  ),
  'services.working_dir': honoured,
};

/** The treatment of a service's key, `build.args` included. */
export function treatmentOf(key: string): Treatment | undefined {
  return treatment[`services.${key}`];
}

const words = { honoured: 'honoured', differently: 'honoured differently', refused: 'refused' } as const;

/** The row a key of the specification comes under: its own, else that of the key it is in. */
export function rowOf(key: string): string | undefined {
  if (Object.hasOwn(treatment, key)) return key;
  const above = key.lastIndexOf('.');
  return above < 0 ? undefined : rowOf(key.slice(0, above));
}

/** `docs/compose-keys.md` */
export function renderComposeKeys(): string {
  const rows = keysOfSpecification().map((key) => {
    const row = rowOf(key) ?? key;
    const how = treatment[row];
    if (how === undefined) throw new Error(`${key} has no treatment`);
    const own =
      how.kind === 'differently' ? how.how : how.kind === 'refused' ? `${how.why}: ${how.instead}` : '';
    return `| \`${key}\` | ${words[how.kind]} | ${row === key ? own : `as \`${row}\``} |`;
  });
  const lines = [
    '# What Berth does with each key of the Compose Specification',
    '',
    'Generated by `npm run docs` from `packages/compose/src/keys.ts` and the official schema. Every key is parsed',
    'with the meaning of Docker Compose v2; this table says what a deployment makes of it. A manifest with a',
    'refused key is refused by name, with the line. `berth config` prints the normalised file.',
    '',
    '| key | treatment | how, or why and what instead |',
    '|---|---|---|',
    ...rows,
    '',
    '## Keys of Berth’s own',
    '',
    '`x-berth` at the top of the file, in a service and in a volume. A key it does not know is refused.',
    '',
    '| key | what it says |',
    '|---|---|',
    ...Object.entries(extensionKeys).map(([key, text]) => `| \`${key}\` | ${text.replaceAll('|', '\\|')} |`),
  ];
  return `${lines.join('\n')}\n`;
}
