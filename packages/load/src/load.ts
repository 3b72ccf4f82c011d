import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { performance } from 'node:perf_hooks';

export interface LoadOptions {
  readonly url: string;
  /** Host header, when the name in it does not resolve here. */
  readonly host?: string;
  readonly ratePerMinute: number;
  /** Connections: kept alive, a new one per request, or both in turn. */
  readonly mode: 'mixed' | 'keep-alive' | 'new';
  /** Requests started while this many are under way wait for a place; the rate is then lower than asked. */
  readonly concurrencyMax?: number;
  /** A request without a complete answer after this long has failed. */
  readonly timeoutMs?: number;
  /** The load ends by itself after this long: nothing runs for ever. */
  readonly durationMaxMs?: number;
  /** Name of the first phase. */
  readonly phase?: string;
  /** Self-signed certificates are accepted, as in a demo without a public name. */
  readonly insecure?: boolean;
  /** Sees every complete answer. A text it returns makes the request a failure with that reason. */
  readonly inspect?: (answer: LoadAnswer) => string | undefined;
}

export interface LoadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface LoadPhase {
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  readonly durationMs: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The first few, different ones. */
  readonly reasons: readonly string[];
}

export interface LoadReport {
  readonly requests: number;
  readonly failed: number;
  readonly phases: readonly LoadPhase[];
}

export interface Load {
  /** Requests from now on count for `phase`. A request counts where it started. */
  mark(phase: string): void;
  /** What was counted so far; requests under way are not in it. */
  report(): LoadReport;
  /** Starts no more requests, waits for those under way, and reports. */
  stop(): Promise<LoadReport>;
}

interface Tally {
  readonly name: string;
  readonly startedAt: number;
  endedAt: number | undefined;
  requests: number;
  failed: number;
  readonly latencies: number[];
  readonly reasons: string[];
}

const TICK_MS = 5;
const REASONS_MAX = 5;
/** Latencies kept per phase; beyond it the sample is thinned, so memory stays bounded. */
const LATENCIES_MAX = 200_000;

/**
 * A steady HTTP load, open loop: requests start by the clock and not by the answers, so a stall shows as
 * failures and latency rather than as fewer requests. A request has failed when the connection failed, the
 * answer was cut or late, or its status is 400 or more. Nothing is tried again.
 */
export function startLoad(options: LoadOptions): Load {
  const url = new URL(options.url);
  const isTls = url.protocol === 'https:';
  const timeoutMs = options.timeoutMs ?? 10_000;
  const concurrencyMax = options.concurrencyMax ?? 256;
  const tls = { rejectUnauthorized: options.insecure !== true };
  const keptAlive = isTls
    ? new HttpsAgent({ keepAlive: true, maxSockets: concurrencyMax, ...tls })
    : new HttpAgent({ keepAlive: true, maxSockets: concurrencyMax });
  const startedAt = performance.now();
  const endsAt = startedAt + (options.durationMaxMs ?? 30 * 60_000);
  const tallies: Tally[] = [newTally(options.phase ?? 'start')];
  let sent = 0;
  let skipped = 0;
  let underWay = 0;
  let onIdle: (() => void) | undefined;
  let isStopped = false;

  const timer = setInterval(() => {
    const now = performance.now();
    if (now >= endsAt) return halt();
    const due = Math.floor(((now - startedAt) / 60_000) * options.ratePerMinute) - skipped;
    while (sent < due && underWay < concurrencyMax) send();
    // What could not start in time is dropped, or the load would catch up in one burst.
    if (sent < due) skipped += due - sent;
  }, TICK_MS);

  function halt(): void {
    isStopped = true;
    clearInterval(timer);
  }

  function send(): void {
    const tally = tallies.at(-1)!;
    const reuse = options.mode === 'keep-alive' || (options.mode === 'mixed' && sent % 2 === 0);
    const began = performance.now();
    let ended = false;
    sent++;
    underWay++;
    const end = (reason: string | undefined) => {
      if (ended) return;
      ended = true;
      clearTimeout(late);
      tally.requests++;
      const tookMs = performance.now() - began;
      if (tally.latencies.length < LATENCIES_MAX) tally.latencies.push(tookMs);
      else tally.latencies[Math.floor(Math.random() * LATENCIES_MAX)] = tookMs;
      if (reason !== undefined) {
        tally.failed++;
        if (tally.reasons.length < REASONS_MAX && !tally.reasons.includes(reason)) tally.reasons.push(reason);
      }
      underWay--;
      if (underWay === 0) onIdle?.();
    };
    const outgoing: ClientRequest = (isTls ? httpsRequest : httpRequest)(url, {
      agent: reuse ? keptAlive : false,
      ...(isTls ? tls : {}),
      headers: {
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(reuse ? {} : { connection: 'close' }),
      },
    });
    const late = setTimeout(() => {
      end(`no complete answer within ${timeoutMs} ms`);
      outgoing.destroy();
    }, timeoutMs);
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      const where = outgoing.reusedSocket ? 'on a reused connection' : 'on a new connection';
      end(`${cause.code ?? cause.message} ${where}`);
    });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', (cause: NodeJS.ErrnoException) =>
        end(`answer cut: ${cause.code ?? cause.message}`),
      );
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 0;
        const answer = { status, headers: incoming.headers, body: Buffer.concat(chunks) };
        end(status >= 400 ? `status ${status}` : options.inspect?.(answer));
      });
    });
    outgoing.end();
  }

  const report = (): LoadReport => {
    const now = performance.now();
    const phases = tallies.map((tally) => summarise(tally, tally.endedAt ?? now));
    return {
      requests: phases.reduce((sum, phase) => sum + phase.requests, 0),
      failed: phases.reduce((sum, phase) => sum + phase.failed, 0),
      phases,
    };
  };

  return {
    mark: (phase) => {
      tallies.at(-1)!.endedAt = performance.now();
      tallies.push(newTally(phase));
    },
    report,
    stop: async () => {
      if (!isStopped) halt();
      tallies.at(-1)!.endedAt ??= performance.now();
      if (underWay > 0)
        await new Promise<void>((resolve) => {
          onIdle = resolve;
        });
      keptAlive.destroy();
      return report();
    },
  };
}

function newTally(name: string): Tally {
  return {
    name,
    startedAt: performance.now(),
    endedAt: undefined,
    requests: 0,
    failed: 0,
    latencies: [],
    reasons: [],
  };
}

function summarise(tally: Tally, endedAt: number): LoadPhase {
  const sorted = Float64Array.from(tally.latencies).sort();
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    name: tally.name,
    requests: tally.requests,
    failed: tally.failed,
    durationMs: Math.round(endedAt - tally.startedAt),
    latencyMs: { p50: at(0.5), p99: at(0.99), max: round(sorted.at(-1) ?? 0) },
    reasons: [...tally.reasons],
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
