import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleOf } from './translate-schedule.ts';

const path = ['services', 'backup', 'x-berth', 'schedule'];

test('a schedule is its times alone, or says more', () => {
  assert.deepEqual(scheduleOf('0 3 * * *', path), {
    cron: '0 3 * * *',
    timeZone: 'UTC',
    concurrency: 'forbid',
    missed: 'run',
    timeoutMs: 3_600_000,
    historyMax: 20,
  });
  assert.deepEqual(
    scheduleOf(
      {
        cron: '@hourly',
        timezone: 'Europe/Berlin',
        concurrency: 'replace',
        missed: 'skip',
        timeout: '90s',
        history: 3,
        alert: 'https://hooks.example.com/x',
      },
      path,
    ),
    {
      cron: '@hourly',
      timeZone: 'Europe/Berlin',
      concurrency: 'replace',
      missed: 'skip',
      timeoutMs: 90_000,
      historyMax: 3,
      alertUrl: 'https://hooks.example.com/x',
    },
  );
});

test('what cannot be is refused by place', () => {
  const faults = (given: Parameters<typeof scheduleOf>[0]) => {
    const found = scheduleOf(given, path);
    assert.ok(!('cron' in found));
    return found.map(({ path: at, message }) => `${at.at(-1)}: ${message}`);
  };
  assert.deepEqual(faults('0 25 * * *'), [
    'schedule: `0 25 * * *` is no schedule: Invalid value for hour: 25',
  ]);
  assert.match(faults('0 0 31 2 *')[0] ?? '', /it never comes/);
  assert.deepEqual(faults({ cron: '* * * * *', timezone: 'Mars/Base' }), [
    'timezone: there is no time zone `Mars/Base`',
  ]);
  assert.deepEqual(faults({ cron: '* * * * *', alert: 'ftp://x' }), ['alert: is no URL']);
});
