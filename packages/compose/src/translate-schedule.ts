import { type Schedule, scheduleDefaults } from '@berth/domain/schedule';
import { Cron } from 'croner';
import type { Fault, Path } from './issue.ts';
import { durationMs } from './units.ts';

/** `x-berth.schedule` of a service: the times alone, or with what else there is to say. */
export type ScheduleExtension =
  | string
  | {
      readonly cron: string;
      readonly timezone?: string;
      readonly concurrency?: Schedule['concurrency'];
      readonly missed?: Schedule['missed'];
      readonly timeout?: string;
      readonly history?: number;
      readonly alert?: string;
    };

/** A schedule, or what is wrong with it. Pure. */
export function scheduleOf(given: ScheduleExtension, path: Path): Schedule | readonly Fault[] {
  const more = typeof given === 'string' ? { cron: given } : given;
  const timeZone = more.timezone ?? scheduleDefaults.timeZone;
  const faults: Fault[] = [];
  const at = (key: string): Path => (typeof given === 'string' ? path : [...path, key]);
  if (!isTimeZone(timeZone))
    faults.push({
      path: at('timezone'),
      message: `there is no time zone \`${timeZone}\``,
      suggestion: 'name one of the IANA database, such as Europe/Berlin',
    });
  else {
    const because = cronFault(more.cron, timeZone);
    if (because !== undefined)
      faults.push({
        path: at('cron'),
        message: `\`${more.cron}\` is no schedule: ${because}`,
        suggestion:
          'write minute, hour, day, month and weekday, such as `0 3 * * *` for every night at three',
      });
  }
  if (more.alert !== undefined && !/^https?:\/\/[^\s/]+/.test(more.alert))
    faults.push({ path: at('alert'), message: 'is no URL', suggestion: 'begin it with https://' });
  if (faults.length > 0) return faults;
  return {
    ...scheduleDefaults,
    cron: more.cron,
    timeZone,
    ...(more.concurrency === undefined ? {} : { concurrency: more.concurrency }),
    ...(more.missed === undefined ? {} : { missed: more.missed }),
    ...(more.timeout === undefined
      ? {}
      : { timeoutMs: durationMs(more.timeout) ?? scheduleDefaults.timeoutMs }),
    ...(more.history === undefined ? {} : { historyMax: more.history }),
    ...(more.alert === undefined ? {} : { alertUrl: more.alert }),
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

function cronFault(text: string, timezone: string): string | undefined {
  try {
    const next = new Cron(text, { timezone, paused: true }).nextRun();
    return next === null ? 'it never comes' : undefined;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return cause.message.replace(/^CronPattern: /, '');
  }
}
