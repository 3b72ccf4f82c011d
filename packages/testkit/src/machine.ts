import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { systemClock } from '@berth/runtime/clock';
import { runCommand, tryCommand } from '@berth/runtime/command';
import { until } from '@berth/runtime/retry';

/**
 * A second machine on this one: a network namespace of its own with a container engine of its own, so that a
 * test may restart the engine, fill its disk, make a Swarm or begin from nothing without touching what else runs
 * here. Machines reach each other through this one, as through a router.
 */
export interface Machine {
  readonly engine: Engine;
  readonly socketPath: string;
  /** Its address. */
  readonly address: string;
  /** That of this machine, as it sees it. */
  readonly gateway: string;
  readonly dir: string;
  /** Arguments in front of a program that is to run on the machine. */
  readonly enter: readonly string[];
  stopEngine(): Promise<void>;
  /** kill -9: it says goodbye to nobody. */
  killEngine(): Promise<void>;
  startEngine(): Promise<void>;
  /** Ends everything and removes what it left. */
  destroy(): Promise<void>;
}

export interface MachineOptions {
  readonly name: string;
  /** Third number of the machine's network, 10.213.N.0/24: one per machine at a time. */
  readonly subnet: number;
  /** The engine's disk is a file of this size. Undefined: the disk of this machine. */
  readonly diskMegabytes?: number;
  /** More of the engine's options. */
  readonly engineOptions?: readonly string[];
}

const soon = (): AbortSignal => AbortSignal.timeout(60_000);

const programs = ['/usr/sbin/dockerd', '/usr/bin/nsenter', '/usr/bin/unshare'];

/** Why none can be started here; undefined when it can. */
export function whyNoMachines(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = programs.find((path) => !existsSync(path));
  return missing === undefined ? undefined : `needs ${missing}`;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const dir = await mkdtemp(join(tmpdir(), `${options.name}-`));
  const socketPath = join(dir, 'docker.sock');
  const namespace = options.name;
  const [outer, inner] = [`${options.name}h`, `${options.name}c`];
  const net = `10.213.${options.subnet}`;
  const [address, gateway] = [`${net}.2`, `${net}.1`];
  const enter = ['nsenter', `--net=/run/netns/${namespace}`];
  const run = (...command: readonly string[]) =>
    runCommand(command[0]!, command.slice(1), { signal: soon() });
  const attempt = (...command: readonly string[]) =>
    tryCommand(command[0]!, command.slice(1), { signal: soon() });
  // Not between machines: members of a Swarm know each other by their addresses.
  const nat = ['POSTROUTING', '-s', `${net}.0/24`, '!', '-d', '10.213.0.0/16', '-j', 'MASQUERADE'];
  const root = join(dir, 'root');
  let dockerd: ChildProcess | undefined;

  const unplug = async (): Promise<void> => {
    await attempt('ip', 'netns', 'delete', namespace);
    await attempt('ip', 'link', 'delete', outer);
    await attempt('iptables', '-t', 'nat', '-D', ...nat);
    await attempt('iptables', '-D', 'FORWARD', '-i', outer, '-j', 'ACCEPT');
    await attempt('iptables', '-D', 'FORWARD', '-o', outer, '-j', 'ACCEPT');
  };
  const plug = async (): Promise<void> => {
    // What a run that was killed left behind.
    await unplug();
    await run('ip', 'netns', 'add', namespace);
    await run('ip', 'link', 'add', outer, 'type', 'veth', 'peer', 'name', inner);
    await run('ip', 'link', 'set', inner, 'netns', namespace);
    await run('ip', 'addr', 'add', `${gateway}/24`, 'dev', outer);
    await run('ip', 'link', 'set', outer, 'up');
    await run(...enter, 'ip', 'link', 'set', 'lo', 'up');
    await run(...enter, 'ip', 'addr', 'add', `${address}/24`, 'dev', inner);
    await run(...enter, 'ip', 'link', 'set', inner, 'up');
    await run(...enter, 'ip', 'route', 'add', 'default', 'via', gateway);
    await run('iptables', '-t', 'nat', '-A', ...nat);
    await run('iptables', '-I', 'FORWARD', '-i', outer, '-j', 'ACCEPT');
    await run('iptables', '-I', 'FORWARD', '-o', outer, '-j', 'ACCEPT');
  };
  const makeDisk = async (): Promise<void> => {
    await run('mkdir', '-p', root);
    if (options.diskMegabytes === undefined) return;
    const disk = join(dir, 'disk');
    await run('truncate', '-s', `${options.diskMegabytes}M`, disk);
    await run('mkfs.ext4', '-q', '-F', disk);
    await run('mount', '-o', 'loop', disk, root);
  };

  const engine = createEngine(socketTransport(socketPath));
  const startEngine = async (): Promise<void> => {
    const logPath = join(dir, 'dockerd.log');
    const log = openSync(logPath, 'a');
    const child = spawn(
      'nsenter',
      [
        `--net=/run/netns/${namespace}`,
        '--',
        'unshare',
        '--mount',
        '--uts',
        'dockerd',
        '--data-root',
        root,
        '--exec-root',
        join(dir, 'exec'),
        '--pidfile',
        join(dir, 'docker.pid'),
        '--host',
        `unix://${socketPath}`,
        '--containerd-namespace',
        options.name,
        '--containerd-plugins-namespace',
        `${options.name}-plugins`,
        ...(options.engineOptions ?? []),
      ],
      { stdio: ['ignore', log, log], detached: true },
    );
    closeSync(log);
    dockerd = child;
    await until(
      async () => {
        if (hasEnded(child))
          throw new Error(
            `dockerd of ${options.name} ended: ${(await readFile(logPath, 'utf8')).slice(-2_000)}`,
          );
        return await engine.ping().then(
          () => true,
          () => undefined,
        );
      },
      { clock: systemClock, everyMs: 50, signal: soon() },
    );
  };
  const stopEngine = async (signalName: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const child = dockerd;
    dockerd = undefined;
    if (child === undefined || hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signalName);
    await ended;
  };
  const destroy = async (): Promise<void> => {
    await stopEngine();
    await attempt('umount', '--recursive', root);
    await unplug();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await plug();
    await makeDisk();
    await startEngine();
  } catch (cause) {
    await destroy();
    throw cause;
  }
  return {
    ...{ engine, socketPath, address, gateway, dir, enter, startEngine, destroy },
    stopEngine: () => stopEngine(),
    killEngine: async () => {
      const containerd = (await readFile(join(dir, 'exec/containerd/containerd.pid'), 'utf8')).trim();
      await stopEngine('SIGKILL');
      // It dies with the engine that started it; one that begins meanwhile would wait for it in vain.
      await until(() => (existsSync(`/proc/${containerd}`) ? undefined : true), {
        clock: systemClock,
        everyMs: 50,
        signal: soon(),
      });
    },
  };
}

/** Gives the machine images this one has, so that it need not bake them. */
export async function copyImages(from: Engine, to: Engine, names: readonly string[]): Promise<void> {
  const body = await from.stream('GET', '/images/get', { query: { names } });
  const answer = await to.stream('POST', '/images/load', {
    body,
    headers: { 'content-type': 'application/x-tar' },
    query: { quiet: true },
  });
  for await (const _chunk of answer);
}
