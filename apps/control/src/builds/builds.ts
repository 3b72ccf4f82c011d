import { join } from 'node:path';
import { type AppError, refuse } from '@berth/contract/errors';
import { imageDigest } from '@berth/domain/release';
import type { Engine } from '@berth/engine/engine';
import type { Clock } from '@berth/runtime/clock';
import { parseDockerfile } from '@berth/source/dockerfile';
import { formatBytes } from '@berth/source/walk';
import type { NodeLink, Nodes } from '../nodes/ports.ts';
import { keepAlive } from './alive.ts';
import { ensureBases, findImageId, registryPatienceMs, tryPull, withoutSyntax } from './bases.ts';
import { collectGarbage } from './collect.ts';
import { type BuildContext, readContext } from './context.ts';
import { findForgedLabels, listPorts, listWarnings, pickPort } from './image-facts.ts';
import { type BuildCaps, buildKey, chooseBuilder, keptKey, planBuild } from './plan.ts';
import type { Builder, BuildHooks, BuildOutcome, BuildRequest, Builds, KeptImage } from './ports.ts';
import { pullFault } from './pull-fault.ts';
import { isDiskFull, pushImage } from './push.ts';
import { createBuildQueue } from './queue.ts';
import { createBuildRecords } from './records.ts';
import { createRegistryClient, type RegistryAccess } from './registry-client.ts';
import { runBuild } from './run-build.ts';

export interface BuildsDependencies {
  readonly nodes: Pick<Nodes, 'manager'>;
  readonly registry: RegistryAccess;
  readonly platform: string;
  /** Caps of one build, and how many run at a time. */
  readonly build: BuildCaps & { readonly concurrency: number };
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: { warn(facts: object, text: string): void; info(facts: object, text: string): void };
  /** Default: what the engine prefers. */
  readonly builder?: Builder;
}

/** Builds that wait; more are refused rather than kept waiting for hours. */
const waitingMax = 50;
/** A build writes its context, its layers, and the registry's copy of them. */
const diskBytesSpare = 512 * 1024 * 1024;

