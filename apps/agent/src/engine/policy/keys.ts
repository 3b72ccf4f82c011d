/**
 * How the engine's API spells the keys Berth sends. The engine's decoder ignores their case: `type` beside `Type`,
 * or `driverconfig` for `DriverConfig`, would mean to it what no rule has looked at. So a body may have a key only as
 * it stands here, at whatever depth; a key the engine learns later is closed until somebody opens it.
 */
const spelled: ReadonlySet<string> = new Set(
  [
    'Aliases AppArmor Args Attachable AttachStderr AttachStdin AttachStdout AutoRemove AuxiliaryAddresses',
    'BlkioWeight CapabilityAdd CapabilityDrop CapAdd CapDrop CheckDuplicate Cmd Command Condition Config',
    'ConfigID ConfigName Configs Consistency Constraints Container ContainerSpec CpuPeriod CpuQuota',
    'CpusetCpus CpuShares Data Delay Detach DetachKeys Dir Disable Dns DNSConfig DnsOptions DnsSearch',
    'Domainname Driver DriverConfig DriverOpts EnableIPv6 EndpointConfig EndpointsConfig EndpointSpec',
    'Entrypoint Env ExposedPorts ExtraHosts FailureAction File ForceUpdate Gateway GenericResources GID',
    'Global GlobalJob GroupAdd Groups Hard HealthCheck Healthcheck HostConfig Hostname Hosts Image',
    'Ingress Init Internal Interval IPAM IpcMode IPRange Isolation Labels Level Limits LogConfig',
    'LogDriver MaxAttempts MaxConcurrent MaxFailureRatio MaximumRetryCount MaxReplicas Memory MemoryBytes',
    'MemoryReservation MemorySwap MemorySwappiness Mode Monitor Mounts Name Nameservers NanoCPUs NanoCpus',
    'NetworkDisabled NetworkingConfig NetworkMode Networks NoCopy NoNewPrivileges OomScoreAdj OpenStdin',
    'Options Order Parallelism Pids PidsLimit Placement Ports Preferences Privileges Profile Protocol',
    'PublishedPort PublishMode ReadOnly ReadonlyRootfs Replicas Replicated ReplicatedJob Reservations',
    'Resources RestartPolicy Retries Role RollbackConfig Runtime Scope Search Seccomp SecretID SecretName',
    'Secrets SecurityOpt SELinuxContext ShmSize SizeBytes Soft Source Spread SpreadDescriptor',
    'StartInterval StartPeriod StdinOnce StopGracePeriod StopSignal StopTimeout Subnet Subpath Sysctls',
    'Target TargetPort TaskTemplate Test Timeout Tmpfs TmpfsOptions TotalCompletions TTY Tty Type UID',
    'Ulimits UpdateConfig User VolumeOptions Volumes Window WorkingDir',
  ].flatMap((line) => line.split(' ')),
);

/** Maps whose keys are names somebody chose, with values the engine reads no keys in. */
const named: ReadonlySet<string> = new Set(
  'AuxiliaryAddresses Config DriverOpts ExposedPorts Labels Options Sysctls Tmpfs Volumes'.split(' '),
);
/** The same, of objects that have keys of their own. */
const namedObjects: ReadonlySet<string> = new Set(['EndpointsConfig']);

const folded: ReadonlySet<string> = new Set([...spelled].map((key) => key.toLowerCase()));

/**
 * The first key of a body that is not one Berth sends, or not as it is spelled, with where it stands. An unknown key
 * without a value is no matter: the engine tells services with fields that are not set, and updates send those back.
 */
export function findKeyFault(body: unknown, at = ''): string | undefined {
  if (Array.isArray(body)) {
    for (const item of body) {
      const fault = findKeyFault(item, at);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  for (const [key, value] of Object.entries(body)) {
    const here = at === '' ? key : `${at}.${key}`;
    if (!spelled.has(key)) {
      if (isEmpty(value) && !folded.has(key.toLowerCase())) continue;
      return `${here} is not one Berth uses`;
    }
    if (named.has(key) && !Array.isArray(value)) continue;
    const inner = namedObjects.has(key) ? Object.values((value ?? {}) as object) : value;
    const fault = findKeyFault(inner, here);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What the engine treats as not given. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
