/** What has an order: a service, or a run of one. */
export interface Ordered {
  readonly service: string;
  /** Services that have to be there first. */
  readonly dependsOn: readonly string[];
}

/**
 * Levels, dependencies first: what is on one level needs nothing of the same level or a later one. A dependency
 * that is not among the items does not count; a circle, which no manifest may have, is cut where it closes.
 */
export function levelsOf<T extends Ordered>(items: readonly T[]): T[][] {
  const depthOf = depthsBy((service) =>
    items.filter((item) => item.service === service).flatMap((item) => item.dependsOn),
  );
  const present = new Set(items.map((item) => item.service));
  const levels = new Map<number, T[]>();
  for (const item of items) {
    const depth = depthOf(item.service, present);
    levels.set(depth, [...(levels.get(depth) ?? []), item]);
  }
  return [...levels].sort(([x], [y]) => x - y).map(([, level]) => level);
}

/** The longest way down the dependencies, memorised. */
export function depthsBy(needsOf: (service: string) => readonly string[]) {
  const known = new Map<string, number>();
  const open = new Set<string>();
  return function depthOf(service: string, present: ReadonlySet<string>): number {
    const before = known.get(service);
    if (before !== undefined) return before;
    open.add(service);
    let depth = 0;
    for (const need of needsOf(service))
      if (present.has(need) && !open.has(need)) depth = Math.max(depth, 1 + depthOf(need, present));
    open.delete(service);
    known.set(service, depth);
    return depth;
  };
}
