/**
 * How many logs may be followed at once, by all clients together. Each is a stream on a node's link, which has
 * a limit of its own: people who watch must not take it from deployments.
 */
export interface Budget {
  /** False when it is spent; else `give` must follow. */
  tryTake(): boolean;
  give(): void;
  isSpent(): boolean;
}

export function createBudget(max: number): Budget {
  let taken = 0;
  return {
    tryTake() {
      if (taken >= max) return false;
      taken += 1;
      return true;
    },
    give() {
      taken -= 1;
    },
    isSpent: () => taken >= max,
  };
}
