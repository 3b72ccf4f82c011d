/**
 * The values a Compose file is made of while it is loaded. Compose is written in Go and much of what it
 * prints follows from Go's types (an integer is not a float, a date is not a string), so they are kept apart
 * here until the model is finished.
 */
export type GoValue = null | boolean | number | bigint | string | Float | Timestamp | GoValue[] | GoMap;
export interface GoMap {
  [key: string]: GoValue;
}

/** A float64, or a float32 where Compose's model has one. Integers are plain numbers. */
export class Float {
  readonly value: number;
  readonly bits: 32 | 64;

  constructor(value: number, bits: 32 | 64 = 64) {
    this.value = bits === 32 ? Math.fround(value) : value;
    this.bits = bits;
  }
}

/** A YAML timestamp, kept as RFC 3339. */
export class Timestamp {
  readonly text: string;
  /** As Go prints a time: `2024-01-02 00:00:00 +0000 UTC`. */
  readonly printed: string;

  constructor(text: string, printed: string) {
    this.text = text;
    this.printed = printed;
  }
}

export function newMap(entries: Iterable<readonly [string, GoValue]> = []): GoMap {
  const map: GoMap = Object.create(null);
  for (const [key, value] of entries) map[key] = value;
  return map;
}

export function isMap(value: unknown): value is GoMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Float) &&
    !(value instanceof Timestamp)
  );
}

export function isInt(value: GoValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Compose's own decoding knows integers of this size only; larger ones are of no type to it. */
export function isInt64(value: GoValue | undefined): value is number | bigint {
  return isInt(value) && value < 2n ** 63n;
}

export function deepClone(value: GoValue): GoValue {
  if (Array.isArray(value)) return value.map(deepClone);
  if (isMap(value)) {
    const copy = newMap();
    for (const key of Object.keys(value)) copy[key] = deepClone(value[key]!);
    return copy;
  }
  return value;
}

export function deepEqual(a: GoValue | undefined, b: GoValue | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Float && b instanceof Float) return a.value === b.value && a.bits === b.bits;
  if (a instanceof Timestamp && b instanceof Timestamp) return a.text === b.text;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => deepEqual(item, b[index]));
  }
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => key in b && deepEqual(a[key], b[key]))
    );
  }
  return false;
}

/**
 * Lists Go holds as a nil slice: empty, and `null` in the eyes of the schema. A list emptied while a first
 * file is made canonical is one, so a second file then meets `null` where the first had `[]`.
 */
const nilLists = new WeakSet<object>();

export function nilList(): GoValue[] {
  const list: GoValue[] = [];
  nilLists.add(list);
  return list;
}

export function isNilList(list: readonly unknown[]): boolean {
  return list.length === 0 && nilLists.has(list);
}

/** Shortest decimal digits that read back as the same number of `bits`, and the decimal point's place. */
function shortestDigits(value: number, bits: 32 | 64): { digits: string; exponent: number } {
  let text = value.toExponential();
  if (bits === 32) {
    for (let precision = 1; precision <= 9; precision++) {
      const candidate = value.toExponential(precision - 1);
      if (Math.fround(Number(candidate)) === value) {
        text = candidate;
        break;
      }
    }
  }
  const [mantissa, exponent] = text.split('e') as [string, string];
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  return { digits: digits === '' ? '0' : digits, exponent: Number(exponent) };
}

/** The number a float32 prints as: 0.1, not 0.10000000149011612. */
export function plainNumber(float: Float): number {
  if (float.bits === 64 || !Number.isFinite(float.value)) return float.value;
  const { digits, exponent } = shortestDigits(Math.abs(float.value), 32);
  const value = Number(`${digits}e${exponent - digits.length + 1}`);
  return float.value < 0 ? -value : value;
}

/**
 * As Go's `%v` and `strconv.FormatFloat(f, 'g', -1, bits)`: exponent form from 1e+06 on,
 * and below 1e-04. */
export function formatFloat(float: Float, exponentMin = 6, exponentLow = -4): string {
  const { value, bits } = float;
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const { digits, exponent } = shortestDigits(Math.abs(value), bits);
  if (value === 0) return `${sign}0`;
  if (exponent < exponentLow || exponent >= exponentMin) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** As Go's `fmt.Sprint`. */
export function sprint(value: GoValue | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (value instanceof Float) return formatFloat(value);
  if (value instanceof Timestamp) return value.printed;
  if (Array.isArray(value)) return `[${value.map(sprint).join(' ')}]`;
  if (isMap(value)) {
    const entries = Object.keys(value).sort(compareBytes);
    return `map[${entries.map((key) => `${key}:${sprint(value[key])}`).join(' ')}]`;
  }
  return String(value);
}

/** Go's string order: by bytes of UTF-8, which is the order of code points. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xSurrogate = x >= 0xd800 && x <= 0xdfff;
    const ySurrogate = y >= 0xd800 && y <= 0xdfff;
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
