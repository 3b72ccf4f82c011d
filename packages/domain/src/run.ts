import { type EdgeProbe, type LaneName, laneNames } from './edge.ts';
import type { ServiceMode } from './service.ts';

/**
 * A run is a release of one service in being: one Swarm service. States of its life and where each may go.
 * `draining`: gets no new request, finishes what it has. `warm`: idle tasks, kept for an instant rollback.
 * `parked`: no tasks. `stopped`: the live run of an app a person stopped.
 */
export const runNext = {
  starting: ['live', 'removing', 'parked'],
  live: ['draining', 'stopped', 'parked', 'removing'],
  draining: ['warm', 'parked', 'live', 'starting', 'removing'],
  warm: ['live', 'parked', 'starting', 'removing'],
  parked: ['starting', 'live', 'stopped', 'removing'],
  stopped: ['live', 'parked', 'removing'],
  removing: [],
} as const satisfies Record<string, readonly string[]>;
export type RunState = keyof typeof runNext;

export const runStateMeaning = {
  starting: 'its tasks start or are being proven; no traffic',
  live: 'serves',
  draining: 'gets no new request; finishes those it has',
  warm: 'its tasks wait, without traffic, for an instant rollback',
  parked: 'has no tasks; can be started again without a build',
  stopped: 'stopped by a person',
  removing: 'its Swarm service is being removed',
} as const satisfies Record<RunState, string>;

export function mayRunAdvance(from: RunState, to: RunState): boolean {
  return from === to || (runNext[from] as readonly string[]).includes(to);
}

export interface Run {
  readonly app: string;
  readonly service: string;
  readonly release: number;
  /** Grows when the same release is started anew (restart). */
  readonly generation: number;
  /** The Swarm service. */
  readonly name: string;
  readonly state: RunState;
  /** Milliseconds since the epoch. */
  readonly stateSince: number;
  readonly lane: LaneName | undefined;
  /** Percent of the service's traffic. */
  readonly weight: number;
  /** Tasks; of a job, those that have to complete. */
  readonly replicas: number;
  readonly mode: ServiceMode;
  /** Services that have to be there before it, and stop after it. */
  readonly dependsOn: readonly string[];
  readonly routing: RunRouting;
  /** Equal for runs whose tasks would be alike in everything but their release. */
  readonly fingerprint: string;
}

/** What the edge must know of a run, and for how long it is kept. */
export interface RunRouting {
  /** Undefined: not routed. */
  readonly port?: number;
  /** The network of the engine that edges reach its tasks by; undefined: the app's own. */
  readonly network?: string;
  /** Agents lead ports of their nodes to its tasks. */
  readonly hasBoundPorts?: true;
  /** Clients that edges let in; undefined: any. */
  readonly allowFrom?: readonly string[];
  readonly probe: EdgeProbe;
  readonly drainMs: number;
  readonly warmMs: number;
}

/** Longest Swarm service name that is still one DNS label (RFC 1035 §2.3.4). */
const labelLengthMax = 63;

/** The platform whose services have no prefix: on its own engine nothing else makes any. */
const usualPlatform = 'berth';

/**
 * Swarm service of a run: `<app>-<service>-r<release>`, and `-<generation>` after the first. A platform of
 * another name shares its engine, so its services begin with that name. Hyphens of a service are doubled, so that
 * `shop-eu` with `web` and `shop` with `eu-web` are two; what is too long is cut, with a hash of all of it.
 */
export function runName(
  run: { app: string; service: string; release: number; generation: number },
  platform: string = usualPlatform,
): string {
  const head = platform === usualPlatform ? '' : `${platform}-`;
  const tail = `-r${run.release}${run.generation > 1 ? `-${run.generation}` : ''}`;
  const whole = `${run.app}-${run.service.replaceAll('-', '--')}`;
  const room = labelLengthMax - head.length - tail.length;
  if (whole.length <= room) return `${head}${whole}${tail}`;
  const hash = hashOf(whole);
  if (room < hash.length + 2) throw new Error(`the platform name ${platform} leaves no room for ${whole}`);
  return `${head}${whole.slice(0, room - hash.length - 1).replace(/-+$/, '')}-${hash}${tail}`;
}

/** FNV-1a of 64 bits: tells names apart that are cut alike. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of text)
    hash = ((hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(36).padStart(13, '0').slice(-10);
}

export type LaneChoice =
  | { readonly kind: 'lane'; readonly lane: LaneName; readonly evict: Run | undefined }
  /** All lanes carry traffic: weights are shared three ways. */
  | { readonly kind: 'none-free' };

