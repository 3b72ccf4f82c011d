import { kernelIssuesOf } from '@berth/domain/known-issues';
import type { Check } from './check.ts';
import type { MachineFacts } from './machine.ts';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

export interface MachineNeeds {
  /** Ports to be free, with the option that moves each. */
  readonly ports: readonly (readonly [option: string, port: number])[];
  /** Ports that containers of this platform already have, so that it is no fault that they are taken. */
  readonly ownPorts: readonly number[];
  /** Ports of those that do not run: the engine itself may have opened them, to start one. */
  readonly startingPorts: readonly number[];
  /** Who has a port, where a container has it. */
  readonly containerPorts: ReadonlyMap<number, string>;
  /** An engine that answers has proven most of what it needs. */
  readonly hasEngine: boolean;
}

/** Everything about a machine that could keep Berth from working, in words, each with what to do. */
export function checkMachine(facts: MachineFacts, needs: MachineNeeds): Check[] {
  return [
    ...checkRights(facts),
    ...checkSystem(facts, needs),
    ...checkKernel(facts, needs),
    ...checkRoom(facts),
    ...checkDataDir(facts),
    ...checkLimits(facts),
    ...checkPorts(facts, needs),
  ];
}

function checkRights({ uid }: MachineFacts): Check[] {
  if (uid === 0) return [ok('machine.root', 'berth runs as root')];
  return [
    broken(
      'machine.root',
      'berth up must run as root: it installs the engine and writes below /var/lib',
      'Run it with sudo.',
    ),
  ];
}

const ARCHITECTURES = ['x64', 'arm64'];

function checkSystem(facts: MachineFacts, needs: MachineNeeds): Check[] {
  const checks: Check[] = [];
  if (!ARCHITECTURES.includes(facts.arch))
    checks.push(
      broken(
        'machine.architecture',
        `the processor architecture ${facts.arch} is not supported`,
        'Use a machine with amd64 or arm64.',
      ),
    );
  const { id, like, name } = facts.os;
  const isDebian = id === 'debian' || like.includes('debian');
  if (id === 'debian' && Number(facts.os.version) >= 12) checks.push(ok('machine.os', `${name}`));
  else if (isDebian || needs.hasEngine)
    checks.push(
      warning(
        'machine.os',
        `${name || 'this system'} is not among those Berth is tested on (Debian 12 and later)`,
      ),
    );
  if (!facts.hasApt && !needs.hasEngine)
    checks.push(
      broken(
        'machine.packages',
        `no container engine answers, and ${name || 'this system'} has no apt-get to install one from`,
        'Install Docker Engine 20.10.10 or later as your system does, start it, and run `berth up` again.',
      ),
    );
  return checks;
}

const CONTROLLERS = ['cpu', 'memory', 'pids'];

function checkKernel(facts: MachineFacts, needs: MachineNeeds): Check[] {
  const checks: Check[] = [];
  const issues = kernelIssuesOf(facts.kernel);
  for (const { isBroken, text, below } of issues) {
    const judge = isBroken ? broken : warning;
    checks.push(judge('machine.kernel', `Linux ${facts.kernel}: ${text}`, `Use Linux ${below} or later.`));
  }
  if (issues.length === 0) checks.push(ok('machine.kernel', `Linux ${facts.kernel}`));
  const missing = CONTROLLERS.filter((name) => !facts.cgroupControllers.includes(name));
  if (missing.length > 0)
    checks.push(
      broken(
        'machine.cgroups',
        `the kernel does not offer the control groups ${missing.join(', ')}: tasks could not be limited`,
        `Enable them at boot (for memory: \`cgroup_enable=memory\` on the kernel's command line).`,
      ),
    );
  else if (!facts.cgroupsMounted && !needs.hasEngine)
    checks.push(
      broken(
        'machine.cgroups',
        'control groups are not mounted, and no container can start without them',
        'Mount them: `apt-get install cgroupfs-mount && cgroupfs-mount`.',
      ),
    );
  else checks.push(ok('machine.cgroups', `control groups for ${CONTROLLERS.join(', ')}`));
  if (!needs.hasEngine && !facts.filesystems.includes('overlay'))
    checks.push(
      warning(
        'machine.overlay',
        'the kernel does not list overlayfs; the engine needs it for the overlay2 storage driver',
        'Load it: `modprobe overlay`.',
      ),
    );
  if (needs.hasEngine && facts.ipForward === false)
    checks.push(
      broken(
        'machine.forwarding',
        'the kernel does not forward packets (net.ipv4.ip_forward is 0): published ports and app networks do not work',
        'Switch it on: `sysctl -w net.ipv4.ip_forward=1`, and keep it in /etc/sysctl.d.',
      ),
    );
  return checks;
}

