/** One figure of a benchmark, with every run it is the median of. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly runs: readonly number[];
  readonly median: number;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('a median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function figure(name: string, unit: string, runs: readonly number[]): Figure {
  return { name, unit, runs, median: median(runs) };
}

/** Each variant once per round, so that what disturbs the machine disturbs all of them. */
export async function inRounds<K extends string>(
  rounds: number,
  variants: Readonly<Record<K, (round: number) => Promise<number>>>,
  tell: (line: string) => void,
): Promise<Readonly<Record<K, readonly number[]>>> {
  const names = Object.keys(variants) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 1; round <= rounds; round++)
    for (const name of names) {
      const value = await variants[name](round);
      results[name].push(value);
      tell(`  ${name}, run ${round} of ${rounds}: ${format(value)}`);
    }
  return results;
}

export function format(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}

/** One line of the record: what was measured, against what, and whether the bar is passed. */
export interface Row {
  readonly what: string;
  readonly berth: string;
  readonly baseline: string;
  readonly wanted: string;
  readonly isMet: boolean;
}

export interface BenchResult {
  readonly name: string;
  readonly title: string;
  /** How it was measured, in sentences, with the commands. */
  readonly method: readonly string[];
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
}
