import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planJob, type Schedule, scheduleDefaults } from './schedule.ts';

const minute = 60_000;
/** Every ten minutes. */
const next = (after: number) => (Math.floor(after / (10 * minute)) + 1) * 10 * minute;
const schedule = (over: Partial<Schedule> = {}): Schedule => ({
  ...scheduleDefaults,
  cron: '*/10 * * * *',
  ...over,
});
const at = (minutes: number) => minutes * minute;

test('a new schedule has nothing to make up for', () => {
  assert.deepEqual(
    planJob({ schedule: schedule(), consideredUntil: undefined, now: at(25), running: 0, next }),
    {
      due: [],
      consideredUntil: at(25),
      nextAt: at(30),
    },
  );
});

test('what is due starts once, and what runs decides by the rule', () => {
  const due = (concurrency: Schedule['concurrency'], running: number) =>
    planJob({
      schedule: schedule({ concurrency }),
      consideredUntil: at(25),
      now: at(30) + 500,
      running,
      next,
    }).due;
  assert.deepEqual(due('forbid', 0), [{ kind: 'start', dueAt: at(30) }]);
  assert.deepEqual(due('allow', 3), [{ kind: 'start', dueAt: at(30) }]);
  assert.deepEqual(due('replace', 1), [{ kind: 'replace', dueAt: at(30) }]);
  assert.deepEqual(due('forbid', 1), [
    { kind: 'skip', dueAt: at(30), because: 'the execution before it still runs' },
  ]);
});

test('what was missed runs once or not at all', () => {
  const due = (missed: Schedule['missed'], now: number) =>
    planJob({ schedule: schedule({ missed }), consideredUntil: at(0), now, running: 0, next }).due;
  assert.deepEqual(due('run', at(35)), [{ kind: 'start', dueAt: at(30) }]);
  assert.deepEqual(due('skip', at(35)), [
    { kind: 'skip', dueAt: at(30), because: 'missed: control was away at 3 times' },
  ]);
  assert.deepEqual(
    due('run', at(40)).map(({ kind }) => kind),
    ['skip', 'start'],
    'one that is due now makes up for it',
  );
});

test('a year away every second is one plan, at once', () => {
  const plan = planJob({
    schedule: schedule(),
    consideredUntil: 0,
    now: 365 * 24 * 3_600_000,
    running: 0,
    next: (after) => after + 1_000,
  });
  assert.ok(plan.due.length <= 2);
  assert.ok(plan.due.some(({ kind }) => kind === 'start'));
});

test('no time is decided twice and at most one execution starts per plan, whenever it is looked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 30 }),
      fc.constantFrom('run' as const, 'skip' as const),
      (pauses, missed) => {
        let now = at(3);
        let considered: number | undefined = now;
        const seen = new Set<number>();
        for (const pause of pauses) {
          now += pause;
          const plan = planJob({
            schedule: schedule({ missed }),
            consideredUntil: considered,
            now,
            running: 0,
            next,
          });
          assert.ok(plan.due.filter(({ kind }) => kind !== 'skip').length <= 1);
          for (const { dueAt } of plan.due) {
            assert.ok(!seen.has(dueAt));
            assert.ok(dueAt <= now);
            seen.add(dueAt);
          }
          assert.ok(plan.nextAt !== undefined && plan.nextAt > now);
          considered = plan.consideredUntil;
        }
        const { due } = planJob({
          schedule: schedule({ missed }),
          consideredUntil: considered,
          now,
          running: 0,
          next,
        });
        assert.deepEqual(due, []);
      },
    ),
  );
});
