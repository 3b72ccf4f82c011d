/** Durations and sizes as Go's `time` and Docker's `go-units` read and print them. */

const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const durationMax = 2n ** 63n - 1n;

/** `1m30s` in nanoseconds; undefined when it is not a duration. A bare number is none, except `0`. */
export function parseDuration(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') return undefined;
  let total = 0n;
  while (rest !== '') {
    const match = /^(?=[.\d])(\d*)(?:\.(\d*))?([^.\d]+)/.exec(rest);
    if (match === null) return undefined;
    const [whole, integer, fraction = '', unit] = match as unknown as [string, string, string?, string?];
    if (integer === '' && fraction === '') return undefined;
    const size = nanoseconds[unit ?? ''];
    if (size === undefined) return undefined;
    total += BigInt(integer === '' ? 0 : integer) * size;
    if (fraction !== '') {
      const digits = fraction.slice(0, 18);
      total += BigInt(Math.trunc(Number(digits) * (Number(size) / 10 ** digits.length)));
    }
    if (total > durationMax + (negative ? 1n : 0n)) return undefined;
    rest = rest.slice(whole.length);
  }
  return negative ? -total : total;
}

/** `1m30s`, `1.5s`, `0s`: as Go prints a duration. */
export function printDuration(duration: bigint): string {
  if (duration === 0n) return '0s';
  const negative = duration < 0n;
  const size = negative ? -duration : duration;
  const sign = negative ? '-' : '';
  const decimal = (value: bigint, unit: bigint) => {
    const fraction = (value % unit)
      .toString()
      .padStart(unit.toString().length - 1, '0')
      .replace(/0+$/, '');
    return `${value / unit}${fraction === '' ? '' : `.${fraction}`}`;
  };
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const hours = size / 3_600_000_000_000n;
  const minutes = (size / 60_000_000_000n) % 60n;
  const seconds = decimal(size % 60_000_000_000n, 1_000_000_000n);
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`;
  if (minutes > 0n) return `${sign}${minutes}m${seconds}s`;
  return `${sign}${seconds}s`;
}

/** Milliseconds of a duration as Compose prints it (`1m30s`), rounded up; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const parsed = parseDuration(text);
  return parsed === undefined ? undefined : Number((parsed + 999_999n) / 1_000_000n);
}

const sizePattern = /^(\d+(?:\.\d+)*) ?([kKmMgGtTpP])?[iI]?[bB]?$/;

/** `1.5g` in bytes, by powers of 1024; undefined when it is not a size. */
export function parseBytes(text: string): number | undefined {
  const match = sizePattern.exec(text);
  if (match === null) return undefined;
  const size = Number(match[1]);
  if (Number.isNaN(size)) return undefined;
  const power = match[2] === undefined ? 0 : 'kmgtp'.indexOf(match[2].toLowerCase()) + 1;
  return Math.trunc(size * 1024 ** power);
}
