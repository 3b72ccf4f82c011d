import { Float, type GoValue, Timestamp } from './go-value.ts';

export type ScalarTag = 'str' | 'null' | 'bool' | 'int' | 'float' | 'timestamp';

const words = new Map<string, { tag: ScalarTag; value: GoValue }>();
for (const [tag, value, spellings] of [
  ['bool', true, ['true', 'True', 'TRUE']],
  ['bool', false, ['false', 'False', 'FALSE']],
  ['null', null, ['', '~', 'null', 'Null', 'NULL']],
  ['float', new Float(Number.NaN), ['.nan', '.NaN', '.NAN']],
  ['float', new Float(Number.POSITIVE_INFINITY), ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']],
  ['float', new Float(Number.NEGATIVE_INFINITY), ['-.inf', '-.Inf', '-.INF']],
] as const satisfies readonly (readonly [ScalarTag, GoValue, readonly string[]])[]) {
  for (const spelling of spellings) words.set(spelling, { tag, value });
}

/** go-yaml takes a YAML 1.2 core schema and keeps two habits of 1.1: `0755` is octal, `1_000` a number. */
const floatPattern = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const goIntPattern =
  /^[-+]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;

/** Type and value of a plain (unquoted) scalar as go-yaml v3 resolves it. */
export function resolvePlain(text: string): { tag: ScalarTag; value: GoValue } {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const isDigit = first >= 48 && first <= 57;
  if (first === 46 /* . */) {
    const float = parseGoFloat(text);
    return float === undefined ? { tag: 'str', value: text } : { tag: 'float', value: new Float(float) };
  }
  if (!isDigit && first !== 43 && first !== 45) return { tag: 'str', value: text };
  const time = parseTimestamp(text);
  if (time !== undefined) return { tag: 'timestamp', value: time };
  const plain = text.replaceAll('_', '');
  const int = parseGoInt(plain);
  if (int !== undefined) return { tag: 'int', value: int };
  if (floatPattern.test(plain)) {
    const float = Number(plain);
    if (Number.isFinite(float)) return { tag: 'float', value: new Float(float) };
  }
  // go-yaml reads what is behind `0b` and `0o` as a number of its own, with a sign.
  const signed = /^(0[bo])([-+])([0-7]+)$/.exec(plain);
  const own = signed === null ? undefined : parseGoInt(`${signed[2]}${signed[1]}${signed[3]}`);
  if (own !== undefined) return { tag: 'int', value: own };
  return { tag: 'str', value: text };
}

/** As `strconv.ParseInt(text, 0, 64)`, then `ParseUint`: undefined when it is not an integer or too large. */
function parseGoInt(text: string): number | bigint | undefined {
  if (!goIntPattern.test(text)) return undefined;
  const negative = text.startsWith('-');
  let digits = /^[-+]/.test(text) ? text.slice(1) : text;
  if (/^0[0-7]/.test(digits)) digits = `0o${digits.slice(1)}`;
  const size = BigInt(digits.toLowerCase());
  const value = negative ? -size : size;
  if (value < -(2n ** 63n)) return undefined;
  if (value >= 2n ** 64n || (value >= 2n ** 63n && text.startsWith('+'))) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** As `strconv.ParseFloat(text, 64)` for decimal text, infinities and NaN; undefined when it is not a number. */
export function parseGoFloat(text: string): number | undefined {
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(text);
  if (word === null) return undefined;
  if (word[2]!.toLowerCase() === 'nan') return word[1] === '' ? Number.NaN : undefined;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const datePattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?)?$/;

function parseTimestamp(text: string): Timestamp | undefined {
  const match = datePattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, t, h1, m1, s1, f1, zone, h2, m2, s2, f2] = match;
  const [hour, minute, second] = [Number(h1 ?? h2 ?? 0), Number(m1 ?? m2 ?? 0), Number(s1 ?? s2 ?? 0)];
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const two = (n: number | string) => String(n).padStart(2, '0');
  const date = `${year}-${two(Number(month))}-${two(Number(day))}`;
  const digits = (f1 ?? f2 ?? '').slice(0, 9).replace(/0+$/, '');
  const fraction = digits === '' ? '' : `.${digits}`;
  const clock = `${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
  const offset = t === undefined || zone === 'Z' ? 'Z' : zone!;
  if (offset !== 'Z' && (Number(offset.slice(1, 3)) > 24 || Number(offset.slice(4)) >= 60)) return undefined;
  const printedZone = offset === 'Z' ? '+0000 UTC' : `${offset.replace(':', '')} ${offset.replace(':', '')}`;
  const isUtc = offset === 'Z' || offset === '+00:00' || offset === '-00:00';
  return new Timestamp(
    `${date}T${clock}${isUtc ? 'Z' : offset}`,
    `${date} ${clock} ${isUtc ? '+0000 UTC' : printedZone}`,
  );
}
