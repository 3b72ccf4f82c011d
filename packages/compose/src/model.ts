import {
  bytes,
  deviceCount,
  duration,
  type Field,
  flag,
  float32,
  integer,
  listOf,
  mapOf,
  optional,
  processors,
  type Struct,
  struct,
  type Type,
  text,
  unsigned,
  unsignedOf,
} from './model-types.ts';
import {
  command,
  driverOptions,
  healthTest,
  hosts,
  labels,
  mapping,
  portList,
  sshKeys,
  textList,
  ulimit,
  variables,
} from './model-values.ts';

/*
 * Compose's model, type by type, in the order Compose prints it (types.go of compose-go 2.4.8, Apache-2.0).
 */

const always = (type: Type): Field => ({ type, always: 'both' });
const inJson = (type: Type): Field => ({ type, always: 'json' });

const resource = struct({
  cpus: processors,
  memory: bytes,
  pids: integer,
  devices: listOf(
    struct({
      capabilities: listOf(text),
      driver: text,
      count: deviceCount,
      device_ids: listOf(text),
      options: mapping,
    }),
  ),
  generic_resources: listOf(
    struct({ discrete_resource_spec: optional(struct({ kind: always(text), value: always(integer) })) }),
  ),
});

const updateConfig = struct({
  parallelism: optional(unsigned),
  delay: duration,
  failure_action: text,
  monitor: duration,
  max_failure_ratio: float32,
  order: text,
});

const deploy = struct({
  mode: text,
  replicas: optional(integer),
  labels,
  update_config: optional(updateConfig),
  rollback_config: optional(updateConfig),
  resources: struct({ limits: optional(resource), reservations: optional(resource) }),
  restart_policy: optional(
    struct({
      condition: text,
      delay: optional(duration),
      max_attempts: optional(unsigned),
      window: optional(duration),
    }),
  ),
  placement: struct({
    constraints: listOf(text),
    preferences: listOf(struct({ spread: text })),
    max_replicas_per_node: unsigned,
  }),
  endpoint_mode: text,
});

const fileReference = struct({
  source: text,
  target: text,
  uid: text,
  gid: text,
  mode: optional(unsignedOf(32)),
});

/** In JSON Compose prints one that is required as its path. */
const envFileStruct = struct({ path: text, required: always(flag), format: text });
const envFile: Type = {
  ...envFileStruct,
  json: (value) => {
    const { path, required } = (value as Struct).fields;
    return required === true ? (path as string) : (envFileStruct.json ?? envFileStruct.yaml)(value);
  },
};

const build = struct({
  context: text,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: listOf(text),
  args: variables,
  ssh: sshKeys,
  labels,
  cache_from: textList,
  cache_to: textList,
  no_cache: flag,
  additional_contexts: mapping,
  pull: flag,
  extra_hosts: hosts,
  isolation: text,
  network: text,
  target: text,
  secrets: listOf(fileReference),
  shm_size: bytes,
  tags: textList,
  ulimits: mapOf(ulimit),
  platforms: textList,
  privileged: flag,
});

const hook = struct({
  command: inJson(command),
  user: text,
  privileged: flag,
  working_dir: text,
  environment: variables,
});

const blkioLimits = listOf(
  struct({
    path: { type: text, always: 'both', jsonKey: 'Path' },
    rate: { type: bytes, always: 'both', jsonKey: 'Rate' },
  }),
);

const blkio = struct({
  weight: unsignedOf(16),
  weight_device: listOf(
    struct({
      path: { type: text, always: 'both', jsonKey: 'Path' },
      weight: { type: unsignedOf(16), always: 'both', jsonKey: 'Weight' },
    }),
  ),
  device_read_bps: blkioLimits,
  device_read_iops: blkioLimits,
  device_write_bps: blkioLimits,
  device_write_iops: blkioLimits,
});

const serviceVolume = struct({
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: optional(struct({ selinux: text, propagation: text, create_host_path: flag, recursive: text })),
  volume: optional(struct({ nocopy: flag, subpath: text })),
  tmpfs: optional(struct({ size: bytes, mode: unsignedOf(32) })),
});

