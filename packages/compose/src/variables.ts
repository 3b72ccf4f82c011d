import { type GoMap, type GoValue, isMap } from './go-value.ts';
import { firstClosingBrace, pattern } from './template.ts';

/** A variable as one place of a manifest asks for it. */
export interface VariableUse {
  readonly name: string;
  readonly required: boolean;
  readonly standard: string;
  /** Taken in its place when it is set. */
  readonly alternative: string;
}

/** Every use in a manifest whose variables are still in it; of equal ones one. By name. */
export function findVariableUses(content: GoMap): VariableUse[] {
  const uses = new Map<string, VariableUse>();
  for (const use of usesIn(content)) uses.set(JSON.stringify(Object.values(use)), use);
  return [...uses.values()].sort((x, y) => (x.name < y.name ? -1 : x.name > y.name ? 1 : 0));
}

/** Like Compose, which looks into no mapping that stands in a list. */
function usesIn(value: GoValue, isItem = false): VariableUse[] {
  if (typeof value === 'string') return usesOf(value);
  if (isItem) return [];
  if (Array.isArray(value)) return value.flatMap((item) => usesIn(item, true));
  return isMap(value) ? Object.keys(value).flatMap((key) => usesIn(value[key]!)) : [];
}

function usesOf(text: string): VariableUse[] {
  return [...text.matchAll(pattern)].flatMap(({ 0: match, groups = {} }) => {
    if (groups.escaped) return [];
    const end = groups.named ? -1 : firstClosingBrace(match);
    const given = groups.named || (end < 0 ? groups.braced : match.slice('${'.length, end)) || '';
    const parts = /^([\p{L}\p{Nd}_]+)(:?[-?+])?(.*)$/su.exec(given);
    const after = end < 0 ? [] : usesOf(match.slice(end + 1));
    if (parts === null) return after;
    const [, name = '', operator = '', rest = ''] = parts;
    const restOf = (sign: string) => (operator.endsWith(sign) ? rest : '');
    const standard = restOf('-');
    const alternative = restOf('+');
    return [
      ...after,
      { name, required: operator.endsWith('?'), standard, alternative },
      ...usesOf(standard),
      ...usesOf(alternative),
    ];
  });
}

/**
 * One for each name: required where one of them is, with the first values that are given. Compose shows one of
 * them, whichever.
 */
export function combineUses(uses: readonly VariableUse[]): VariableUse[] {
  const combined = new Map<string, VariableUse>();
  for (const use of uses) {
    const before = combined.get(use.name);
    combined.set(use.name, {
      name: use.name,
      required: before?.required === true || use.required,
      standard: before?.standard || use.standard,
      alternative: before?.alternative || use.alternative,
    });
  }
  return [...combined.values()];
}
