/** What go-yaml takes for blanks and for the ends of lines. */
export const isBlank = (c: string | undefined) => c === ' ' || c === '\t';

/** Characters of the line break at `at`; 0 when there is none. */
export function breakLength(source: string, at: number): number {
  const c = source[at];
  if (c === '\r') return source[at + 1] === '\n' ? 2 : 1;
  return c === '\n' || c === '\u0085' || c === '\u2028' || c === '\u2029' ? 1 : 0;
}

/** The line break at `at` as it is in a value. */
export function readBreak(source: string, at: number): string {
  const c = source[at]!;
  return c === '\u2028' || c === '\u2029' ? c : '\n';
}
