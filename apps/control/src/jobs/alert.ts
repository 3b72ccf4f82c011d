import type { LookupFunction } from 'node:net';
import type { Clock } from '@berth/runtime/clock';
import { isoTime } from '@berth/runtime/clock';
import { backoffMs } from '@berth/runtime/retry';
import type { Logger } from 'pino';
import type { Execution } from './store.ts';

// Loaded without their exports being evaluated by name: see the decision on lean processes.
const { request: askPlain } = process.getBuiltinModule('node:http');
const { request: askTls } = process.getBuiltinModule('node:https');
const { lookup } = process.getBuiltinModule('node:dns');
const { isIP } = process.getBuiltinModule('node:net');

const tries = 3;
const backoff = { firstMs: 1_000, maxMs: 10_000, factor: 4 };
const answerMs = 10_000;

type IsClosed = (address: string) => boolean;

/** Resolves like `dns.lookup`, and not to what is closed: what is connected to is what was looked at. */
const openLookup =
  (isClosed: IsClosed): LookupFunction =>
  (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const fault =
        error ?? (found.some(({ address }) => isClosed(address)) ? new Error(closedWords(host)) : null);
      if (fault !== null) done(fault, '', 0);
      else if (options.all === true) done(null, found);
      else done(null, found[0]?.address ?? '', found[0]?.family ?? 4);
    });
  };

const closedWords = (host: string): string =>
  `${host} is an address of this machine or of the platform's own network; a hook has to be outside of both`;

/** Tells a hook of a failed execution: what, when and how, never what it said. Never rejects. */
export async function alert(
  deps: { readonly clock: Clock; readonly log: Logger; readonly isClosedAddress: IsClosed },
  url: string,
  execution: Execution,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify({
    kind: 'job.failed',
    app: execution.app,
    job: execution.job,
    execution: execution.id,
    release: execution.release,
    exitCode: execution.exitCode ?? null,
    outOfMemory: execution.oomKilled,
    reason: execution.reason ?? null,
    dueAt: execution.dueAt === undefined ? null : isoTime(execution.dueAt),
    endedAt: execution.endedAt === undefined ? null : isoTime(execution.endedAt),
  });
  for (let attempt = 1; attempt <= tries; attempt++) {
    try {
      await post(
        new URL(url),
        body,
        deps.isClosedAddress,
        AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      );
      return;
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: error, execution: execution.id, attempt }, 'an alert hook was not told');
      if (attempt < tries) await deps.clock.sleep(backoffMs(backoff, attempt), signal).catch(() => undefined);
    }
  }
}

function post(url: URL, body: string, isClosed: IsClosed, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isClosed(host)) {
    reject(new Error(closedWords(host)));
    return promise;
  }
  const ask = url.protocol === 'https:' ? askTls : askPlain;
  const outgoing = ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    signal,
    agent: false,
    lookup: openLookup(isClosed),
  });
  outgoing.once('error', reject);
  outgoing.once('response', (answer) => {
    answer.resume();
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) resolve();
    else reject(new Error(`${url.host} answered ${status}`));
  });
  outgoing.end(body);
  return promise;
}
