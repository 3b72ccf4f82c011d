export interface RelayTarget {
  readonly host: string;
  readonly port: number;
}

/** What a relay of either protocol is to its owner. */
export interface Relay {
  /** For what begins from now on; what is open stays where it is. */
  retarget(groups: readonly (readonly RelayTarget[])[]): void;
  /** Ends what is open, too. */
  close(): Promise<void>;
}

/**
 * Groups of targets in order of preference: each call gives all of them, those of the first group in turns, so
 * that its members share what comes.
 */
export function createTargets(groups: readonly (readonly RelayTarget[])[]) {
  let current = groups;
  let turn = 0;
  return {
    set(next: readonly (readonly RelayTarget[])[]): void {
      current = next;
    },
    inOrder(): RelayTarget[] {
      const [first = [], ...others] = current;
      const start = first.length === 0 ? 0 : turn++ % first.length;
      return [...first.slice(start), ...first.slice(0, start), ...others.flat()];
    },
  };
}
