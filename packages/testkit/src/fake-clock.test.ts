import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@berth/runtime/retry';
import { fakeClock } from './fake-clock.ts';

test('sleepers wake in order of their time', async () => {
  const clock = fakeClock(0);
  const woken: string[] = [];
  void clock.sleep(20).then(() => woken.push('b'));
  void clock.sleep(10).then(() => woken.push('a'));
  void clock.sleep(30).then(() => woken.push('c'));
  await clock.advance(25);
  assert.deepEqual(woken, ['a', 'b']);
  assert.equal(clock.now(), 25);
  assert.equal(clock.waiting(), 1);
});

test('a sleep rejects with the reason of its signal', async () => {
  const clock = fakeClock(0);
  const abort = new AbortController();
  const sleeping = clock.sleep(10, abort.signal);
  abort.abort(new Error('cancelled'));
  await assert.rejects(sleeping, /cancelled/);
  assert.equal(clock.waiting(), 0);
});

test('run carries a loop of sleeps to its end without waiting', async () => {
  const clock = fakeClock(0);
  let looks = 0;
  const found = await clock.run(
    until(() => (++looks === 100 ? looks : undefined), {
      clock,
      everyMs: 1000,
      signal: new AbortController().signal,
    }),
  );
  assert.equal(found, 100);
  assert.equal(clock.now(), 99_000);
});
