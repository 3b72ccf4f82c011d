import { Cron } from 'croner';

const parsed = new Map<string, Cron>();
const parsedMax = 1_000;

function cronOf(schedule: { readonly cron: string; readonly timeZone: string }): Cron {
  const key = `${schedule.timeZone} ${schedule.cron}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  if (parsed.size >= parsedMax) parsed.clear();
  const cron = new Cron(schedule.cron, { timezone: schedule.timeZone, paused: true });
  parsed.set(key, cron);
  return cron;
}

/** The first time of a schedule after a moment, clocks set forward or back included; undefined: none. */
export function nextTime(
  schedule: { readonly cron: string; readonly timeZone: string },
  afterMs: number,
): number | undefined {
  return cronOf(schedule).nextRun(new Date(afterMs))?.getTime();
}