function checkRoom({ memory, disk }: MachineFacts): Check[] {
  const checks: Check[] = [];
  const memoryText = `${Math.round(memory.availableBytes / MiB)} MiB of memory are available`;
  if (memory.availableBytes < 512 * MiB)
    checks.push(
      broken('machine.memory', `only ${memoryText}`, 'Use a machine with at least 1 GiB, or stop something.'),
    );
  else if (memory.availableBytes < GiB)
    checks.push(warning('machine.memory', `${memoryText}; builds may run out`, 'Better have 2 GiB or more.'));
  else checks.push(ok('machine.memory', memoryText));
  const diskText = `${(disk.freeBytes / GiB).toFixed(1)} GiB are free at ${disk.path}`;
  if (disk.freeBytes < 1.5 * GiB)
    checks.push(
      broken('machine.disk', `only ${diskText}`, 'Free space, or put the data elsewhere with --data-dir.'),
    );
  else if (disk.freeBytes < 10 * GiB)
    checks.push(
      warning('machine.disk', `${diskText}; images and builds need room`, 'Better have 20 GiB or more.'),
    );
  else checks.push(ok('machine.disk', diskText));
  if (disk.freeInodesShare < 0.05)
    checks.push(
      warning(
        'machine.inodes',
        `only ${Math.round(disk.freeInodesShare * 100)} % of the inodes at ${disk.path} are free`,
        'Remove directories of many small files.',
      ),
    );
  return checks;
}

/** A platform's directory is removed with the platform: what others have there must not be in it. */
function checkDataDir({ foreignData: { path, names } }: MachineFacts): Check[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(', ');
  return [
    broken(
      'machine.data',
      `${path} has files that are not Berth's: ${names.length > 3 ? `${shown} and ${names.length - 3} more` : shown}`,
      'Choose another directory with --data-dir, or move them.',
    ),
  ];
}

/** For 10,000 connections: each is a file in the edge, and up to three entries for the kernel to track. */
const NOFILE_WANTED = 65_536;
const CONNTRACK_WANTED = 65_536;

function checkLimits(facts: MachineFacts): Check[] {
  const checks: Check[] = [];
  if (facts.nofileHard !== undefined && facts.nofileHard < NOFILE_WANTED)
    checks.push(
      warning(
        'machine.nofile',
        `containers may open ${facts.nofileHard} files each; an edge with many connections needs ${NOFILE_WANTED}`,
        'Raise LimitNOFILE of the docker service (`systemctl edit docker`), or `ulimit -Hn` before dockerd starts.',
      ),
    );
  if (facts.conntrackMax !== undefined && facts.conntrackMax < CONNTRACK_WANTED)
    checks.push(
      warning(
        'machine.conntrack',
        `the kernel tracks at most ${facts.conntrackMax} connections; beyond it packets are dropped`,
        `Raise it: \`sysctl -w net.netfilter.nf_conntrack_max=${CONNTRACK_WANTED * 4}\`, and keep it in /etc/sysctl.d.`,
      ),
    );
  return checks;
}

function checkPorts(facts: MachineFacts, needs: MachineNeeds): Check[] {
  const taken = new Map<string, { ports: number[]; by: Set<string> }>();
  for (const [option, port] of needs.ports) {
    if (needs.ownPorts.includes(port)) continue;
    const listener = facts.listeners.find((each) => each.port === port);
    const container = needs.containerPorts.get(port);
    if (listener === undefined && container === undefined) continue;
    const isStarting = needs.startingPorts.includes(port) && isOfEngine(listener?.process);
    if (isStarting && container === undefined) continue;
    const by = container === undefined ? (listener?.process ?? 'a process') : `the container ${container}`;
    const row = taken.get(option) ?? { ports: [], by: new Set<string>() };
    row.ports.push(port);
    row.by.add(by);
    taken.set(option, row);
  }
  if (taken.size === 0) return [ok('machine.ports', 'the ports are free, or the platform has them already')];
  return [...taken].map(([option, { ports, by }]) =>
    broken(
      `machine.port.${ports[0]}`,
      `port${ports.length > 1 ? 's' : ''} ${inRanges(ports)} ${ports.length > 1 ? 'are' : 'is'} taken by ${[...by].join(', ')}`,
      `Stop it, or choose another with ${option}.`,
    ),
  );
}

const isOfEngine = (process: string | undefined): boolean => /^(dockerd|docker-proxy) /.test(process ?? '');

/** 80, 443, 8100-8119. */
function inRanges(ports: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const port of ports.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && port === range[1] + 1) range[1] = port;
    else ranges.push([port, port]);
  }
  return ranges
    .map(([first, last]) => (first === last ? first : `${first}${last === first + 1 ? ', ' : '-'}${last}`))
    .join(', ');
}

const ok = (id: string, text: string): Check => ({ id, area: 'machine', status: 'ok', text });
const warning = (id: string, text: string, fix?: string): Check => ({
  id,
  area: 'machine',
  status: 'warning',
  text,
  ...(fix === undefined ? {} : { fix }),
});
const broken = (id: string, text: string, fix: string): Check => ({
  id,
  area: 'machine',
  status: 'broken',
  text,
  fix,
});