export function createBuilds(deps: BuildsDependencies): Builds {
  const { nodes, registry, clock } = deps;
  const queue = createBuildQueue({ concurrency: deps.build.concurrency, waitingMax });
  const records = createBuildRecords(join(deps.dataDir, 'builds'));
  const client = createRegistryClient(registry);
  const repositoryOf = (imageRepository: string) => `${registry.address}/${imageRepository}`;

  async function build(request: BuildRequest, hooks: BuildHooks): Promise<BuildOutcome> {
    const { signal } = hooks;
    try {
      return await queue.run(() => buildNow(request, hooks), {
        signal,
        onPosition: (position) => hooks.onEvent({ kind: 'queued', position }),
      });
    } catch (cause) {
      if (signal.aborted) return { kind: 'cancelled' };
      throw cause;
    }
  }

  async function buildNow(request: BuildRequest, given: BuildHooks): Promise<BuildOutcome> {
    const { signal } = given;
    await using alive = keepAlive(given, clock);
    const hooks: BuildHooks = { signal, onEvent: alive.onEvent };
    alive.at('reading the source');
    const context = await readContext(request, signal);
    const node = await nodes.manager({ signal });
    checkDisk(node, context);
    const { engine } = node;
    const builder = deps.builder ?? chooseBuilder(await findBuilderVersion(engine, signal));
    const { bases, syntax } = parseDockerfile(context.dockerfile, {
      target: request.target,
      args: request.args,
    });
    const onPull = (image: string) => {
      alive.at(`pulling ${image}`);
      hooks.onEvent({ kind: 'step', text: `pull ${image}`, state: 'started' });
    };
    const found = await ensureBases(engine, bases, { signal, onPull, onProgress: alive.bytes });
    if (found.kind === 'missing') {
      if (isDiskFull(found.because))
        throw diskFull(node, `The base image ${found.image} could not be pulled`);
      return { kind: 'failed', step: `FROM ${found.image}`, because: found.because, lastLines: [] };
    }
    const { sent, warnings } = await chooseSyntax({ engine, builder, syntax, context, hooks, onPull });
    const key = buildKey({
      contextDigest: context.digest,
      dockerfile: sent.dockerfile,
      target: request.target,
      args: request.args,
      options: request.options,
      bases: found.ids,
      imageRepository: request.imageRepository,
      builder,
    });
    const reused =
      request.options?.isFresh === true ? undefined : await findReusable(key, engine, request, signal);
    if (reused !== undefined) {
      hooks.onEvent({ kind: 'reused', image: reused.image });
      return {
        ...{ kind: 'built', steps: [], dockerfile: context.dockerfile, ...reused },
        warnings: [...warnings, ...reused.warnings],
      };
    }

    hooks.onEvent({ kind: 'started', builder, contextBytes: context.bytes, files: context.files });
    const repository = repositoryOf(request.imageRepository);
    const plan = planBuild({
      builder,
      id: request.id,
      tag: `${repository}:${request.id}`,
      dockerfilePath: context.dockerfilePath,
      target: request.target,
      args: request.args,
      options: request.options,
      app: request.app,
      service: request.service,
      platform: deps.platform,
      caps: deps.build,
    });
    const result = await runBuild(engine, plan, sent, {
      id: request.id,
      now: () => clock.now(),
      signal,
      onEvent: hooks.onEvent,
      onCurrent: alive.at,
    });
    if (result.kind === 'failed') {
      if (isDiskFull(result.because) || isDiskFull(result.lastLines.slice(-5).join('\n')))
        throw diskFull(node, `The build ran out of room at ${result.step}`);
      return result;
    }
    const facts = await describe(engine, result.imageId, request, signal);
    alive.at('pushing the image to the registry');
    const image = await push(engine, { repository, tag: request.id }, hooks);
    await records.put({ key, image, imageId: result.imageId, usedAt: clock.now() });
    return {
      kind: 'built',
      image,
      imageId: result.imageId,
      steps: result.steps,
      dockerfile: context.dockerfile,
      ...facts,
      warnings: [...warnings, ...facts.warnings],
    };
  }

  async function push(
    engine: Engine,
    image: { repository: string; tag: string },
    hooks: BuildHooks,
  ): Promise<string> {
    const startedAt = clock.now();
    let shownAt = 0;
    const digest = await pushImage(engine, image, {
      registry,
      clock,
      signal: hooks.signal,
      onProgress: ({ done, of }) => {
        if (clock.now() - shownAt < 500) return;
        shownAt = clock.now();
        hooks.onEvent({ kind: 'pushing', doneBytes: done, ofBytes: of });
      },
    });
    const pinned = `${image.repository}@${digest}`;
    hooks.onEvent({ kind: 'pushed', image: pinned, durationMs: clock.now() - startedAt });
    return pinned;
  }

  async function describe(
    engine: Engine,
    reference: string,
    about: Pick<Partial<BuildRequest>, 'args' | 'variables' | 'assumedPort'>,
    signal: AbortSignal,
  ) {
    const image = await engine.inspectImage(reference, { signal });
    const [forged] = findForgedLabels(image);
    if (forged !== undefined)
      throw refuse('unsupported', `The image has the label ${forged}, which is one of Berth’s own.`);
    const history = await engine.imageHistory(reference, { signal });
    const volumes = Object.keys(image.Config.Volumes ?? {}).sort();
    return { ports: listPorts(image), volumes, warnings: listWarnings({ image, history }, about) };
  }

  /** The record of the same build, if the registry still has its image. */
  async function findReusable(
    key: string,
    engine: Engine,
    request: Pick<BuildRequest, 'imageRepository'> & Parameters<typeof describe>[2],
    signal: AbortSignal,
  ) {
    const record = await records.find(key);
    if (record === undefined) return undefined;
    const digest = imageDigest(record.image);
    if (!record.image.startsWith(`${repositoryOf(request.imageRepository)}@`)) return undefined;
    try {
      if ((await client.findDigest(request.imageRepository, digest, signal)) === undefined) return undefined;
      const { image, imageId } = record;
      const facts = await describe(engine, imageId, request, signal);
      await records.put({ ...record, usedAt: clock.now() });
      return { image, imageId, ...facts };
    } catch (cause) {
      signal.throwIfAborted();
      // Not to be found out cheaply: the builder's own cache is the next best thing.
      deps.log.info({ image: record.image, cause: String(cause) }, 'an earlier build is not reused');
      return undefined;
    }
  }

  async function keepImage(
    request: { id: string; reference: string; imageRepository: string; assumedPort?: number },
    hooks: BuildHooks,
  ): Promise<KeptImage> {
    const { signal } = hooks;
    await using alive = keepAlive(hooks, clock);
    const node = await nodes.manager({ signal });
    const { engine } = node;
    alive.at(`pulling ${request.reference}`);
    await pull(node, request.reference, signal, alive.bytes);
    const { Id: imageId } = await engine.inspectImage(request.reference, { signal });
    // As most services of most deployments: it was pushed by an earlier one.
    const key = keptKey(request.imageRepository, imageId);
    const pushed = await findReusable(key, engine, request, signal);
    if (pushed !== undefined) return pushed;
    const facts = await describe(engine, imageId, request, signal);
    const repository = repositoryOf(request.imageRepository);
    await engine.tagImage(imageId, repository, request.id, { signal });
    alive.at('pushing the image to the registry');
    const image = await push(engine, { repository, tag: request.id }, { signal, onEvent: alive.onEvent });
    await records.put({ key, image, imageId, usedAt: clock.now() });
    return { image, imageId, ...facts };
  }

  return {
    build,
    keepImage,
    async inspectPort(image, signal) {
      const { engine } = await nodes.manager(signal === undefined ? {} : { signal });
      return pickPort(listPorts(await engine.inspectImage(image, { signal })));
    },
    collectGarbage: (options) => {
      const signal = options.signal ?? new AbortController().signal;
      return queue.runAlone(
        async () =>
          collectGarbage({
            ...options,
            engine: (await nodes.manager({ signal })).engine,
            client,
            records,
            registryAddress: registry.address,
            platform: deps.platform,
            now: clock.now(),
            log: deps.log,
          }),
        { signal },
      );
    },
  };
}

