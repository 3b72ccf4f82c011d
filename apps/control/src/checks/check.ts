import type { Check as CheckSchema } from '@berth/contract/nodes';
import type * as z from 'zod';

/** One invariant of the platform: whether it holds, and the fix when it does not. */
export type Check = z.infer<typeof CheckSchema>;
type Area = Check['area'];

export const ok = (area: Area, id: string, text: string): Check => ({ id, area, status: 'ok', text });
export const warning = (area: Area, id: string, text: string, fix: string): Check => ({
  id,
  area,
  status: 'warning',
  text,
  fix,
});
export const broken = (area: Area, id: string, text: string, fix: string): Check => ({
  id,
  area,
  status: 'broken',
  text,
  fix,
});

/** `a, b, c and 4 more`: long lists stay readable. */
export function listed(names: readonly string[], max = 5): string {
  if (names.length <= max) return names.join(', ');
  return `${names.slice(0, max).join(', ')} and ${names.length - max} more`;
}

/** `1 app`, `3 apps`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const unit = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
export function bytes(value: number): string {
  const step = value <= 0 ? 0 : Math.min(unit.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** step;
  return `${scaled >= 10 || step === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${unit[step]}`;
}
