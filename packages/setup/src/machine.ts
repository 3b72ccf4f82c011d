import { readdir, readFile, readlink, statfs } from 'node:fs/promises';
import { arch } from 'node:os';
import { basename, dirname } from 'node:path';
import { findForeignData } from './data-dir.ts';
import { isMissing, readOptional } from './files.ts';
import { isThere } from './is-there.ts';

/** What the checks read of a machine. Gathered once, judged by pure functions. */
export interface MachineFacts {
  readonly uid: number;
  readonly arch: string;
  readonly os: {
    readonly id: string;
    readonly like: readonly string[];
    readonly version: string;
    readonly name: string;
  };
  readonly kernel: string;
  readonly hasSystemd: boolean;
  readonly hasApt: boolean;
  readonly filesystems: readonly string[];
  /** Controllers the kernel offers, of either version. */
  readonly cgroupControllers: readonly string[];
  readonly cgroupsMounted: boolean;
  readonly ipForward: boolean | undefined;
  readonly conntrackMax: number | undefined;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  readonly disk: { readonly path: string; readonly freeBytes: number; readonly freeInodesShare: number };
  /** What is in a data directory that is no platform's yet, and is not Berth's. */
  readonly foreignData: { readonly path: string; readonly names: readonly string[] };
  readonly nofileHard: number | undefined;
  readonly listeners: readonly Listener[];
}

/** A process that listens on a TCP port. */
export interface Listener {
  readonly port: number;
  /** `*`, or the address. */
  readonly address: string;
  readonly process: string | undefined;
}

export async function observeMachine(o: {
  dataDir: string;
  ports: readonly number[];
}): Promise<MachineFacts> {
  const [release, kernel, filesystems, cgroups, cgroups2, mounts, forward, conntrack, meminfo] =
    await Promise.all([
      readOptional('/etc/os-release'),
      readOptional('/proc/sys/kernel/osrelease'),
      readOptional('/proc/filesystems'),
      readOptional('/proc/cgroups'),
      readOptional('/sys/fs/cgroup/cgroup.controllers'),
      readOptional('/proc/mounts'),
      readOptional('/proc/sys/net/ipv4/ip_forward'),
      readOptional('/proc/sys/net/netfilter/nf_conntrack_max'),
      readOptional('/proc/meminfo'),
    ]);
  return {
    uid: process.getuid?.() ?? -1,
    arch: arch(),
    os: parseOsRelease(release ?? ''),
    kernel: (kernel ?? '').trim(),
    hasSystemd: await isThere('/run/systemd/system'),
    hasApt: await isThere('/usr/bin/apt-get'),
    filesystems: parseFilesystems(filesystems ?? ''),
    cgroupControllers: [
      ...new Set([...parseCgroups(cgroups ?? ''), ...(cgroups2 ?? '').trim().split(/\s+/)]),
    ].filter((name) => name !== ''),
    cgroupsMounted: /^\S+ \S+ cgroup2? /m.test(mounts ?? ''),
    ipForward: forward === undefined ? undefined : forward.trim() === '1',
    conntrackMax: conntrack === undefined ? undefined : Number(conntrack),
    memory: parseMeminfo(meminfo ?? ''),
    disk: await observeDisk(o.dataDir),
    foreignData: await findForeignData(o.dataDir),
    nofileHard: await readNofileHard(),
    listeners: await findListeners(new Set(o.ports)),
  };
}

export function parseOsRelease(text: string): MachineFacts['os'] {
  const field = (name: string): string =>
    (new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '').replace(/^"(.*)"$/, '$1');
  return {
    id: field('ID'),
    like: field('ID_LIKE')
      .split(/\s+/)
      .filter((each) => each !== ''),
    version: field('VERSION_ID'),
    name: field('PRETTY_NAME'),
  };
}

/** Enabled controllers of /proc/cgroups. */
export function parseCgroups(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/))
    .filter((fields) => fields[3] === '1')
    .map((fields) => fields[0]!);
}

export function parseFilesystems(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.split('\t').at(-1)!)
    .filter((name) => name !== '');
}

export function parseMeminfo(text: string): { totalBytes: number; availableBytes: number } {
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { totalBytes: bytes('MemTotal'), availableBytes: bytes('MemAvailable') };
}

/** Sockets that listen, from /proc/net/tcp or tcp6: state 0A. */
export function parseListening(text: string): { port: number; address: string; inode: string }[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => {
      const [address, port] = fields[1]!.split(':') as [string, string];
      return { port: Number.parseInt(port, 16), address: formatAddress(address), inode: fields[9]! };
    });
}

function formatAddress(hex: string): string {
  if (/^0+$/.test(hex)) return '*';
  if (hex.length !== 8)
    return hex.endsWith('01000000') && /^0+01000000$/.test(hex) ? '::1' : 'an IPv6 address';
  return [...Buffer.from(hex, 'hex')].reverse().join('.');
}

async function findListeners(ports: ReadonlySet<number>): Promise<Listener[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOptional));
  const sockets = tables.flatMap((text) => parseListening(text ?? '')).filter(({ port }) => ports.has(port));
  if (sockets.length === 0) return [];
  const owners = await findSocketOwners(new Set(sockets.map(({ inode }) => inode)));
  return sockets.map(({ port, address, inode }) => ({ port, address, process: owners.get(inode) }));
}

/** Which process has a socket open: `nginx (pid 312)`. */
async function findSocketOwners(inodes: ReadonlySet<string>): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const fd of await listOrNone(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(await linkOrNone(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      owners.set(inode, `${await readProgram(pid)} (pid ${pid})`);
    }
    if (owners.size === inodes.size) break;
  }
  return owners;
}

/** As it was started: threads of Node.js and others rename themselves. */
async function readProgram(pid: string): Promise<string> {
  const started = (await readOptionalProc(`/proc/${pid}/cmdline`)).split('\0')[0] ?? '';
  return started === '' ? (await readOptionalProc(`/proc/${pid}/comm`)).trim() : basename(started);
}

/** Processes come and go, and those of others may be closed to us: both are no reason to stop looking. */
async function listOrNone(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    return [];
  }
}
async function linkOrNone(path: string): Promise<string> {
  try {
    return await readlink(path);
  } catch {
    return '';
  }
}

/** Space where the data will be: of the nearest directory above that is there. */
async function observeDisk(path: string): Promise<MachineFacts['disk']> {
  try {
    const facts = await statfs(path);
    return {
      path,
      freeBytes: facts.bavail * facts.bsize,
      freeInodesShare: facts.files === 0 ? 1 : facts.ffree / facts.files,
    };
  } catch (cause) {
    if (!isMissing(cause) || path === '/') throw cause;
    return observeDisk(dirname(path));
  }
}

/** The limit containers inherit: dockerd's where it runs, else our own. */
async function readNofileHard(): Promise<number | undefined> {
  const limits =
    (await readOptional(`/proc/${await findProcess('dockerd')}/limits`)) ??
    (await readOptional('/proc/self/limits'));
  return parseNofileHard(limits ?? '');
}

export function parseNofileHard(limits: string): number | undefined {
  const found = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return found === undefined ? undefined : found === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(found);
}

/** The id of a process by its name. */
export async function findProcess(name: string): Promise<string | undefined> {
  for (const pid of (await readdir('/proc')).filter((each) => /^\d+$/.test(each)))
    if ((await readOptionalProc(`/proc/${pid}/comm`)).trim() === name) return pid;
  return undefined;
}

async function readOptionalProc(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // The process has ended in between.
    return '';
  }
}
