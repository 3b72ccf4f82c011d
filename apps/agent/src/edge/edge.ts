import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EdgeApplied } from '@berth/contract/agent';
import { refuse } from '@berth/contract/errors';
import type { EdgeModel, LaneName } from '@berth/domain/edge';
import type { Clock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import type { Log } from '../log.ts';
import { createAttendant } from './attendant.ts';
import type { createCertificates } from './certificates.ts';
import type { EdgeContainer } from './container.ts';
import { digestOf, type EdgeFiles, giveToEdge } from './files.ts';
import { configFile, edgeMount, ownCertificate, proofSocket, stateFile } from './names.ts';
import { createObserver } from './observer.ts';
import type { EdgeParts } from './parts.ts';
import { planEdgeChange } from './plan.ts';
import { type EdgeOptions, renderEdge } from './render.ts';
import { type Runtime, RuntimeRefusal } from './runtime.ts';
import { createSerial } from './serial.ts';
import { keepServersState } from './server-state.ts';

const emptyModel: EdgeModel = {
  revision: 0,
  services: [],
  routes: [],
  redirects: [],
  certificates: [],
  httpsOnlyHosts: [],
};
const drainLookMs = 100;

export type Edge = ReturnType<typeof createEdge>;

/**
 * The edge of this node. INVARIANTS: the files of `current` are what runs, or what the next start will run;
 * every change is written before it is made, so a crash at any point leaves a state from which `settle` comes
 * to the files; changes are made one at a time; a configuration HAProxy refuses is never `current`.
 */
export function createEdge(parts: EdgeParts) {
  const { files, certificates, container, runtime, options, clock, log } = parts;
  const inTurn = createSerial();
  let model = emptyModel;
  let isReleasing = false;
  /** Nothing is said of lanes before: an agent that just started must not look like an edge without services. */
  const modelRead = Promise.withResolvers<void>();
  const attendant = createAttendant({
    socketPath: join(files.runDir, proofSocket),
    runtime,
    model: () => model,
    clock,
    log,
  });
  const observer = createObserver(parts, { model: () => model, isReady: modelRead.promise, attendant });

  const networksOf = (of: EdgeModel): readonly string[] => [
    ...new Set(of.services.flatMap((s) => s.networks)),
  ];

  /** The files are what the model gives, whoever changed or lost them. */
  async function mendFiles(): Promise<{ readonly digest: string; readonly isMended: boolean }> {
    const rendered = renderEdge(model, options);
    const digest = digestOf(rendered);
    if ((await files.readCurrent())?.digest === digest) return { digest, isMended: false };
    await files.swap(await files.write(model, rendered));
    return { digest, isMended: true };
  }

  /** HAProxy runs, is attached, and is what the files say. Safe to call at any time. */
  async function settle(signal?: AbortSignal): Promise<void> {
    const mended = await mendFiles();
    if (mended.isMended)
      log.warn({ revision: model.revision }, 'the files of the edge were not as its model says');
    await settleInto(mended, signal);
  }

  async function settleInto(
    { digest, isMended }: Awaited<ReturnType<typeof mendFiles>>,
    signal?: AbortSignal,
  ): Promise<void> {
    // One that ends at each start, for its files, is started by the engine ever more seldom.
    const isDown = isMended && (await runtime.identity()) === undefined;
    const started = await (isDown ? container.renew(signal) : container.ensure(signal));
    const missing = await container.attach(networksOf(model), signal);
    if (missing.length > 0) log.warn({ networks: missing }, 'the edge could not be attached to networks');
    const running = await answering(signal);
    if (running.digest === digest) {
      if (started) log.info({ revision: model.revision }, 'edge started');
      else releaseDrained(signal);
      return;
    }
    log.warn(
      { running: running.revision, file: model.revision },
      'the edge ran something else than its files',
    );
    await reloadInto(model, digest, signal);
  }

  /** Follows drained slots until the tasks they are drained for are gone. */
  function releaseDrained(signal?: AbortSignal): void {
    if (isReleasing) return;
    isReleasing = true;
    const follow = async (): Promise<void> => {
      while ((await runtime.releaseDrained()).length > 0) await clock.sleep(drainLookMs, signal);
    };
    follow()
      .catch((error) =>
        log.debug({ err: error }, 'drained servers could not be followed; the next look will'),
      )
      .finally(() => {
        isReleasing = false;
      });
  }

  /** Its identity, once it answers; rejects as soon as its container has stopped again. */
  function answering(signal?: AbortSignal) {
    let looks = 0;
    const look = async () => {
      const identity = await runtime.identity();
      if (identity !== undefined) return identity;
      looks += 1;
      if (looks % 20 === 0 && (await container.inspect(signal))?.State.Running !== true)
        throw refuse('edge_refused', 'HAProxy ended before it answered; see the log of the edge container');
      return undefined;
    };
    return until(look, { clock, everyMs: 25, signal: withDeadline(signal, 15_000) });
  }

  async function confirm(digest: string | undefined, signal?: AbortSignal): Promise<void> {
    await until(async () => ((await runtime.identity())?.digest === digest ? true : undefined), {
      clock,
      everyMs: 10,
      signal: withDeadline(signal, 10_000),
    });
  }

  async function start(signal?: AbortSignal): Promise<void> {
    await files.prepare();
    // Left by an agent that died in a reload.
    await rm(join(files.runDir, stateFile), { force: true });
    await certificates.ensureOwn(parts.ownNames, clock.now());
    model = (await files.readCurrent())?.model ?? emptyModel;
    modelRead.resolve();
    // This version of the agent may render the same model otherwise.
    await settleInto(await mendFiles(), signal);
    await files.prune();
  }

  async function apply(next: EdgeModel, signal?: AbortSignal): Promise<EdgeApplied> {
    const began = clock.now();
    const done = (by: EdgeApplied['by']): EdgeApplied => ({
      revision: next.revision,
      by,
      durationMs: clock.now() - began,
    });
    if (next.revision < model.revision)
      throw refuse(
        'conflict',
        `The edge has revision ${model.revision} and does not go back to ${next.revision}`,
      );
    const missing = await certificates.findMissing(next.certificates);
    if (missing !== undefined)
      throw refuse('edge_refused', `Certificate ${missing} is not here as the model says; put it first`);
    const plan = planEdgeChange(model, next);
    if (plan.kind === 'nothing' && next.revision === model.revision) {
      model = next;
      parts.applied?.();
      await reattach(next, signal);
      return done('nothing');
    }
    const [before, after] = [networksOf(model), networksOf(next)];
    // Weights and names change within milliseconds: the engine is asked only when it has something to do.
    if (plan.kind === 'reload' || after.some((network) => !before.includes(network))) {
      await container.ensure(signal);
      const unattached = await container.attach(after, signal);
      if (unattached.length > 0)
        throw refuse('edge_refused', `The edge cannot be attached to ${unattached.join(', ')}`);
    }
    const by =
      plan.kind === 'reload'
        ? await byReload(next, signal)
        : await byRuntime(next, plan.kind === 'runtime' ? plan.commands : [], signal);
    if (before.some((network) => !after.includes(network))) await container.detachOthers(after, signal);
    await files.prune();
    attendant.rouse();
    parts.applied?.();
    const applied = done(plan.kind === 'nothing' ? 'nothing' : by);
    log.info({ ...applied, ...(plan.kind === 'reload' ? { because: plan.because } : {}) }, 'edge changed');
    return applied;
  }

  async function reattach(next: EdgeModel, signal?: AbortSignal): Promise<void> {
    const missing = await container.attach(networksOf(next), signal);
    if (missing.length > 0) log.warn({ networks: missing }, 'the edge could not be attached to networks');
    await container.detachOthers(networksOf(next), signal);
  }

  async function byRuntime(
    next: EdgeModel,
    commands: Parameters<Runtime['execute']>[0],
    signal?: AbortSignal,
  ): Promise<'runtime' | 'reload'> {
    const rendered = renderEdge(next, options);
    await files.swap(await files.write(next, rendered));
    // From here on the files are ahead: whatever happens, `settle` or the reload below catches up.
    model = next;
    try {
      await runtime.execute(commands, next, digestOf(rendered));
      return 'runtime';
    } catch (error) {
      if (!(error instanceof RuntimeRefusal)) throw error;
      log.warn({ because: error.message }, 'the edge is reloaded instead');
      await reloadInto(next, digestOf(rendered), signal);
      return 'reload';
    }
  }

  async function byReload(next: EdgeModel, signal?: AbortSignal): Promise<'reload'> {
    const rendered = renderEdge(next, options);
    const directory = await files.write(next, rendered);
    const fault = await container.findConfigFault(
      `${edgeMount}/revisions/${directory}/${configFile}`,
      signal,
    );
    if (fault !== undefined) {
      await files.prune();
      throw refuse(
        'edge_refused',
        `HAProxy does not take revision ${next.revision}; ${model.revision} keeps serving`,
        {
          evidence: fault.split('\n').slice(-20),
        },
      );
    }
    const before = model;
    const previous = await files.swap(directory);
    model = next;
    try {
      await reloadInto(next, digestOf(rendered), signal);
    } catch (error) {
      if (previous !== undefined) await files.swap(previous);
      model = before;
      throw error;
    }
    return 'reload';
  }

  /** The new worker starts with the addresses and the health its servers have now. */
  async function reloadInto(
    next: EdgeModel,
    digest: string | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    const state = join(files.runDir, stateFile);
    await writeFile(state, keepServersState(await runtime.serversState(), next), { mode: 0o600 });
    await giveToEdge(state, 0o600);
    try {
      const refused = await runtime.reload();
      if (refused !== undefined)
        throw refuse(
          'edge_refused',
          `HAProxy did not take over revision ${next.revision}; it goes on as before`,
          {
            evidence: refused.split('\n').slice(-20),
          },
        );
      await confirm(digest, signal);
    } finally {
      // Later starts have other addresses: they ask the DNS.
      await rm(state, { force: true });
    }
  }

  async function putCertificate(name: string, pem: string): Promise<void> {
    await certificates.put(name, pem, clock.now());
    const isUsed =
      name === ownCertificate || model.certificates.some((certificate) => certificate.name === name);
    if (isUsed) await runtime.updateCertificate(`${edgeMount}/certs/${name}.pem`, pem);
  }

  return {
    start: (signal?: AbortSignal) => inTurn(() => start(signal)),
    /** After the container was seen to stop or start, and now and then. */
    settle: (signal?: AbortSignal) => inTurn(() => settle(signal)),
    apply: (next: EdgeModel, signal?: AbortSignal) => inTurn(() => apply(next, signal)),
    report: observer.report,
    watchLane: observer.watchLane,
    shutdownLane: async (service: string, lane: LaneName) => {
      await observer.findLane(service, lane);
      await runtime.shutdownLane(model, service, lane);
    },
    setServerState: async (service: string, lane: LaneName, server: string, state: 'drain' | 'ready') => {
      await observer.findLane(service, lane);
      await runtime.setServerState(service, lane, server, state);
      releaseDrained();
    },
    putCertificate: (name: string, pem: string) => inTurn(() => putCertificate(name, pem)),
    model: () => model,
    /** Looks after the servers until aborted. */
    attend: async (signal: AbortSignal): Promise<void> => {
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      if (!signal.aborted) await Promise.race([modelRead.promise, stopped]);
      await attendant.run(signal);
    },
    /** A task started or ended on this node. */
    rouse: attendant.rouse,
  };
}

const withDeadline = (signal: AbortSignal | undefined, ms: number): AbortSignal =>
  signal === undefined ? AbortSignal.timeout(ms) : AbortSignal.any([signal, AbortSignal.timeout(ms)]);
