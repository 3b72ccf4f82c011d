import type { EdgeModel, LaneName, ObservedLane } from '@berth/domain/edge';
import type { Clock } from '@berth/runtime/clock';
import type { Log } from '../log.ts';
import { planAttention, proofKey } from './attention.ts';
import { backendOf } from './names.ts';
import { askThrough } from './proof.ts';
import { isSilent, type Runtime } from './runtime.ts';

/** Somebody waits for a lane; a task has just started or ended; a task does not answer; nothing happens. */
const lookMs = { watched: 25, roused: 100, ailing: 1_000, quiet: 5_000 } as const;
const rousedForMs = 3_000;
const askAgainMs = 100;

export type Attendant = ReturnType<typeof createAttendant>;

/**
 * Keeps looking at the servers of the running HAProxy and does what `planAttention` says. INVARIANTS: HAProxy
 * follows DNS and checks by itself, so an agent that is gone delays a new task, and loses no request; a proof
 * is used at the next look, if the server still has the address it was for.
 */
export function createAttendant(options: {
  readonly socketPath: string;
  readonly runtime: Pick<Runtime, 'serversOf' | 'attend'>;
  readonly model: () => EdgeModel;
  readonly clock: Clock;
  readonly log: Log;
}) {
  const { socketPath, runtime, model, clock, log } = options;
  const watched = new Map<string, number>();
  const proven = new Set<string>();
  const askedAt = new Map<string, number>();
  /** What was wrong with the last answer. */
  const faults = new Map<string, ObservedLane['servers'][number]['check']>();
  let quickUntil = Number.NEGATIVE_INFINITY;
  let wake = Promise.withResolvers<void>();

  /** Tells whether a task does not answer as it should. */
  async function look(signal: AbortSignal): Promise<boolean> {
    const isRoused = clock.now() < quickUntil;
    const now = clock.now();
    const backends = watched.size > 0 && !isRoused ? [...watched.keys()] : backendsInUse(model());
    if (backends.length === 0) return false;
    const plan = planAttention(model(), await runtime.serversOf(backends), proven);
    proven.clear();
    for (const step of plan) {
      if (step.kind !== 'ask' || now - (askedAt.get(step.key) ?? 0) < askAgainMs) continue;
      askedAt.set(step.key, Number.POSITIVE_INFINITY);
      const { service, name, lane } = step.lane;
      const backend = backendOf(service.id, name);
      const server = step.server.slice(backend.length + 1);
      void askThrough({ socketPath, backend, server, probe: lane.probe, signal }).then(
        ({ isRight, check }) => {
          askedAt.set(step.key, clock.now());
          if (check === undefined) faults.delete(step.key);
          else faults.set(step.key, check);
          if (!isRight) return;
          proven.add(step.key);
          wake.resolve();
        },
      );
    }
    for (const [key, at] of askedAt)
      if (now - at > 60_000) {
        askedAt.delete(key);
        faults.delete(key);
      }
    await runtime.attend(plan.flatMap((step) => (step.kind === 'ask' ? [] : [step])));
    return plan.some(({ kind }) => kind === 'ask');
  }

  return {
    /** Runs until aborted; what fails is tried at the next look. */
    run: async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        wake = Promise.withResolvers();
        const isAiling = await look(signal).catch((error: unknown) => {
          if (!isSilent(error)) log.debug({ err: error }, 'the servers of the edge could not be looked at');
          return true;
        });
        const pace =
          watched.size > 0 ? 'watched' : clock.now() < quickUntil ? 'roused' : isAiling ? 'ailing' : 'quiet';
        const ms = lookMs[pace];
        await Promise.race([clock.sleep(ms, signal), wake.promise]).catch(() => undefined);
      }
    },
    /** A task started or ended here, or the edge changed: its servers change within seconds. */
    rouse: (): void => {
      quickUntil = clock.now() + rousedForMs;
      wake.resolve();
    },
    /** HAProxy's own look at a new server comes later: until then, what the agent was answered. */
    explain: (lane: ObservedLane): ObservedLane => {
      const backend = backendOf(lane.service, lane.lane);
      return {
        ...lane,
        servers: lane.servers.map((server) => {
          const key = proofKey(`${backend}/${server.name}`, lane.fqdn ?? '', server.address);
          const check = server.state === 'checking' ? faults.get(key) : undefined;
          return check === undefined ? server : { ...server, check };
        }),
      };
    },
    /** Looks at a lane at once and often, until the returned function is called. */
    watch: (service: string, lane: LaneName): (() => void) => {
      const backend = backendOf(service, lane);
      watched.set(backend, (watched.get(backend) ?? 0) + 1);
      wake.resolve();
      return () => {
        const left = (watched.get(backend) ?? 1) - 1;
        if (left === 0) watched.delete(backend);
        else watched.set(backend, left);
      };
    },
  };
}

const backendsInUse = (of: EdgeModel): readonly string[] =>
  of.services.flatMap((service) =>
    (Object.entries(service.lanes) as [LaneName, EdgeModel['services'][number]['lanes'][LaneName]][])
      .filter(([, lane]) => lane.fqdn !== undefined)
      .map(([name]) => backendOf(service.id, name)),
  );
