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
const { BlockList, isIP } = process.getBuiltinModule('node:net');

const tries = 3;
const backoff = { firstMs: 1_000, maxMs: 10_000, factor: 4 };
const answerMs = 10_000;

/** Addresses of this machine and its own link: a manifest must not make control talk to its neighbours. */
const closed = new BlockList();
closed.addSubnet('127.0.0.0', 8, 'ipv4');
closed.addSubnet('169.254.0.0', 16, 'ipv4');
closed.addSubnet('0.0.0.0', 8, 'ipv4');
closed.addAddress('::1', 'ipv6');
closed.addSubnet('fe80::', 10, 'ipv6');

export const isClosedAddress = (address: string): boolean =>
  closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Resolves like `dns.lookup`, and not to what is closed. */
const openLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    const fault =
      error ??
      (found.some(({ address }) => isClosedAddress(address))
        ? new Error(`${host} is an address of this machine`)
        : null);
    if (fault !== null) done(fault, '', 0);
    else if (options.all === true) done(null, found);
    else done(null, found[0]?.address ?? '', found[0]?.family ?? 4);
  });
};

/** Tells a hook of a failed execution: what, when and how, never what it said. Never rejects. */
export async function alert(
  deps: { readonly clock: Clock; readonly log: Logger },
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
      await post(new URL(url), body, AbortSignal.any([signal, AbortSignal.timeout(answerMs)]));
      return;
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: error, execution: execution.id, attempt }, 'an alert hook was not told');
      if (attempt < tries) await deps.clock.sleep(backoffMs(backoff, attempt), signal).catch(() => undefined);
    }
  }
}

function post(url: URL, body: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isClosedAddress(host)) {
    reject(new Error(`${host} is an address of this machine`));
    return promise;
  }
  const ask = url.protocol === 'https:' ? askTls : askPlain;
  const outgoing = ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    signal,
    agent: false,
    lookup: openLookup,
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
