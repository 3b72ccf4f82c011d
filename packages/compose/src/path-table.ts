import type { Path } from './issue.ts';

/** Rules by path pattern (`services.*.ports`); `*` stands for any one key or index. */
export class PathTable<T> {
  readonly #byLength = new Map<number, { readonly parts: readonly string[]; readonly rule: T }[]>();

  constructor(rules: Readonly<Record<string, T>>) {
    for (const [pattern, rule] of Object.entries(rules)) {
      const parts = pattern.split('.');
      const same = this.#byLength.get(parts.length) ?? [];
      same.push({ parts, rule });
      this.#byLength.set(parts.length, same);
    }
  }

  find(path: Path): T | undefined {
    const candidates = this.#byLength.get(path.length);
    if (candidates === undefined) return undefined;
    for (const { parts, rule } of candidates) {
      if (matches(path, parts)) return rule;
    }
    return undefined;
  }
}

function matches(path: Path, parts: readonly string[]): boolean {
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] !== '*' && parts[i] !== path[i]) return false;
  }
  return true;
}

/** Whether `path` is one of the reset paths of a document, whose parts are strings. */
export function isSamePath(path: Path, pattern: Path): boolean {
  return (
    path.length === pattern.length && pattern.every((part, index) => part === '*' || part === path[index])
  );
}
