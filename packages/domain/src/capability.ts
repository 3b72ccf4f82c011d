/** What every task has: Docker's defaults without those hardly any image needs. */
const standard = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL'],
];

/**
 * Of Docker's defaults, taken from every task that does not ask: raw packets forge addresses in its networks,
 * device nodes and audit records are no business of an app.
 */
export const withheldCapabilities: readonly string[] = ['AUDIT_WRITE', 'MKNOD', 'NET_RAW'];

/** Stay inside the container: a manifest may add them. */
const safe: ReadonlySet<string> = new Set([...standard, ...withheldCapabilities, 'IPC_LOCK']);

/** Reach other tasks or take more than a task's share, and do not give the node away. */
const disturbing: Readonly<Record<string, string>> = {
  BLOCK_SUSPEND: 'it keeps the node from sleeping',
  IPC_OWNER: 'it reads shared memory it was not given',
  LEASE: 'it delays who opens a file',
  LINUX_IMMUTABLE: 'it makes files that cannot be removed',
  NET_ADMIN: 'it could take the addresses of other tasks of its networks',
  NET_BROADCAST: 'it listens to what its networks send to all',
  SYS_NICE: 'a process that takes real-time priority stops every other task of the node',
  SYS_PTRACE: 'it reads the memory of other processes of its container',
  SYS_RESOURCE: 'it lifts the limits a task has',
  WAKE_ALARM: 'it wakes the node',
};

/** As good as the node, or close to it. */
const ruling: Readonly<Record<string, string>> = {
  ALL: 'it is every power of root over the node',
  AUDIT_CONTROL: 'it turns the audit of the node off',
  AUDIT_READ: 'it reads the audit of the node',
  BPF: 'it loads programs into the kernel of the node',
  CHECKPOINT_RESTORE: 'it reads the state of any process',
  DAC_READ_SEARCH: 'it reads any file of the node',
  MAC_ADMIN: 'it changes the security profiles of the node',
  MAC_OVERRIDE: 'it ignores the security profiles of the node',
  PERFMON: 'it watches everything on the node',
  SYSLOG: 'it reads the log of the kernel',
  SYS_ADMIN: 'it is as good as root on the node',
  SYS_BOOT: 'it restarts the node',
  SYS_MODULE: 'it loads modules into the kernel of the node',
  SYS_PACCT: 'it changes the accounting of the node',
  SYS_RAWIO: 'it reads and writes the devices of the node',
  SYS_TIME: 'it sets the clock of the node',
  SYS_TTY_CONFIG: 'it takes the terminals of the node',
};

/** `CAP_NET_ADMIN`, `net_admin`: `NET_ADMIN`. */
export const bareCapability = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

export type CapabilityReach =
  | { readonly kind: 'container' }
  /** Other tasks, or more than its share. */
  | { readonly kind: 'neighbours'; readonly risk: string }
  | { readonly kind: 'node'; readonly risk: string };

/** How far a capability reaches; undefined: the kernel has none of that name. */
export function reachOf(name: string): CapabilityReach | undefined {
  const known = bareCapability(name);
  if (safe.has(known)) return { kind: 'container' };
  const disturbs = Object.hasOwn(disturbing, known) ? disturbing[known] : undefined;
  if (disturbs !== undefined) return { kind: 'neighbours', risk: disturbs };
  const rules = Object.hasOwn(ruling, known) ? ruling[known] : undefined;
  return rules === undefined ? undefined : { kind: 'node', risk: rules };
}

export const knownCapabilities: readonly string[] = [
  ...safe,
  ...Object.keys(disturbing),
  ...Object.keys(ruling),
].sort();

/** What is taken from a task: what its manifest says, and what is withheld from who does not ask. */
export function capabilitiesDropped(added: readonly string[], dropped: readonly string[]): string[] {
  const asked = new Set([...added, ...dropped].map(bareCapability));
  return asked.has('ALL')
    ? [...dropped]
    : [...dropped, ...withheldCapabilities.filter((name) => !asked.has(name))];
}