export const service = struct({
  profiles: listOf(text),
  annotations: mapping,
  attach: optional(flag),
  build: optional(build),
  develop: optional(
    struct({
      watch: listOf(
        struct({
          path: always(text),
          action: always(text),
          target: text,
          exec: hook,
          ignore: listOf(text),
        }),
      ),
    }),
  ),
  blkio_config: optional(blkio),
  cap_add: listOf(text),
  cap_drop: listOf(text),
  cgroup_parent: text,
  cgroup: text,
  cpu_count: integer,
  cpu_percent: float32,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpus: float32,
  cpuset: text,
  cpu_shares: integer,
  command: inJson(command),
  configs: listOf(fileReference),
  container_name: text,
  credential_spec: optional(struct({ config: text, file: text, registry: text })),
  depends_on: mapOf(struct({ condition: text, restart: flag, required: always(flag) })),
  deploy: optional(deploy),
  device_cgroup_rules: listOf(text),
  devices: listOf(struct({ source: text, target: text, permissions: text })),
  dns: textList,
  dns_opt: listOf(text),
  dns_search: textList,
  domainname: text,
  entrypoint: inJson(command),
  environment: variables,
  env_file: listOf(envFile),
  expose: portList,
  external_links: listOf(text),
  extra_hosts: hosts,
  group_add: listOf(text),
  gpus: listOf(
    struct({
      capabilities: listOf(text),
      driver: text,
      count: deviceCount,
      device_ids: listOf(text),
      options: mapping,
    }),
  ),
  hostname: text,
  healthcheck: optional(
    struct({
      test: healthTest,
      timeout: optional(duration),
      interval: optional(duration),
      retries: optional(unsigned),
      start_period: optional(duration),
      start_interval: optional(duration),
      disable: flag,
    }),
  ),
  image: text,
  init: optional(flag),
  ipc: text,
  isolation: text,
  labels,
  label_file: listOf(text),
  links: listOf(text),
  logging: optional(struct({ driver: text, options: driverOptions })),
  mem_limit: bytes,
  mem_reservation: bytes,
  memswap_limit: bytes,
  mem_swappiness: bytes,
  mac_address: text,
  network_mode: text,
  // Without `gw_priority`: Compose reads it and loses it when it copies its model.
  networks: mapOf(
    optional(
      struct({
        priority: integer,
        aliases: listOf(text),
        ipv4_address: text,
        ipv6_address: text,
        link_local_ips: listOf(text),
        mac_address: text,
        driver_opts: driverOptions,
      }),
    ),
  ),
  oom_kill_disable: flag,
  oom_score_adj: integer,
  pid: text,
  pids_limit: integer,
  platform: text,
  ports: listOf(
    struct({
      name: text,
      mode: text,
      host_ip: text,
      target: unsignedOf(32),
      published: text,
      protocol: text,
      app_protocol: text,
    }),
  ),
  privileged: flag,
  pull_policy: text,
  read_only: flag,
  restart: text,
  runtime: text,
  scale: optional(integer),
  secrets: listOf(fileReference),
  security_opt: listOf(text),
  shm_size: bytes,
  stdin_open: flag,
  stop_grace_period: optional(duration),
  stop_signal: text,
  storage_opt: mapOf(text),
  sysctls: mapping,
  tmpfs: textList,
  tty: flag,
  ulimits: mapOf(ulimit),
  user: text,
  userns_mode: text,
  uts: text,
  volumes: listOf(serviceVolume),
  volumes_from: listOf(text),
  working_dir: text,
  post_start: listOf(hook),
  pre_stop: listOf(hook),
});

export const network = struct({
  name: text,
  driver: text,
  driver_opts: driverOptions,
  ipam: struct({
    driver: text,
    config: listOf(
      optional(
        struct(
          { subnet: text, gateway: text, ip_range: text, aux_addresses: mapping },
          { dropsExtensions: true },
        ),
      ),
    ),
  }),
  external: flag,
  internal: flag,
  attachable: flag,
  labels,
  enable_ipv4: optional(flag),
  enable_ipv6: optional(flag),
});

export const volume = struct({
  name: text,
  driver: text,
  driver_opts: driverOptions,
  external: flag,
  labels,
});

const fileObject = {
  name: text,
  file: text,
  environment: text,
  content: text,
  external: flag,
  labels,
  driver: text,
  driver_opts: mapOf(text),
  template_driver: text,
};

/** The content of a secret is never printed. */
export const secret = struct(fileObject, { adjust: (fields) => ({ ...fields, content: '' }) });

/** The content of a config that comes from a variable is printed as the name of the variable. */
export const config = struct(fileObject, {
  adjust: (fields) => (fields.environment === '' ? fields : { ...fields, content: '' }),
});

export const topLevel = {
  services: mapOf(service),
  networks: mapOf(network),
  volumes: mapOf(volume),
  secrets: mapOf(secret),
  configs: mapOf(config),
} as const;
