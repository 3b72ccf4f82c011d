import { refuse } from '@berth/contract/errors';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A moment, given as RFC 3339 or as a span before now (`90s`, `15m`, `2h`, `3d`), in milliseconds since the
 * epoch. Refuses with `invalid`.
 */
export function parseMoment(text: string, nowMs: number, at = 'query.since'): number {
  const span = /^(\d{1,9})([smhd])$/.exec(text);
  if (span !== null) return nowMs - Number(span[1]) * unitMs[span[2] as keyof typeof unitMs];
  const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw refuse('invalid', `"${text}" is no moment.`, {
    issues: [
      {
        at,
        message: 'must be a span (90s, 15m, 2h, 3d) or a time as RFC 3339 (2026-11-21T08:00:00Z)',
      },
    ],
  });
}
