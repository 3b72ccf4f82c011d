const isDigit = (c: string | undefined) => c !== undefined && /\p{Nd}/u.test(c);
const isLetter = (c: string) => /\p{L}/u.test(c);

/** go-yaml's order of keys: `a2` before `a10`, letters after signs. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [Array.from(a), Array.from(b)];
  let digits = false;
  for (let i = 0; i < x.length && i < y.length; i++) {
    const [p, q] = [x[i]!, y[i]!];
    if (p === q) {
      digits = isDigit(p);
      continue;
    }
    const [pLetter, qLetter] = [isLetter(p), isLetter(q)];
    const before = (less: boolean) => (less ? -1 : 1);
    if (pLetter && qLetter) return before(p.codePointAt(0)! < q.codePointAt(0)!);
    if (pLetter || qLetter) return before(digits ? pLetter : qLetter);
    let [m, n] = [0, 0];
    if (p === '0' || q === '0') {
      for (let j = i - 1; j >= 0 && isDigit(x[j]); j--) {
        if (x[j] !== '0') {
          [m, n] = [1, 1];
          break;
        }
      }
    }
    let [k, l] = [i, i];
    for (; isDigit(x[k]); k++) m = m * 10 + (x[k]!.codePointAt(0)! - 48);
    for (; isDigit(y[l]); l++) n = n * 10 + (y[l]!.codePointAt(0)! - 48);
    if (m !== n) return before(m < n);
    if (k !== l) return before(k < l);
    return before(p.codePointAt(0)! < q.codePointAt(0)!);
  }
  return x.length - y.length;
}