/**
 * The lane a new run of a service takes: a free one, else that of the run that has been warm longest, else
 * that which has been draining longest. Never one that carries traffic or is starting.
 */
export function chooseLane(runs: readonly Run[]): LaneChoice {
  const free = laneNames.find((lane) => !runs.some((run) => run.lane === lane));
  if (free !== undefined) return { kind: 'lane', lane: free, evict: undefined };
  const evictable = (['warm', 'draining'] as const).flatMap((state) =>
    runs
      .filter((run) => run.state === state && run.lane !== undefined && run.weight === 0)
      .sort((x, y) => x.stateSince - y.stateSince),
  );
  const evict = evictable[0];
  return evict?.lane === undefined ? { kind: 'none-free' } : { kind: 'lane', lane: evict.lane, evict };
}

export type Retirement =
  | { readonly kind: 'wait'; readonly untilMs: number | undefined }
  | {
      readonly kind: 'advance';
      readonly to: 'warm' | 'parked' | 'removing';
      readonly closeConnections: boolean;
    };

/**
 * Names of runs nobody would return to at once: one warm run per service is enough, the last that served; and
 * what serves already need not be kept warm as well. Their tasks stop, and their lanes are free for what comes.
 */
export function findSuperseded(runs: readonly Run[]): ReadonlySet<string> {
  const isIdle = (run: Run): boolean => run.state === 'warm' || run.state === 'draining';
  const isSibling = (run: Run, other: Run): boolean =>
    run.name !== other.name && run.app === other.app && run.service === other.service;
  const superseded = runs.filter(
    (run) =>
      isIdle(run) &&
      runs.some(
        (other) =>
          isSibling(run, other) &&
          ((isIdle(other) && other.stateSince > run.stateSince) ||
            (other.state === 'live' && other.fingerprint === run.fingerprint)),
      ),
  );
  return new Set(superseded.map((run) => run.name));
}

/** Names of draining runs that others, draining too, may still use: they stop after those. */
export function findNeeded(runs: readonly Run[]): ReadonlySet<string> {
  const draining = runs.filter((run) => run.state === 'draining');
  const isNeeded = (run: Run): boolean =>
    draining.some(
      (other) =>
        other.app === run.app && other.service !== run.service && other.dependsOn.includes(run.service),
    );
  return new Set(draining.filter(isNeeded).map((run) => run.name));
}

/** New requests may still be on their way to a server when the weights have moved; none after this. */
const settleMs = 1_000;

/**
 * What becomes of a run that no longer serves. `sessions`: what it still has at the edges, undefined when no
 * edge can say. `keep`: its release is among those kept. `isSuperseded`: see `findSuperseded`. `isNeeded`: see
 * `findNeeded`.
 */
export function planRetirement(
  run: Run,
  facts: {
    now: number;
    sessions: number | undefined;
    keep: boolean;
    isSuperseded: boolean;
    isNeeded: boolean;
  },
): Retirement {
  const age = facts.now - run.stateSince;
  switch (run.state) {
    case 'draining': {
      // Those that need it drain as long at most: two that need each other, of two releases, do not wait for ever.
      const neededMs = run.routing.drainMs + settleMs;
      if (facts.isNeeded && age < neededMs) return { kind: 'wait', untilMs: run.stateSince + neededMs };
      const isLedTo = run.routing.port !== undefined || run.routing.hasBoundPorts === true;
      const drainMs = isLedTo ? run.routing.drainMs : 0;
      const isWorthWarmth = run.routing.warmMs > 0 && run.routing.port !== undefined && !facts.isSuperseded;
      const next = isWorthWarmth ? 'warm' : 'parked';
      if (age >= drainMs) return { kind: 'advance', to: next, closeConnections: facts.sessions !== 0 };
      if (facts.sessions === 0 && age >= settleMs)
        return { kind: 'advance', to: next, closeConnections: false };
      return {
        kind: 'wait',
        untilMs: run.stateSince + (age < settleMs ? Math.min(settleMs, drainMs) : drainMs),
      };
    }
    case 'warm':
      if (age >= run.routing.warmMs || facts.isSuperseded)
        return { kind: 'advance', to: 'parked', closeConnections: false };
      return { kind: 'wait', untilMs: run.stateSince + run.routing.warmMs };
    case 'parked':
      return facts.keep
        ? { kind: 'wait', untilMs: undefined }
        : { kind: 'advance', to: 'removing', closeConnections: false };
    default:
      return { kind: 'wait', untilMs: undefined };
  }
}
