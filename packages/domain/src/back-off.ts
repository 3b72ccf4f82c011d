/**
 * How long Swarm waits before it starts a task again whose service keeps failing: from the delay of the manifest
 * up these steps, one with each try.
 */
export const backOffStepsMs = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000] as const;

/** A task that ran this long did well: what ends then is not failing at once, and is started again soon. */
export const didWellMs = 20_000;

/** Ends in succession before the first step: fewer may have any cause. */
export const failuresMin = 3;
/**
 * A change of the delay makes Swarm start the waiting tasks at once. So it is made this shortly before they are
 * due: then it costs no try.
 */
const leadMs = 3_000;
/** Later than this Swarm may start them at the same moment. */
const tooLateMs = 300;
/** How soon one is looked at again of which Swarm has not said yet what it does, and for how long. */
const soonMs = 1_000;
const settlingMs = 10_000;

/** What Swarm keeps starting again in one place of a service. */
export interface RestartingSlot {
  /** `other`: it is being made or started, finds no node, or Swarm has given up. */
  readonly state: 'runs' | 'waits' | 'other';
  /** When Swarm starts one that waits, in Unix milliseconds. */
  readonly startsAt?: number | undefined;
  /** When the one before ended. */
  readonly endedAt?: number | undefined;
  /** How long those before ran that ended by themselves, the latest first; undefined: nobody can say. */
  readonly livesMs: readonly (number | undefined)[];
}

export type BackOffPlan =
  | { readonly kind: 'keep'; readonly lookAt?: number }
  /** No task of the service runs. Swarm starts all of them at once, and waits so long after the next failure. */
  | { readonly kind: 'set'; readonly delayMs: number; readonly because: 'failing' | 'did-well' }
  /** So many tasks wait for a raised delay although they had done well; the others run, and go on. */
  | { readonly kind: 'renew'; readonly slots: number };

/**
 * What is done about the delay of a service's restarts. `baseMs`: what the manifest says; `delayMs`: what Swarm
 * has now. Never changes the delay while a task runs, as Swarm replaces all tasks then. Pure.
 */
export function planBackOff(facts: {
  readonly baseMs: number;
  readonly delayMs: number;
  readonly slots: readonly RestartingSlot[];
  readonly isPerNode: boolean;
  readonly now: number;
}): BackOffPlan {
  const { baseMs, delayMs, slots, now } = facts;
  const isRaised = delayMs > baseMs;
  const waiting = slots.filter((slot) => slot.state === 'waits');
  const keep = keepUntil(slots, now);
  const firstStart = Math.min(...waiting.map((slot) => slot.startsAt ?? now));
  if (waiting.length === 0 || firstStart - now < tooLateMs) return keep;
  if (waiting.length < slots.length) {
    // A delay that was raised stays with tasks that run: it is not to keep one of them away that ends later on.
    const isEach = slots.every((slot) => slot.state !== 'other');
    return isRaised && isEach && !facts.isPerNode && waiting.some(hasDoneWell)
      ? { kind: 'renew', slots: waiting.length }
      : keep;
  }
  if (isRaised && slots.some(hasDoneWell)) return { kind: 'set', delayMs: baseMs, because: 'did-well' };
  // One that ran on one node of several could not be given its old delay again.
  if (facts.isPerNode && slots.length > 1) return keep;
  const next = backOffStepsMs.find((step) => step > delayMs);
  if (next === undefined || !slots.every((slot) => hasFailed(slot, isRaised ? 1 : failuresMin))) return keep;
  const dueAt = firstStart - leadMs;
  return dueAt > now ? { kind: 'keep', lookAt: dueAt } : { kind: 'set', delayMs: next, because: 'failing' };
}

const hasDoneWell = ({ livesMs: [last] }: RestartingSlot): boolean => last !== undefined && last >= didWellMs;

const hasFailed = ({ livesMs }: RestartingSlot, times: number): boolean =>
  livesMs.length >= times && livesMs.slice(0, times).every((life) => life !== undefined && life < didWellMs);

function keepUntil(slots: readonly RestartingSlot[], now: number): BackOffPlan {
  const isSettling = slots.some(
    ({ state, endedAt }) => state !== 'runs' && endedAt !== undefined && now - endedAt < settlingMs,
  );
  const starts = slots.flatMap(({ startsAt }) => (startsAt === undefined ? [] : [startsAt + soonMs]));
  const looks = [...(isSettling ? [now + soonMs] : []), ...starts.filter((at) => at > now)];
  return looks.length === 0 ? { kind: 'keep' } : { kind: 'keep', lookAt: Math.min(...looks) };
}
