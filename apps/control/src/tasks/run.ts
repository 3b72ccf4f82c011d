import { refuse } from '@berth/contract/errors';
import { isAbsent, isConflict, type RegistryAuth } from '@berth/engine/engine';
import { EngineStatusError } from '@berth/engine/transport';
import type { ContainerCreate } from '@berth/engine/types';
import type { Logger } from 'pino';
import { giveFiles, type OneOffFile, takeFiles } from '../files/one-off-files.ts';
import type { SessionEnd } from '../http/handler.ts';
import { joinNetworks } from '../networks/join.ts';
import type { NodeLink } from '../nodes/ports.ts';
import { ensureImage } from '../swarm/images.ts';
import type { ClientEnd } from './client-end.ts';
import { type ExecRequest, terminalEnv } from './exec.ts';
import { type OneOffs, removeContainer } from './one-offs.ts';
import { relay } from './relay.ts';

interface Dependencies {
  readonly log: Logger;
  readonly oneOffs: OneOffs;
  registryAuth(): RegistryAuth | undefined;
}

/** What a one-off of a service is. */
export interface OneOffSpec {
  readonly service: string;
  readonly create: ContainerCreate;
  readonly networks: readonly string[];
  readonly files: readonly OneOffFile[];
}

export interface OneOff extends OneOffSpec {
  readonly link: Pick<NodeLink, 'engine' | 'memory'>;
  /** Name of the container. */
  readonly name: string;
}

const createMs = 60_000;
const stopGraceSeconds = 5;
const cleanUpMs = 30_000;

/**
 * A command in a container of its own, until it ends or the client goes. INVARIANT: when this settles the
 * container is gone, or is found by the next sweep.
 */
export async function runOneOff(
  deps: Dependencies,
  oneOff: OneOff,
  request: Omit<ExecRequest, 'command'>,
  client: ClientEnd,
  signal: AbortSignal,
): Promise<SessionEnd> {
  const { link, name } = oneOff;
  const { engine } = link;
  deps.oneOffs.hold(name);
  let isMade = false;
  try {
    await ensureImage(engine, oneOff.create.Image, deps.registryAuth(), { signal });
    isMade = true;
    const create = await giveFiles(link, name, oneOff, signal);
    // Not the client's signal: a container made for an answer nobody waits for would stay.
    await started(() =>
      engine.createContainer(name, withStreams(create, request.tty), {
        signal: AbortSignal.timeout(createMs),
      }),
    );
    await joinNetworks(engine, name, oneOff.networks, signal);
    // Attached before it starts, so that the first byte is seen.
    const process = await engine.attachContainer(
      name,
      { stream: true, stdin: true, stdout: true, stderr: true },
      { signal },
    );
    await started(() => engine.startContainer(name, { signal }));
    client.say({ kind: 'started', service: oneOff.service, container: name });
    const fail = (error: unknown) => {
      // It ended meanwhile, or the client went.
      if (!(error instanceof EngineStatusError) && !signal.aborted)
        process.destroy(error instanceof Error ? error : new Error(String(error)));
    };
    const resize = async (rows: number, columns: number) => {
      if (request.tty) await engine.resizeContainer(name, { h: rows, w: columns }, { signal }).catch(fail);
    };
    // Before the first input, so that what it starts finds the right size.
    if (request.rows !== undefined && request.columns !== undefined)
      await resize(request.rows, request.columns);
    client.onControl((message) => {
      if (message.kind === 'resize') void resize(message.rows, message.columns);
      else engine.killContainer(name, { signalName: message.name, signal }).catch(fail);
    });
    await relay(client, process, { tty: request.tty, signal });
    const { StatusCode } = await engine.waitContainer(name, { signal });
    client.say({ kind: 'exit', code: StatusCode });
    return { outcome: `exit ${StatusCode}` };
  } finally {
    if (isMade) await removeOneOff(deps, oneOff);
    deps.oneOffs.release(name);
  }
}

/** What the engine says of a command it cannot start is the answer: `executable file not found in $PATH`. */
async function started(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof EngineStatusError)
      throw refuse('engine_refused', `The one-off could not be started: ${error.engineMessage}`, {
        cause: error,
      });
    throw error;
  }
}

/** Attached: its input is the client's, and ends with it. */
export function withStreams(create: ContainerCreate, tty: boolean): ContainerCreate {
  return {
    ...create,
    Tty: tty,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    ...(tty ? { Env: [terminalEnv, ...(create.Env ?? [])] } : {}),
  };
}

/** Stops it gracefully if it still runs, then removes it. Never rejects: the next sweep has another try. */
async function removeOneOff(deps: Dependencies, { link, name, files }: OneOff): Promise<void> {
  const { engine } = link;
  const signal = AbortSignal.timeout(cleanUpMs);
  try {
    await engine.stopContainer(name, { graceSeconds: stopGraceSeconds, signal }).catch((error: unknown) => {
      if (!isAbsent(error) && !isConflict(error)) throw error;
    });
    await removeContainer(engine, name, signal);
    await takeFiles(link, name, files, signal);
  } catch (error) {
    deps.log.warn({ err: error, container: name }, 'a one-off was not removed; the next sweep tries again');
  }
}
