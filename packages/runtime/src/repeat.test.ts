import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeClock, settle } from '@berth/testkit/fake-clock';
import { repeat } from './repeat.ts';

function repeated(pass: () => Promise<number>) {
  const clock = fakeClock();
  const stop = new AbortController();
  const failures: unknown[] = [];
  const loop = repeat({
    clock,
    signal: stop.signal,
    againMs: 2_000,
    pass,
    failed: (error) => failures.push(error),
  });
  return {
    clock,
    loop,
    failures,
    async end() {
      stop.abort(new Error('over'));
      await loop.close();
    },
  };
}

test('a pass is made when it is due, and at once when something changed', async () => {
  let passes = 0;
  const rig = repeated(async () => {
    passes += 1;
    return 10_000;
  });
  rig.loop.start();
  await settle();
  assert.equal(passes, 1);
  await rig.clock.advance(9_999);
  assert.equal(passes, 1);
  await rig.clock.advance(1);
  assert.equal(passes, 2);
  rig.loop.hint();
  await settle();
  assert.equal(passes, 3);
  await rig.end();
  assert.equal(passes, 3);
});

test('a hint during a pass is not lost', async () => {
  let passes = 0;
  const gate = Promise.withResolvers<void>();
  const rig = repeated(async () => {
    passes += 1;
    if (passes === 1) await gate.promise;
    return 10_000;
  });
  rig.loop.start();
  await settle();
  rig.loop.hint();
  gate.resolve();
  await settle();
  assert.equal(passes, 2);
  await rig.end();
});

test('a pass that fails is told, and made again', async () => {
  let passes = 0;
  const rig = repeated(async () => {
    passes += 1;
    if (passes === 1) throw new Error('the engine is away');
    return 10_000;
  });
  rig.loop.start();
  await settle();
  assert.equal(rig.failures.length, 1);
  await rig.clock.advance(2_000);
  assert.equal(passes, 2);
  await rig.end();
});
