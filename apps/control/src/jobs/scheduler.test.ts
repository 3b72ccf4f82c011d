import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Schedule, scheduleDefaults } from '@berth/domain/schedule';
import { fakeClock } from '@berth/testkit/fake-clock';
import pino from 'pino';
import { openDatabase } from '../db/database.ts';
import { createVault } from '../env/vault.ts';
import { createScheduler, type Job } from './scheduler.ts';
import { createJobStore, type Execution } from './store.ts';

const hour = 3_600_000;
const log = pino({ level: 'silent' });

/** Schedules over the real database; each execution ends at once. `away`: control does not run for so long. */
async function rig(t: TestContext, startsAt: string, schedule: Partial<Schedule> & Pick<Schedule, 'cron'>) {
  const dir = await mkdtemp(join(tmpdir(), 'berth-schedules-'));
  const db = await openDatabase(join(dir, 'berth.db'));
  const store = createJobStore(db, await createVault(join(dir, 'vault.key')));
  const clock = fakeClock(Date.parse(startsAt));
  const started: string[] = [];
  const job = (over: Partial<Schedule> = {}): Job => ({
    app: 'shop',
    service: 'backup',
    release: 1,
    schedule: { ...scheduleDefaults, historyMax: 200, ...schedule, ...over },
  });
  const state: { jobs: readonly Job[] } = { jobs: [job()] };
  const ends = new Set<Promise<unknown>>();
  const start = () =>
    createScheduler({
      clock,
      log,
      store,
      listJobs: async () => state.jobs,
      executor: {
        carry: ({ id, dueAt }: Execution) => {
          started.push(new Date(dueAt!).toISOString());
          ends.add(store.end(id, { state: 'succeeded', exitCode: 0 }, clock.now()));
        },
        cancel: async () => undefined,
        settled: async () => undefined,
      },
    });
  let scheduler = start();
  scheduler.start();
  t.after(async () => {
    await scheduler.close();
    await Promise.all(ends);
    await db.destroy();
    await rm(dir, { recursive: true, force: true });
  });
  /** Time passes while control runs. */
  const pass = async (ms: number): Promise<void> => {
    for (const until = clock.now() + ms; clock.now() < until; ) {
      await clock.advance(Math.min(20_000, until - clock.now()));
      await Promise.all(ends);
    }
  };
  await pass(1_000);
  return {
    state,
    job,
    started,
    pass,
    async away(ms: number): Promise<void> {
      await scheduler.close();
      await clock.advance(ms);
      scheduler = start();
      scheduler.start();
      await pass(1_000);
    },
    skipped: async () =>
      (await store.list('shop', { limit: 500, job: 'backup' })).flatMap(({ state: end, reason }) =>
        end === 'skipped' ? [reason] : [],
      ),
  };
}

test('a minute schedule, and control away for three days: one execution, and what was missed is told', async (t) => {
  const { pass, away, started, skipped } = await rig(t, '2026-11-20T10:00:30Z', { cron: '* * * * *' });
  await pass(3 * 60_000);
  assert.equal(started.length, 3);
  await away(72 * hour);
  assert.deepEqual(started.slice(3), ['2026-11-23T10:03:00.000Z']);
  assert.deepEqual(await skipped(), [
    'missed: control was away at more than 1000 times; the one that is due now makes up for it',
  ]);
  await pass(10 * 60_000);
  assert.equal(started.length, 14, 'and then one a minute');
  assert.equal((await skipped()).length, 1);
});

test('an hour schedule over the change of clocks: each hour is one, those that come twice too', async (t) => {
  // From midnight to five in Berlin.
  for (const [from, hours] of [
    ['2026-10-24T22:00:00Z', 6],
    ['2026-03-28T23:00:00Z', 4],
  ] as const) {
    const minus = (ms: number) => new Date(Date.parse(from) - ms).toISOString();
    const schedule = { cron: '0 * * * *', timeZone: 'Europe/Berlin' };
    const there = await rig(t, minus(10_000), schedule);
    await there.pass(hours * hour);
    assert.equal(new Set(there.started).size, hours);
    assert.equal(there.started.length, hours);

    const gone = await rig(t, minus(10_000), schedule);
    await gone.away((hours - 0.5) * hour);
    assert.equal(gone.started.length, 1);
    assert.deepEqual(await gone.skipped(), [
      `missed: control was away at ${hours} times; one execution makes up for all of them`,
    ]);
    await gone.pass(hour);
    assert.equal(gone.started.length, 2);
  }
});

test('a time that the clocks leave out is run all the same, one that they have twice is run once', async (t) => {
  const daily = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
  const spring = await rig(t, '2026-03-29T00:00:00Z', daily);
  await spring.pass(3 * hour);
  assert.deepEqual(spring.started, ['2026-03-29T01:00:00.000Z']);
  const autumn = await rig(t, '2026-10-25T00:00:00Z', daily);
  await autumn.pass(3 * hour);
  assert.deepEqual(autumn.started, ['2026-10-25T00:30:00.000Z']);
});

test('`missed: skip` runs nothing late, and says what it left out', async (t) => {
  const { away, started, skipped, pass } = await rig(t, '2026-11-20T10:30:00Z', {
    cron: '0 * * * *',
    missed: 'skip',
  });
  await away(72 * hour);
  assert.deepEqual(started, []);
  assert.deepEqual(await skipped(), ['missed: control was away at 72 times']);
  await pass(hour);
  assert.equal(started.length, 1);
});

test('away again and again: one execution each time, none for what was decided upon', async (t) => {
  const { away, started, skipped } = await rig(t, '2026-11-20T10:30:00Z', { cron: '0 * * * *' });
  for (let day = 1; day <= 4; day += 1) {
    await away(24 * hour);
    await away(60_000);
    assert.equal(started.length, day);
    assert.equal((await skipped()).length, day);
  }
  assert.equal(new Set(started).size, 4);
});

test('a schedule that changes has nothing to make up for', async (t) => {
  const { away, pass, started, skipped, state, job } = await rig(t, '2026-11-20T10:30:00Z', {
    cron: '0 3 1 1 *',
  });
  await pass(3 * hour);
  state.jobs = [job({ cron: '0 * * * *' })];
  await pass(40_000);
  assert.deepEqual([started, await skipped()], [[], []]);
  await pass(hour);
  assert.equal(started.length, 1);
  // Its zone, and what is not about its times.
  state.jobs = [job({ cron: '0 * * * *', timeZone: 'Asia/Kolkata' })];
  await pass(60_000);
  await away(3 * hour);
  state.jobs = [job({ cron: '0 * * * *', timeZone: 'Asia/Kolkata', historyMax: 50 })];
  await pass(60_000);
  assert.equal(started.length, 2);
  assert.equal((await skipped()).length, 1);
});

test('of an app that was stopped, or had no schedule meanwhile, nothing is made up for', async (t) => {
  const { pass, started, skipped, state, job } = await rig(t, '2026-11-20T10:30:00Z', { cron: '0 * * * *' });
  await pass(hour);
  assert.equal(started.length, 1);
  state.jobs = [];
  await pass(4 * hour);
  state.jobs = [job()];
  await pass(40_000);
  assert.deepEqual([started.length, await skipped()], [1, []]);
  await pass(hour);
  assert.equal(started.length, 2);
});
