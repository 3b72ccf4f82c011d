import { refuse } from '@berth/contract/errors';
import { type Engine, isAbsent, isConflict } from '@berth/engine/engine';
import { EngineStatusError } from '@berth/engine/transport';
import type { Clock } from '@berth/runtime/clock';
import { newId } from '@berth/runtime/ids';
import { until } from '@berth/runtime/retry';
import type { Logger } from 'pino';
import type { SessionEnd } from '../http/handler.ts';
import type { ClientEnd } from './client-end.ts';
import { sessionVariable, signalSession } from './reap.ts';
import { relay } from './relay.ts';

export interface ExecRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly rows?: number | undefined;
  readonly columns?: number | undefined;
}

export interface ExecTarget {
  readonly engine: Engine;
  readonly containerId: string;
  readonly service: string;
}

interface Dependencies {
  readonly clock: Clock;
  readonly log: Logger;
}

/** A terminal every system knows. */
export const terminalEnv = 'TERM=xterm-256color';

/** What is left of a session is told to end, and after so long is killed. */
const graceMs = 3_000;
/** The engine knows the exit code a moment after the output has ended. */
const exitCodeMs = 10_000;
const cleanUpMs = 15_000;

/**
 * A command in a running container, until it ends or the client goes. INVARIANT: when this settles, the
 * command has ended, or was told to (see `signalSession`).
 */
export async function execInTask(
  deps: Dependencies,
  target: ExecTarget,
  request: ExecRequest,
  client: ClientEnd,
  signal: AbortSignal,
): Promise<SessionEnd> {
  const { engine, containerId } = target;
  const mark = newId(deps.clock.now());
  const session = { containerId, mark };
  const { Id } = await createExec(target, request, mark, signal);
  let isOver = false;
  try {
    const process = await engine.startExec(Id, { tty: request.tty, signal });
    client.say({ kind: 'started', service: target.service, container: containerId });
    const fail = (error: unknown) => {
      // It ended meanwhile, or the client went: neither size nor signal matters then.
      if (!(error instanceof EngineStatusError) && !signal.aborted)
        process.destroy(error instanceof Error ? error : new Error(String(error)));
    };
    const resize = async (rows: number, columns: number) => {
      if (request.tty) await engine.resizeExec(Id, { h: rows, w: columns }, { signal }).catch(fail);
    };
    // Before the first input, so that what it starts finds the right size.
    if (request.rows !== undefined && request.columns !== undefined)
      await resize(request.rows, request.columns);
    client.onControl((message) => {
      if (message.kind === 'resize') void resize(message.rows, message.columns);
      else signalSession(engine, session, message.name, signal).catch(fail);
    });
    await relay(client, process, { tty: request.tty, signal });
    const code = await exitCodeOf(deps.clock, engine, Id);
    isOver = true;
    client.say({ kind: 'exit', code });
    return { outcome: `exit ${code}` };
  } finally {
    if (!isOver) await endSession(deps, engine, Id, session);
  }
}

async function createExec(target: ExecTarget, request: ExecRequest, mark: string, signal: AbortSignal) {
  try {
    return await target.engine.createExec(
      target.containerId,
      {
        Cmd: request.command,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: request.tty,
        Env: [`${sessionVariable}=${mark}`, ...(request.tty ? [terminalEnv] : [])],
      },
      { signal },
    );
  } catch (error) {
    if (isAbsent(error) || isConflict(error))
      throw refuse('not_found', `The task of ${target.service} ended before the command could start.`, {
        cause: error,
      });
    throw error;
  }
}

async function exitCodeOf(clock: Clock, engine: Engine, execId: string): Promise<number> {
  const signal = AbortSignal.timeout(exitCodeMs);
  return until(
    async () => {
      const { Running, ExitCode } = await engine.inspectExec(execId, { signal });
      return Running || ExitCode === null ? undefined : ExitCode;
    },
    { clock, everyMs: 20, signal },
  );
}

/** The client went: hang up, as a terminal would, and kill what does not care. Never rejects. */
async function endSession(
  deps: Dependencies,
  engine: Engine,
  execId: string,
  session: Parameters<typeof signalSession>[1],
): Promise<void> {
  const signal = AbortSignal.timeout(cleanUpMs);
  const isRunning = async () => (await engine.inspectExec(execId, { signal })).Running;
  try {
    if (!(await isRunning())) return;
    await signalSession(engine, session, 'SIGHUP', signal);
    const grace = AbortSignal.any([signal, AbortSignal.timeout(graceMs)]);
    const ended = await until(async () => ((await isRunning()) ? undefined : true), {
      clock: deps.clock,
      everyMs: 100,
      signal: grace,
    }).catch(() => false);
    if (!ended) await signalSession(engine, session, 'SIGKILL', signal);
  } catch (error) {
    if (isAbsent(error)) return;
    deps.log.warn(
      { err: error, container: session.containerId },
      'a command whose client left may still run',
    );
  }
}
