import { refuse } from '@berth/contract/errors';
import type { Engine } from '@berth/engine/engine';
import { demux } from '@berth/engine/streams';
import type { Clock } from '@berth/runtime/clock';

interface Readiness {
  readonly ok: boolean;
  readonly waitingFor: readonly string[];
}

export interface WaitOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly apiUrl: string;
  /** The edge on this machine; any answer of it will do. */
  readonly edgeUrl: string;
  readonly containers: { readonly control: string; readonly agent: string };
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  readonly onWait: (text: string) => void;
}

/** Waits until control says it is ready; at the deadline, says what it waits for and quotes the logs. */
export async function waitReady(o: WaitOptions): Promise<void> {
  const startedAt = o.clock.now();
  const until = startedAt + o.deadlineMs;
  const restartsBefore = await countRestarts(o);
  let last = 'control does not answer yet';
  for (;;) {
    o.signal.throwIfAborted();
    const waiting = await findWaiting(o.apiUrl, o.edgeUrl, o.signal);
    if (waiting === undefined) return;
    last = waiting;
    o.onWait(last);
    const crashing = await findCrashing(o, restartsBefore);
    if (crashing !== undefined) last = crashing;
    if (crashing !== undefined || o.clock.now() > until) break;
    await o.clock.sleep(150, o.signal);
  }
  const evidence = [
    ...(await quoteLogs(o.engine, o.containers.control, o.signal)),
    ...(await quoteLogs(o.engine, o.containers.agent, o.signal)),
  ];
  const waited = Math.round((o.clock.now() - startedAt) / 1000);
  throw refuse('agent_unreachable', `the platform is not ready after ${waited} s: ${last}`, {
    evidence,
  });
}

/** What is not there yet, in words; undefined when everything is. */
export async function findWaiting(
  apiUrl: string,
  edgeUrl: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const readiness = await askReady(apiUrl, signal);
  if (readiness === undefined) return 'control does not answer yet';
  if (!readiness.ok) return `waiting for ${readiness.waitingFor.join(', ')}`;
  return (await answersHttp(edgeUrl, signal)) ? undefined : `the edge does not answer at ${edgeUrl} yet`;
}

async function answersHttp(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    });
    await response.body?.cancel();
    return true;
  } catch {
    signal.throwIfAborted();
    // Refused, reset or late: not there yet.
    return false;
  }
}

/**
 * A container that ends again and again while we wait will not become ready: no use in waiting for the
 * deadline. What it did before is not held against it.
 */
async function findCrashing(
  o: WaitOptions,
  before: ReadonlyMap<string, number>,
): Promise<string | undefined> {
  for (const [name, count] of before) {
    const { RestartCount, State } = await o.engine.inspectContainer(name, { signal: o.signal });
    const times = RestartCount - count;
    if (times >= RESTARTS_MAX)
      return `${name} ended ${times} times, the last time with code ${State.ExitCode}${State.OOMKilled ? ' (out of memory)' : ''}`;
  }
  return undefined;
}
const RESTARTS_MAX = 3;

async function countRestarts(o: WaitOptions): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const name of [o.containers.control, o.containers.agent])
    counts.set(name, (await o.engine.inspectContainer(name, { signal: o.signal })).RestartCount);
  return counts;
}

/** undefined when nothing that speaks our API answers. */
export async function askReady(apiUrl: string, signal: AbortSignal): Promise<Readiness | undefined> {
  try {
    const response = await fetch(`${apiUrl}/readyz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('ok' in body)) return undefined;
    const waitingFor = 'waitingFor' in body && Array.isArray(body.waitingFor) ? body.waitingFor : [];
    return { ok: body.ok === true, waitingFor: waitingFor.map(String) };
  } catch {
    signal.throwIfAborted();
    // Refused, reset, late or not JSON: all mean that it is not there yet, and the caller asks again.
    return undefined;
  }
}

async function quoteLogs(engine: Engine, container: string, signal: AbortSignal): Promise<string[]> {
  const lines = await tailLogs(engine, container, signal);
  // What ends again and again says the same each time.
  return [...new Set(lines.map(sayLogLine))].map((line) => `${container}: ${line}`);
}

/** The last words of a container of ours, or why they cannot be read. */
export async function tailLogs(
  engine: Engine,
  container: string,
  signal: AbortSignal,
  sinceSeconds?: number,
): Promise<string[]> {
  const since = sinceSeconds === undefined ? {} : { since: sinceSeconds };
  try {
    const lines: string[] = [];
    for await (const frame of demux(await engine.containerLogs(container, { tail: 15, ...since, signal })))
      lines.push(...frame.data.toString('utf8').trimEnd().split('\n'));
    return lines;
  } catch (cause) {
    return [`its log cannot be read: ${(cause as Error).message}`];
  }
}

/** A line of our processes, without its time and stack; anything else as it is. */
export function sayLogLine(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: unknown; err?: { message?: unknown } };
    if (typeof msg !== 'string') return line;
    if (typeof err?.message !== 'string') return msg;
    return err.message.startsWith(msg) ? err.message : `${msg}: ${err.message}`;
  } catch {
    return line;
  }
}
