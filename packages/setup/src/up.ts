import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { refuse } from '@berth/contract/errors';
import { label } from '@berth/domain/label';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import type { Secret } from '@berth/runtime/secret';
import { listAddresses, pickAddress, pickAddressPool, readRoutes } from './address.ts';
import { pushBaseLayers } from './base-layers.ts';
import { CAP_SYS_RESOURCE, hasCapability } from './capability.ts';
import { type Desired, desire, setupLabel } from './desired.ts';
import { resumeServices, waitForTasks } from './down.ts';
import { observePath, readOptional } from './files.ts';
import { completeIdentity, type RegistryAccess } from './identity.ts';
import { platformImages, prepareImages, sweepOldImages } from './images.ts';
import { planUp } from './plan.ts';
import {
  choosePlatform,
  defaultPlatformName,
  layoutOf,
  normalizeDir,
  type Platform,
  type PlatformRequest,
} from './platform.ts';
import { type Report, runStep } from './progress.ts';
import { findWaiting, waitReady } from './ready.ts';
import { applyStep, describeStep, observe, readIdentity } from './steps.ts';
import { ensureSwarm } from './swarm.ts';

export interface UpOptions {
  readonly engine: Engine;
  readonly engineSocket: string;
  readonly clock: Clock;
  readonly request: PlatformRequest;
  readonly version: string;
  readonly isNewTokenAsked: boolean;
  /** Where the admin token goes when one is made, with the address it is for. */
  readonly saveToken: (made: { name: string; apiUrl: string }, token: Secret) => Promise<void>;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface UpResult {
  readonly platform: Platform;
  readonly apiUrl: string;
  readonly isChanged: boolean;
  /** Present when it was made now: shown once. */
  readonly newToken: Secret | undefined;
}

/** From an engine that answers to a platform that serves. Every step is done only when facts say it must be. */
export async function startPlatform(o: UpOptions): Promise<UpResult> {
  const platform = await readPlatform(o.engine, o.request, o.signal);
  const layout = layoutOf(platform);
  const { report, signal, engine } = o;
  let isChanged = false;
  let isBaked = false;

  const nodeId = await runStep(report, 'swarm', async () => {
    const swarm = await ensureSwarm(
      engine,
      {
        advertiseAddress: pickAddress(await readRoutes(), listAddresses()),
        addressPool: pickAddressPool(await readRoutes()),
      },
      signal,
    );
    isChanged ||= swarm.isChanged;
    return {
      value: swarm.nodeId,
      isChanged: swarm.isChanged,
      text: swarm.isChanged ? 'this engine is now a Swarm of one node' : 'this engine is a Swarm manager',
    };
  });

  const images = await runStep(report, 'images', async (move) => {
    let baked = 0;
    const found = await prepareImages({
      engine,
      signal,
      baseRegistry: platform.baseRegistry,
      onProgress: ({ image, kind, text, done, of }) => {
        if (kind === 'done') baked++;
        if (kind === 'warning') report({ kind: 'warning', text });
        move(`${image}: ${text}`, { done, of });
      },
    });
    isBaked = baked > 0;
    isChanged ||= isBaked;
    const megabytes = Math.round(found.reduce((sum, image) => sum + image.bytes, 0) / 1e6);
    return {
      value: found,
      isChanged: baked > 0,
      text:
        baked > 0
          ? `${baked} baked`
          : `all ${platformImages.length} are there (${megabytes} MB with shared layers)`,
    };
  });
  const imageOf = (name: (typeof platformImages)[number]): string =>
    images.find((image) => image.name === name)!.reference;

  const { desired, newToken, registry } = await runStep(report, 'identity', async () => {
    const completed = await completeIdentity(await readIdentity(layout), {
      platform: platform.name,
      controlNames: [layout.containers.control, 'localhost', '127.0.0.1', platform.publicAddress],
      nodeId,
      nowMs: o.clock.now(),
      isNewTokenAsked: o.isNewTokenAsked,
    });
    const value: { desired: Desired; newToken: Secret | undefined; registry: RegistryAccess } = {
      desired: desire({
        platform,
        identity: completed.identity,
        version: o.version,
        images: {
          system: imageOf('system'),
          edge: imageOf('edge'),
          registry: imageOf('registry'),
          volume: imageOf('volume'),
        },
        machine: {
          cpus: cpus().length,
          memoryBytes: totalmem(),
          mayProtect: hasCapability(await readFile('/proc/self/status', 'utf8'), CAP_SYS_RESOURCE),
        },
        engineSocket: o.engineSocket,
        hasCgroups: (await observePath('/sys/fs/cgroup')) !== undefined,
      }),
      newToken: completed.newToken,
      registry: completed.identity.registry,
    };
    const { made } = completed;
    return {
      value,
      isChanged: made.length > 0,
      text: made.length > 0 ? `made ${made.join(', ')}` : 'certificates and token are in order',
    };
  });

  await runStep(report, 'containers', async (move) => {
    const steps = planUp(
      await observe(engine, desired, { platform: platform.name, signal }),
      desired,
      newToken,
    );
    for (const [index, step] of steps.entries()) {
      move(describeStep(step), { done: index, of: steps.length });
      await applyStep(step, {
        engine,
        signal,
        saveToken: (token) => o.saveToken({ name: platform.name, apiUrl: layout.apiUrl }, token),
      });
    }
    const resumed = await resumeServices(engine, platform.name, signal);
    isChanged ||= steps.length > 0 || resumed.length > 0;
    if (resumed.length > 0) await waitForTasks(engine, platform.name, o);
    return {
      value: undefined,
      isChanged: steps.length > 0 || resumed.length > 0,
      text:
        steps.length > 0
          ? `${steps.length} steps done${resumed.length > 0 ? `, ${resumed.length} services resumed` : ''}`
          : 'registry, control and agent run as wanted',
    };
  });

  await runStep(report, 'ready', async (move) => {
    const edgeUrl = `http://127.0.0.1:${platform.httpPort}/`;
    const wasReady = (await findWaiting(layout.apiUrl, edgeUrl, signal)) === undefined;
    if (!wasReady)
      await waitReady({
        engine,
        clock: o.clock,
        apiUrl: layout.apiUrl,
        edgeUrl,
        containers: layout.containers,
        signal,
        deadlineMs: 90_000,
        onWait: (text) => move(text),
      });
    return {
      value: undefined,
      isChanged: !wasReady,
      text: 'control and edge answer, the agent is connected',
    };
  });
  // It serves by now; without this the first deployment only takes longer.
  await runStep(report, 'bases', async (move) => {
    const bases = await pushBaseLayers({
      engine,
      images,
      registry: { ...registry, address: `127.0.0.1:${platform.registryPort}` },
      signal,
      onProgress: (text, far) => move(text, far),
    });
    if (bases.kind === 'failed')
      report({ kind: 'warning', text: `The base images are not in the registry yet: ${bases.because}` });
    const isPushed = bases.kind === 'there' && bases.pushed > 0;
    isChanged ||= isPushed;
    return {
      value: undefined,
      isChanged: isPushed,
      text:
        bases.kind === 'failed'
          ? 'the first deployment will send them'
          : isPushed
            ? `layers of the base images are in the registry (${Math.round(bases.bytes / 1e6)} MB sent)`
            : 'the registry has the layers of the base images',
    };
  });
  // Only when images have changed can there be more of them that nothing uses.
  if (isBaked)
    await sweepOldImages(engine, { baseRegistry: platform.baseRegistry, nowMs: o.clock.now(), signal });
  return { platform, apiUrl: layout.apiUrl, isChanged, newToken };
}

/** The platform asked for, with what its last `up` was given; found by its objects wherever its data is. */
export async function readPlatform(
  engine: Engine,
  request: PlatformRequest,
  signal: AbortSignal,
): Promise<Platform> {
  const name = request.name ?? defaultPlatformName;
  const filters = { label: [`${label.platform}=${name}`] };
  const [containers, networks] = await Promise.all([
    engine.listContainers({ all: true, filters, signal }),
    engine.listNetworks({ filters, signal }),
  ]);
  const findDir = (labelled: readonly { Labels?: Readonly<Record<string, string>> | null }[]) =>
    labelled.map((each) => each.Labels?.[setupLabel.data]).find((each) => each !== undefined);
  if (request.dataDir !== undefined) {
    const inUse = findDir(containers);
    if (inUse !== undefined && inUse !== normalizeDir(request.dataDir))
      throw refuseDataDir(
        `the data of ${name} is in ${inUse}. To move it: \`berth down\`, move the directory, and \`berth up\` with this option`,
      );
    return readPlatformFromDisk(request);
  }
  const dataDir = findDir([...containers, ...networks]);
  return readPlatformFromDisk({ ...request, ...(dataDir === undefined ? {} : { dataDir }) });
}

/** As far as it can be known without an engine. */
export async function readPlatformFromDisk(request: PlatformRequest): Promise<Platform> {
  const detectedAddress = pickAddress(await readRoutes(), listAddresses());
  const fresh = choosePlatform({ request, stored: {}, detectedAddress });
  const stored = await readOptional(layoutOf(fresh).settings);
  if (stored === undefined) return fresh;
  const settings = JSON.parse(stored) as PlatformRequest;
  if (settings.name !== fresh.name)
    throw refuseDataDir(
      `${fresh.dataDir} is that of the platform ${settings.name}. Name it with --platform, or choose another directory`,
    );
  return choosePlatform({ request, stored: settings, detectedAddress });
}

function refuseDataDir(message: string): Error {
  const issues = [{ at: '--data-dir', message }];
  return refuse('invalid', `--data-dir: ${message}`, { issues });
}