/** The engine's preference; undefined when it has none. */
async function findBuilderVersion(engine: Engine, signal: AbortSignal): Promise<string | undefined> {
  const response = await engine.transport.request({ method: 'GET', path: '/_ping', signal });
  response.body.resume();
  const header = response.headers['builder-version'];
  return typeof header === 'string' ? header : undefined;
}

/** The context with a Dockerfile the engine can read: without a `# syntax=` line that leads nowhere. */
async function chooseSyntax(o: {
  engine: Engine;
  builder: Builder;
  syntax: string | undefined;
  context: BuildContext;
  hooks: BuildHooks;
  onPull: (image: string) => void;
}): Promise<{ sent: BuildContext; warnings: readonly string[] }> {
  const { context, syntax, hooks } = o;
  const asItIs = { sent: context, warnings: [] };
  // To the classic builder the line is a comment.
  if (syntax === undefined || o.builder === 'classic') return asItIs;
  const found = await ensureBases(o.engine, [syntax], {
    signal: hooks.signal,
    onPull: o.onPull,
    answerWithinMs: registryPatienceMs,
  });
  if (found.kind === 'there') return asItIs;
  const dockerfile = withoutSyntax(context.dockerfile, syntax);
  if (dockerfile === undefined) return asItIs;
  return {
    sent: context.withDockerfile(dockerfile),
    warnings: [
      `The Dockerfile's syntax ${syntax} cannot be pulled (${found.because}); the engine's own is used.`,
    ],
  };
}

/** The image as the engine has it; pulled where a registry may have a newer one or the engine has none. */
async function pull(
  node: NodeLink,
  reference: string,
  signal: AbortSignal,
  onProgress: (bytes: { done: number; of: number }) => void,
): Promise<void> {
  const here = await findImageId(node.engine, reference, signal);
  const pulled = await tryPull(node.engine, reference, signal, {
    answerWithinMs: here === undefined ? undefined : registryPatienceMs,
    onProgress,
  });
  if (pulled.kind === 'pulled') return;
  if (isDiskFull(pulled.because)) throw diskFull(node, `${reference} could not be pulled`);
  // Made on this machine, or pulled earlier: what is here is what there is.
  if (here !== undefined) return;
  throw refuse(
    pullFault(pulled.because),
    `${reference} is not on the node and cannot be pulled: ${pulled.because}`,
  );
}

function checkDisk(node: NodeLink, context: BuildContext): void {
  const needed = context.bytes * 3 + diskBytesSpare;
  if (node.facts().diskBytesFree >= needed) return;
  throw diskFull(node, `The build needs about ${formatBytes(needed)}`);
}

function diskFull(node: NodeLink, what: string): AppError {
  const free = formatBytes(node.facts().diskBytesFree);
  return refuse('disk_full', `${what}; node ${node.name} had ${free} free when it was last looked at.`);
}
