/** Docker's default capabilities and those that stay inside the namespaces of a container. */
const safe: ReadonlySet<string> = new Set([
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP'],
  ...['SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE', 'IPC_LOCK'],
]);

/** Why one that people ask for is not safe. */
const reasons: Readonly<Record<string, string>> = {
  ALL: 'it is every power of root over the node',
  BPF: 'it loads programs into the kernel of the node',
  DAC_READ_SEARCH: 'it reads any file of the node',
  NET_ADMIN: 'it could take the addresses of other tasks of its networks',
  PERFMON: 'it watches everything on the node',
  SYS_ADMIN: 'it is as good as root on the node',
  SYS_BOOT: 'it restarts the node',
  SYS_MODULE: 'it loads modules into the kernel of the node',
  SYS_NICE: 'a process that takes real-time priority stops every other task of the node',
  SYS_PTRACE: 'it reads the memory of other processes',
  SYS_RAWIO: 'it reads and writes the devices of the node',
  SYS_RESOURCE: 'it lifts the limits a task has',
  SYS_TIME: 'it sets the clock of the node',
};

const bare = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

/** Why a task may not have a capability; undefined: it may. */
export function findCapabilityFault(name: string): string | undefined {
  const known = bare(name);
  return safe.has(known) ? undefined : (reasons[known] ?? 'it reaches beyond the container');
}

export const safeCapabilities: readonly string[] = [...safe];
