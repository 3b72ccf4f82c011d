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

test('what was missed runs once or not at all, and how often that was is told', () => {
  const due = (missed: Schedule['missed'], now: number, running = 0) =>
    planJob({ schedule: schedule({ missed }), consideredUntil: at(0), now, running, next }).due;
  const because = (times: string, how = '') => `missed: control was away at ${times}${how}`;
  assert.deepEqual(due('run', at(15)), [{ kind: 'start', dueAt: at(10) }], 'one is late');
  assert.deepEqual(due('run', at(35)), [
    { kind: 'skip', dueAt: at(20), because: because('3 times', '; one execution makes up for all of them') },
    { kind: 'start', dueAt: at(30) },
  ]);
  assert.deepEqual(due('skip', at(15)), [{ kind: 'skip', dueAt: at(10), because: because('that time') }]);
  assert.deepEqual(due('skip', at(35)), [{ kind: 'skip', dueAt: at(30), because: because('3 times') }]);
  assert.deepEqual(due('run', at(40)), [
    {
      kind: 'skip',
      dueAt: at(30),
      because: because('3 times', '; the one that is due now makes up for it'),
    },
    { kind: 'start', dueAt: at(40) },
  ]);
  assert.deepEqual(
    due('run', at(35), 1).map(({ kind }) => kind),
    ['skip', 'skip'],
    'the one before still runs',
  );
});

test('a year away is one plan, at once: one execution, and how many were missed', () => {
  const year = 365 * 24 * 3_600_000;
  for (const pause of [1_000, minute, 10 * minute, 60 * minute]) {
    const every = (after: number) => (Math.floor(after / pause) + 1) * pause;
    let asked = 0;
    const plan = planJob({
      schedule: schedule(),
      consideredUntil: 0,
      now: year + 90_000,
      running: 0,
      next: (after) => {
        asked += 1;
        return every(after);
      },
    });
    assert.deepEqual(
      plan.due.map(({ kind }) => kind),
      ['skip', 'start'],
    );
    assert.match(JSON.stringify(plan.due), /away at more than 1000 times/);
    const last = plan.due[1]!.dueAt;
    assert.ok(every(last) > year + 90_000, 'the last one is made up for');
    assert.equal(plan.consideredUntil, last);
    assert.ok(asked < 1_200);
  }
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
