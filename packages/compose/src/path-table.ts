import { type GoValue, isMap } from './go-value.ts';
import type { Path, PathPart } from './issue.ts';

/**
 * Rules by path pattern (`services.*.ports`); `*` stands for any one key or index. A tree, so that who walks
 * over a value leaves out what no rule is about.
 */
export class PathTable<T> {
  readonly #below = new Map<string, PathTable<T>>();
  #rule: T | undefined;

  constructor(rules: Readonly<Record<string, T>> = {}) {
    for (const [pattern, rule] of Object.entries(rules)) {
      let table: PathTable<T> = this;
      for (const part of pattern.split('.')) {
        const next: PathTable<T> = table.#below.get(part) ?? new PathTable();
        table.#below.set(part, next);
        table = next;
      }
      table.#rule = rule;
    }
  }

  /** The rule for the value the table was followed to. */
  get rule(): T | undefined {
    return this.#rule;
  }

  /** The rules about what is below a key or an index; undefined: there are none. */
  at(part: PathPart): PathTable<T> | undefined {
    return this.#below.get(String(part)) ?? this.#below.get('*');
  }

  find(path: Path): T | undefined {
    let table: PathTable<T> | undefined = this;
    for (const part of path) {
      table = table.at(part);
      if (table === undefined) return undefined;
    }
    return table.rule;
  }
}

/** Gives what takes the place of a value; `inside` walks on below it. */
type Apply<T> = (rule: T, value: GoValue, path: Path, inside: () => GoValue) => GoValue;

/** Puts what `apply` gives in the place of each value with a rule, from the top. Changes `value`. */
export function applyRules<T>(
  table: PathTable<T>,
  value: GoValue,
  apply: Apply<T>,
  path: Path = [],
): GoValue {
  const inside = () => applyInside(table, value, apply, path);
  return table.rule === undefined ? inside() : apply(table.rule, value, path, inside);
}

function applyInside<T>(table: PathTable<T>, value: GoValue, apply: Apply<T>, path: Path): GoValue {
  if (isMap(value)) {
    for (const key of Object.keys(value)) {
      const below = table.at(key);
      if (below !== undefined) value[key] = applyRules(below, value[key]!, apply, [...path, key]);
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const below = table.at(index);
      if (below !== undefined) value[index] = applyRules(below, item, apply, [...path, index]);
    }
  }
  return value;
}

/** Whether `path` is one of the reset paths of a document, whose parts are strings. */
export function isSamePath(path: Path, pattern: Path): boolean {
  return (
    path.length === pattern.length && pattern.every((part, index) => part === '*' || part === path[index])
  );
}
