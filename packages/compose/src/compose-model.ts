/**
 * The normalised project as data: key for key what `docker compose config` prints. Durations and sizes are
 * strings as Compose prints them (`1m30s`, `"536870912"`).
 */
export interface ComposeModel {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes?: Readonly<Record<string, ComposeVolume>>;
  readonly secrets?: Readonly<Record<string, ComposeFileObject>>;
  readonly configs?: Readonly<Record<string, ComposeFileObject>>;
  readonly [extension: `x-${string}`]: unknown;
}

type Strings = Readonly<Record<string, string>>;

export interface ComposeService {
  readonly annotations?: Strings;
  readonly attach?: boolean;
  readonly build?: ComposeBuild;
  readonly develop?: { readonly watch?: readonly ComposeWatch[] };
  readonly blkio_config?: unknown;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cgroup_parent?: string;
  readonly cgroup?: string;
  readonly command?: readonly string[];
  readonly configs?: readonly ComposeFileReference[];
  readonly container_name?: string;
  readonly cpus?: number;
  readonly cpu_shares?: number;
  readonly cpuset?: string;
  readonly depends_on?: Readonly<
    Record<string, { readonly condition?: string; readonly restart?: boolean; readonly required: boolean }>
  >;
  readonly deploy?: ComposeDeploy;
  readonly devices?: readonly unknown[];
  readonly dns?: readonly string[];
  readonly dns_opt?: readonly string[];
  readonly dns_search?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly expose?: readonly string[];
  readonly extra_hosts?: readonly string[];
  readonly healthcheck?: ComposeHealthcheck;
  readonly hostname?: string;
  readonly image?: string;
  readonly init?: boolean;
  readonly labels?: Strings;
  readonly links?: readonly string[];
  readonly logging?: { readonly driver?: string; readonly options?: Strings };
  readonly mem_limit?: string;
  readonly mem_reservation?: string;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, ComposeServiceNetwork | null>>;
  readonly pids_limit?: number;
  readonly platform?: string;
  readonly ports?: readonly ComposePort[];
  readonly privileged?: boolean;
  readonly profiles?: readonly string[];
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly scale?: number;
  readonly shm_size?: string;
  readonly secrets?: readonly ComposeFileReference[];
  readonly stop_grace_period?: string;
  readonly stop_signal?: string;
  readonly tmpfs?: readonly string[];
  readonly ulimits?: Readonly<Record<string, number | { readonly soft: number; readonly hard: number }>>;
  readonly user?: string;
  readonly volumes?: readonly ComposeMount[];
  readonly working_dir?: string;
  readonly [key: string]: unknown;
}

export interface ComposeBuild {
  readonly context?: string;
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly target?: string;
  readonly additional_contexts?: Strings;
  readonly platforms?: readonly string[];
  readonly secrets?: readonly ComposeFileReference[];
  readonly [key: string]: unknown;
}

export interface ComposeWatch {
  readonly path: string;
  readonly action: string;
  readonly target?: string;
}

export interface ComposeDeploy {
  readonly mode?: string;
  readonly replicas?: number;
  readonly labels?: Strings;
  readonly update_config?: Readonly<Record<string, unknown>>;
  readonly rollback_config?: Readonly<Record<string, unknown>>;
  readonly resources?: {
    readonly limits?: ComposeResources;
    readonly reservations?: ComposeResources;
  };
  readonly restart_policy?: {
    readonly condition?: string;
    readonly delay?: string;
    readonly max_attempts?: number;
    readonly window?: string;
  };
  readonly placement?: Readonly<Record<string, unknown>>;
  readonly endpoint_mode?: string;
}

export interface ComposeResources {
  readonly cpus?: number;
  readonly memory?: string;
  readonly pids?: number;
  readonly devices?: readonly unknown[];
  readonly generic_resources?: readonly unknown[];
}

export interface ComposeHealthcheck {
  readonly test?: readonly string[];
  readonly timeout?: string;
  readonly interval?: string;
  readonly retries?: number;
  readonly start_period?: string;
  readonly start_interval?: string;
  readonly disable?: boolean;
}

export interface ComposePort {
  readonly name?: string;
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target?: number;
  readonly published?: string;
  readonly protocol?: string;
  readonly app_protocol?: string;
}

export interface ComposeMount {
  readonly type: string;
  readonly source?: string;
  readonly target?: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: Readonly<Record<string, unknown>>;
  readonly volume?: { readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: string; readonly mode?: number };
}

export interface ComposeFileReference {
  readonly source?: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
}

export interface ComposeServiceNetwork {
  readonly priority?: number;
  readonly aliases?: readonly string[];
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly mac_address?: string;
  readonly [key: string]: unknown;
}

export interface ComposeNetwork {
  readonly name: string;
  readonly driver?: string;
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: Strings;
  readonly driver_opts?: Strings;
  readonly ipam?: {
    readonly driver?: string;
    readonly config?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
}

export interface ComposeVolume {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Strings;
  readonly external?: boolean;
  readonly labels?: Strings;
  readonly 'x-berth'?: unknown;
}

export interface ComposeFileObject {
  readonly name: string;
  readonly file?: string;
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Strings;
  readonly driver?: string;
  readonly template_driver?: string;
}
