import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@berth/engine/engine';
import { socketTransport } from '@berth/engine/transport';
import { type CommandResult, runCommand, tryCommand } from '@berth/runtime/command';
import { isThere } from '@berth/setup/is-there';
import { fact } from './deploying.ts';

/**
 * A second machine on this one: a network namespace of its own with a container engine of its own, so that a
 * test may restart the engine, fill its disk or begin from nothing without touching what else runs here.
 */
export interface Machine {
  readonly engine: Engine;
  readonly socketPath: string;
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
}

const main = new URL('../../apps/cli/src/main.ts', import.meta.url).pathname;
const soon = (): AbortSignal => AbortSignal.timeout(60_000);

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const dir = await mkdtemp(join(tmpdir(), `${options.name}-`));
  const socketPath = join(dir, 'docker.sock');
  const namespace = options.name;
  const [outer, inner] = [`${options.name}h`, `${options.name}c`];
  const net = `10.213.${options.subnet}`;
  const enter = ['nsenter', `--net=/run/netns/${namespace}`];
  const run = (...command: readonly string[]) =>
    runCommand(command[0]!, command.slice(1), { signal: soon() });
  const attempt = (...command: readonly string[]) =>
    tryCommand(command[0]!, command.slice(1), { signal: soon() });
  const nat = ['POSTROUTING', '-s', `${net}.0/24`, '!', '-d', `${net}.0/24`, '-j', 'MASQUERADE'];
  let dockerd: ChildProcess | undefined;

  const unplug = async (): Promise<void> => {
    await attempt('ip', 'netns', 'delete', namespace);
    await attempt('ip', 'link', 'delete', outer);
    await attempt('iptables', '-t', 'nat', '-D', ...nat);
    await attempt('iptables', '-D', 'FORWARD', '-i', outer, '-j', 'ACCEPT');
    await attempt('iptables', '-D', 'FORWARD', '-o', outer, '-j', 'ACCEPT');
  };
  // What a run that was killed left behind.
  await unplug();
  await run('ip', 'netns', 'add', namespace);
  await run('ip', 'link', 'add', outer, 'type', 'veth', 'peer', 'name', inner);
  await run('ip', 'link', 'set', inner, 'netns', namespace);
  await run('ip', 'addr', 'add', `${net}.1/24`, 'dev', outer);
  await run('ip', 'link', 'set', outer, 'up');
  await run(...enter, 'ip', 'link', 'set', 'lo', 'up');
  await run(...enter, 'ip', 'addr', 'add', `${net}.2/24`, 'dev', inner);
  await run(...enter, 'ip', 'link', 'set', inner, 'up');
  await run(...enter, 'ip', 'route', 'add', 'default', 'via', `${net}.1`);
  await run('iptables', '-t', 'nat', '-A', ...nat);
  await run('iptables', '-I', 'FORWARD', '-i', outer, '-j', 'ACCEPT');
  await run('iptables', '-I', 'FORWARD', '-o', outer, '-j', 'ACCEPT');
  const root = join(dir, 'root');
  await run('mkdir', '-p', root);
  if (options.diskMegabytes !== undefined) {
    const disk = join(dir, 'disk');
    await run('truncate', '-s', `${options.diskMegabytes}M`, disk);
    await run('mkfs.ext4', '-q', '-F', disk);
    await run('mount', '-o', 'loop', disk, root);
  }

  const engine = createEngine(socketTransport(socketPath));
  const startEngine = async (): Promise<void> => {
    const log = openSync(join(dir, 'dockerd.log'), 'a');
    dockerd = spawn(
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
      ],
      { stdio: ['ignore', log, log], detached: true },
    );
    await fact(
      () =>
        engine.ping().then(
          () => true,
          () => undefined,
        ),
      60_000,
    );
  };
  const stopEngine = async (signalName: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const child = dockerd;
    if (child === undefined) return;
    dockerd = undefined;
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
    await startEngine();
  } catch (cause) {
    await destroy();
    throw cause;
  }
  return {
    ...{ engine, socketPath, dir, enter, startEngine, destroy },
    stopEngine: () => stopEngine(),
    killEngine: async () => {
      const containerd = (await readFile(join(dir, 'exec/containerd/containerd.pid'), 'utf8')).trim();
      await stopEngine('SIGKILL');
      // It dies with the engine that started it; one that begins meanwhile would wait for it in vain.
      await fact(async () => ((await isThere(`/proc/${containerd}`)) ? undefined : true));
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

/** The command line on the machine, as its user would call it. */
export function berthOn(
  machine: Machine,
  args: readonly string[],
  options: { readonly cwd: string; readonly timeoutMs?: number },
): Promise<CommandResult> {
  const [enter, ...more] = machine.enter;
  return tryCommand(
    enter!,
    [...more, '--', process.execPath, '--disable-warning=ExperimentalWarning', main, ...args],
    {
      cwd: options.cwd,
      env: {
        ...process.env,
        DOCKER_HOST: `unix://${machine.socketPath}`,
        XDG_CONFIG_HOME: join(machine.dir, 'config'),
        NO_COLOR: '1',
      },
      signal: AbortSignal.timeout(options.timeoutMs ?? 180_000),
    },
  );
}
