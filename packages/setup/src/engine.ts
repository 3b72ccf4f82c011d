import { mkdir } from 'node:fs/promises';
import { installPackages } from '@berth/bakery/apt';
import { bootstrapPackages } from '@berth/bakery/debian';
import { refuse } from '@berth/contract/errors';
import { createEngine, type Engine } from '@berth/engine/engine';
import { EngineStatusError, socketTransport } from '@berth/engine/transport';
import type { EngineVersion } from '@berth/engine/types';
import type { Clock } from '@berth/runtime/clock';
import { tryCommand } from '@berth/runtime/command';
import { renderDaemonConfig } from './daemon-config.ts';
import { type DaemonPlaces, startDaemon, usualPlaces } from './daemon-start.ts';
import { daemonConfigPath, observeDaemonHost } from './engine-profile.ts';
import { applyFile, readOptional } from './files.ts';
import { isThere } from './is-there.ts';
import { type Move, type Report, runStep } from './progress.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The engine's socket on this machine: the usual one, unless DOCKER_HOST names another socket. */
export function findEngineSocket(env: Env): string {
  return /^unix:\/\/(\/.+)$/.exec(env.DOCKER_HOST ?? '')?.[1] ?? '/var/run/docker.sock';
}

export function openEngine(env: Env): { engine: Engine; engineSocket: string } {
  const engineSocket = findEngineSocket(env);
  return { engine: createEngine(socketTransport(engineSocket)), engineSocket };
}

export type EngineState =
  | { readonly kind: 'answers'; readonly version: EngineVersion }
  /** It answers, and refuses to talk. */
  | { readonly kind: 'refuses'; readonly because: string }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'silent' };

/** Asks the engine who it is. */
export async function observeEngine(engine: Engine, signal: AbortSignal): Promise<EngineState> {
  try {
    const version = await engine.version({ signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
    return { kind: 'answers', version };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof EngineStatusError) return { kind: 'refuses', because: cause.engineMessage };
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EACCES') return { kind: 'forbidden' };
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || (cause as Error).name === 'TimeoutError')
      return { kind: 'silent' };
    throw cause;
  }
}

export type EngineDecision =
  | { readonly kind: 'ready' }
  | { readonly kind: 'start'; readonly by: 'systemd' | 'ourselves' }
  | { readonly kind: 'install'; readonly startBy: 'systemd' | 'ourselves' }
  | { readonly kind: 'refuse'; readonly because: string };

/** What is to be done so that an engine answers. Nothing is ever done to one that does. */
export function decideEngine(o: {
  state: EngineState['kind'];
  because?: string;
  isInstalled: boolean;
  hasSystemd: boolean;
  hasApt: boolean;
  isRoot: boolean;
  isUsualSocket: boolean;
}): EngineDecision {
  const no = (because: string): EngineDecision => ({ kind: 'refuse', because });
  if (o.state === 'answers') return { kind: 'ready' };
  if (o.state === 'refuses')
    return no(
      `the container engine refuses: ${o.because}. If it says that our API version is too old, set "min-api-version": "1.41" in /etc/docker/daemon.json and restart it`,
    );
  if (o.state === 'forbidden')
    return no(
      'this user may not use the container engine. Run it as root, or add the user to the group docker',
    );
  if (!o.isUsualSocket)
    return no('no engine answers at the socket that DOCKER_HOST names. Start it, or unset DOCKER_HOST');
  if (!o.isRoot)
    return no('no container engine answers, and only root can install or start one. Run it with sudo');
  const by = o.hasSystemd ? 'systemd' : 'ourselves';
  if (o.isInstalled) return { kind: 'start', by };
  if (!o.hasApt)
    return no(
      'no container engine is installed, and this system has no apt-get to install one from. Install Docker Engine 20.10.10 or later and run `berth up` again',
    );
  return { kind: 'install', startBy: by };
}

export interface PrepareEngineOptions {
  readonly engine: Engine;
  readonly engineSocket: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Of the daemon that may have to be started; tests give their own. */
  readonly places?: DaemonPlaces;
}

/** An engine that answers: found, else started, else installed and started. */
export async function prepareEngine(o: PrepareEngineOptions): Promise<void> {
  await runStep(o.report, 'engine', async (move) => {
    const state = await observeEngine(o.engine, o.signal);
    const decision = decideEngine({
      state: state.kind,
      ...(state.kind === 'refuses' ? { because: state.because } : {}),
      isInstalled: (await isThere('/usr/sbin/dockerd')) || (await isThere('/usr/bin/dockerd')),
      hasSystemd: await isThere('/run/systemd/system'),
      hasApt: await isThere('/usr/bin/apt-get'),
      isRoot: process.getuid?.() === 0,
      isUsualSocket: ['/var/run/docker.sock', '/run/docker.sock'].includes(o.engineSocket),
    });
    switch (decision.kind) {
      case 'ready':
        return {
          value: undefined,
          isChanged: false,
          text: `Docker Engine ${state.kind === 'answers' ? state.version.Version : ''} answers`,
        };
      case 'refuse':
        throw refuse('engine_unreachable', decision.because);
      case 'install':
        await installEngine(o.signal, move);
        await start(decision.startBy, o, move);
        break;
      case 'start':
        await start(decision.by, o, move);
    }
    const after = await o.engine.version({ signal: o.signal });
    const verb = decision.kind === 'install' ? 'installed and started' : 'started';
    return { value: undefined, isChanged: true, text: `Docker Engine ${after.Version} ${verb}` };
  });
}

/** The settings first, so that the package's first start already has them. */
async function installEngine(signal: AbortSignal, move: Move): Promise<void> {
  if ((await readOptional(daemonConfigPath)) === undefined) {
    const content = renderDaemonConfig(await observeDaemonHost());
    await mkdir('/etc/docker', { recursive: true, mode: 0o755 });
    await applyFile({ path: daemonConfigPath, mode: 0o644, uid: 0, gid: 0, content });
  }
  move('installing docker.io from the distribution');
  // With what the images will most likely need, so that the archive is asked once.
  await installPackages(['docker.io', 'iptables', 'ca-certificates', ...bootstrapPackages], {
    signal,
    onLine: (line) => move(line),
  });
}

async function start(by: 'systemd' | 'ourselves', o: PrepareEngineOptions, move: Move): Promise<void> {
  move('starting dockerd');
  if (by === 'systemd') {
    await startBySystemd(o.signal);
    return;
  }
  await startDaemon({ places: o.places ?? usualPlaces, clock: o.clock, signal: o.signal, engine: o.engine });
}

/** The unit becomes ready only when dockerd answers; then it is there at every boot, too. */
async function startBySystemd(signal: AbortSignal): Promise<void> {
  const started = await tryCommand('systemctl', ['enable', '--now', 'docker'], { signal });
  if (started.code === 0) return;
  const words = await tryCommand(
    'journalctl',
    ['--unit', 'docker', '--lines', '12', '--no-pager', '--output', 'cat'],
    { signal },
  );
  throw refuse(
    'engine_unreachable',
    'systemd could not start dockerd; its last words are quoted, all are in `journalctl -u docker`',
    { evidence: `${started.stderr}\n${words.stdout}`.trim().split('\n') },
  );
}
