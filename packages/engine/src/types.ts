/** The parts of the Docker Engine API's objects that Berth reads or writes (v1.41), named as there. */

export interface EngineVersion {
  Version: string;
  ApiVersion: string;
  MinAPIVersion: string;
  Os: string;
  Arch: string;
  KernelVersion: string;
}
export interface EngineInfo {
  ID: string;
  Name: string;
  ServerVersion: string;
  Driver: string;
  DriverStatus: [string, string][] | null;
  LoggingDriver: string;
  CgroupDriver: string;
  CgroupVersion: string;
  KernelVersion: string;
  OperatingSystem: string;
  OSType: string;
  Architecture: string;
  NCPU: number;
  MemTotal: number;
  DockerRootDir: string;
  LiveRestoreEnabled: boolean;
  SecurityOptions: string[] | null;
  Swarm: {
    NodeID: string;
    NodeAddr: string;
    LocalNodeState: string;
    ControlAvailable: boolean;
    Error: string;
    Cluster?: { ID: string; DefaultAddrPool?: string[] | null; SubnetSize?: number };
  };
  Warnings: string[] | null;
}
export interface ContainerSummary {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  Created: number;
  State: string;
  Status: string;
  Labels: Record<string, string>;
  Ports: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[];
  HostConfig?: { NetworkMode?: string };
}
export interface ContainerInspect {
  Id: string;
  Name: string;
  Created: string;
  Image: string;
  RestartCount: number;
  State: {
    Status: string;
    Running: boolean;
    OOMKilled: boolean;
    ExitCode: number;
    Error: string;
    StartedAt: string;
    FinishedAt: string;
    Pid: number;
    Health?: { Status: string; Log: { ExitCode: number; Output: string }[] | null };
  };
  Config: {
    Image: string;
    Env: string[] | null;
    Labels: Record<string, string>;
    Tty: boolean;
    User: string;
    Cmd: string[] | null;
    Entrypoint: string[] | null;
    Hostname: string;
  };
  HostConfig: Record<string, unknown>;
  NetworkSettings: {
    Networks: Record<string, { NetworkID: string; IPAddress: string; Aliases: string[] | null }>;
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
  };
  Mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
}
/** Container create body; the API has more fields, all of them may be given. */
export interface ContainerCreate {
  Image: string;
  Cmd?: readonly string[];
  Entrypoint?: readonly string[];
  Env?: readonly string[];
  Labels?: Record<string, string>;
  User?: string;
  WorkingDir?: string;
  Hostname?: string;
  Tty?: boolean;
  OpenStdin?: boolean;
  StdinOnce?: boolean;
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  StopSignal?: string;
  Healthcheck?: { Test: readonly string[] };
  StopTimeout?: number;
  ExposedPorts?: Record<string, object>;
  HostConfig?: Record<string, unknown>;
  NetworkingConfig?: { EndpointsConfig: Record<string, { Aliases?: readonly string[] }> };
}
export interface ExecCreate {
  Cmd: readonly string[];
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  Tty?: boolean;
  Env?: readonly string[];
  User?: string;
  WorkingDir?: string;
}
export interface LogsOptions {
  follow?: boolean;
  tail?: number | 'all';
  since?: number;
  until?: number;
  timestamps?: boolean;
}
export interface ContainerStats {
  /** When the counters were read (RFC 3339). */
  read: string;
  cpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage?: number; online_cpus?: number };
  precpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage?: number };
  memory_stats: { usage?: number; limit?: number; stats?: Record<string, number> };
  pids_stats: { current?: number };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }>;
  blkio_stats?: { io_service_bytes_recursive?: { op: string; value: number }[] | null };
}
export interface ImageSummary {
  Id: string;
  RepoTags: string[] | null;
  RepoDigests: string[] | null;
  Created: number;
  Size: number;
  Labels: Record<string, string> | null;
}
export interface ImageInspect {
  Id: string;
  RepoTags: string[] | null;
  RepoDigests: string[] | null;
  Created: string;
  Size: number;
  Architecture: string;
  Os: string;
  Config: {
    User: string;
    Env: string[] | null;
    Cmd: string[] | null;
    Entrypoint: string[] | null;
    ExposedPorts?: Record<string, object>;
    Labels: Record<string, string> | null;
    WorkingDir: string;
    StopSignal?: string;
    Healthcheck?: { Test: string[] };
    Volumes?: Record<string, object> | null;
  };
  RootFS: { Layers: string[] };
  /** Of the container it was made from; newer engines do not say. */
  ContainerConfig?: { Cmd?: string[] | null } | null;
}
export interface ImageHistory {
  Id: string;
  /** Seconds. */
  Created?: number;
  CreatedBy: string;
  Size: number;
  Comment: string;
}
export interface Network {
  Name: string;
  Id: string;
  Driver: string;
  Scope: string;
  Attachable: boolean;
  Internal: boolean;
  Labels: Record<string, string> | null;
  IPAM: { Config: { Subnet?: string; Gateway?: string }[] | null };
  Options?: Record<string, string> | null;
  /** Of those on this node. In a list, null for a network as Swarm has it. */
  Containers?: Record<string, { Name: string; IPv4Address: string }> | null;
}
export interface NetworkCreate {
  Name: string;
  Driver: string;
  CheckDuplicate?: boolean;
  Attachable?: boolean;
  Internal?: boolean;
  Labels?: Record<string, string>;
  Options?: Record<string, string>;
  IPAM?: { Driver?: string; Config: { Subnet: string; Gateway?: string; IPRange?: string }[] };
}
export interface Volume {
  Name: string;
  Driver: string;
  Mountpoint: string;
  Labels: Record<string, string> | null;
  Options?: Record<string, string> | null;
  CreatedAt?: string;
}
export interface SwarmNode {
  ID: string;
  Spec: { Role: 'manager' | 'worker'; Availability: string; Labels: Record<string, string> };
  Description: {
    Hostname: string;
    Resources: { NanoCPUs: number; MemoryBytes: number };
    Engine: { EngineVersion: string };
  };
  Status: { State: string; Addr: string; Message?: string };
  ManagerStatus?: { Leader?: boolean; Reachability: string; Addr: string };
}
export interface ServiceSpec {
  Name: string;
  Labels: Record<string, string>;
  TaskTemplate: {
    ContainerSpec: {
      Image: string;
      Labels?: Record<string, string>;
      Command?: readonly string[];
      Args?: readonly string[];
      Hostname?: string;
      Env?: readonly string[];
      Dir?: string;
      User?: string;
      TTY?: boolean;
      ReadOnly?: boolean;
      StopSignal?: string;
      /** Nanoseconds, as all durations of the API. */
      StopGracePeriod?: number;
      Init?: boolean;
      Mounts?: readonly Record<string, unknown>[];
      /** As the engine spells it when it tells of a service; it takes `HealthCheck` as well. */
      Healthcheck?: {
        Test: readonly string[];
        Interval?: number;
        Timeout?: number;
        Retries?: number;
        StartPeriod?: number;
        /** API 1.44. */
        StartInterval?: number;
      };
      Hosts?: readonly string[];
      DNSConfig?: {
        Nameservers?: readonly string[];
        Search?: readonly string[];
        Options?: readonly string[];
      };
      CapabilityAdd?: readonly string[];
      CapabilityDrop?: readonly string[];
      Ulimits?: readonly { Name: string; Soft: number; Hard: number }[];
      Secrets?: readonly Record<string, unknown>[];
      Configs?: readonly Record<string, unknown>[];
      [more: string]: unknown;
    };
    Resources?: {
      Limits?: { NanoCPUs?: number; MemoryBytes?: number; Pids?: number };
      Reservations?: { NanoCPUs?: number; MemoryBytes?: number };
    };
    RestartPolicy?: {
      Condition: 'none' | 'on-failure' | 'any';
      Delay?: number;
      MaxAttempts?: number;
      Window?: number;
    };
    Placement?: {
      Constraints?: readonly string[];
      Preferences?: readonly { Spread: { SpreadDescriptor: string } }[];
      MaxReplicas?: number;
    };
    Networks?: readonly { Target: string; Aliases?: readonly string[] }[];
    LogDriver?: { Name: string; Options?: Record<string, string> };
    ForceUpdate?: number;
  };
  Mode: {
    Replicated?: { Replicas: number };
    Global?: object;
    ReplicatedJob?: { MaxConcurrent: number; TotalCompletions: number };
    GlobalJob?: object;
  };
  UpdateConfig?: Record<string, unknown>;
  RollbackConfig?: Record<string, unknown>;
  EndpointSpec?: { Mode: 'vip' | 'dnsrr'; Ports?: readonly Record<string, unknown>[] };
}
export interface Service {
  ID: string;
  Version: { Index: number };
  CreatedAt: string;
  UpdatedAt: string;
  Spec: ServiceSpec;
  ServiceStatus?: { RunningTasks: number; DesiredTasks: number };
}
export type TaskState =
  | 'new'
  | 'pending'
  | 'assigned'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'starting'
  | 'running'
  | 'complete'
  | 'shutdown'
  | 'failed'
  | 'rejected'
  | 'remove'
  | 'orphaned';
export interface Task {
  ID: string;
  Version: { Index: number };
  CreatedAt: string;
  UpdatedAt: string;
  ServiceID: string;
  NodeID?: string;
  Slot?: number;
  Spec: ServiceSpec['TaskTemplate'];
  Labels?: Record<string, string>;
  DesiredState: TaskState;
  Status: {
    Timestamp: string;
    State: TaskState;
    Message?: string;
    Err?: string;
    ContainerStatus?: { ContainerID: string; PID: number; ExitCode: number };
  };
  NetworksAttachments?: { Network: { ID: string; Spec: { Name: string } }; Addresses: string[] }[];
}
/** A Swarm secret or config. `Data` is in the answer for configs only. */
export interface EngineFile {
  ID: string;
  CreatedAt: string;
  Spec: { Name: string; Labels: Record<string, string> | null; Data?: string };
}
export interface EngineFileCreate {
  Name: string;
  Labels: Record<string, string>;
  /** Base64. */
  Data: string;
}
