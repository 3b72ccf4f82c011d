import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type BackOffPlan, backOffStepsMs, didWellMs, planBackOff, type RestartingSlot } from './back-off.ts';

const baseMs = 2_000;
const now = 1_000_000;
const short = 400;
const long = didWellMs;

const waits = (livesMs: RestartingSlot['livesMs'], leftMs = 1_500): RestartingSlot => ({
  state: 'waits',
  startsAt: now + leftMs,
  endedAt: now - 500,
  livesMs,
});
const runs = (livesMs: RestartingSlot['livesMs'] = []): RestartingSlot => ({ state: 'runs', livesMs });
const plan = (slots: readonly RestartingSlot[], over: { delayMs?: number; isPerNode?: boolean } = {}) =>
  planBackOff({ baseMs, delayMs: baseMs, isPerNode: false, now, slots, ...over });
const raised = (delayMs: number): BackOffPlan => ({ kind: 'set', delayMs, because: 'failing' });
const lowered: BackOffPlan = { kind: 'set', delayMs: baseMs, because: 'did-well' };

describe('the delay of restarts', () => {
  test('grows when every task ended three times soon after its start, a step with each end that follows', () => {
    assert.equal(plan([waits([short, short])]).kind, 'keep');
    assert.deepEqual(plan([waits([short, short, short])]), raised(5_000));
    assert.deepEqual(plan([waits([short])], { delayMs: 5_000 }), raised(10_000));
    assert.deepEqual(plan([waits([short])], { delayMs: 160_000 }), raised(300_000));
    assert.equal(plan([waits([short])], { delayMs: 300_000 }).kind, 'keep');
    assert.equal(plan([waits([short, short, short]), waits([short, short])]).kind, 'keep');
    assert.equal(plan([waits([short, short, undefined])]).kind, 'keep', 'nobody can say how long it ran');
    assert.equal(plan([waits([short, short, long])]).kind, 'keep');
  });

  test('is changed shortly before the task is due: the change starts it', () => {
    assert.deepEqual(plan([waits([short], 30_000)], { delayMs: 40_000 }), {
      kind: 'keep',
      lookAt: now + 27_000,
    });
    assert.deepEqual(plan([waits([short], 2_900)], { delayMs: 40_000 }), raised(80_000));
    assert.equal(plan([waits([short], 100)], { delayMs: 40_000 }).kind, 'keep', 'Swarm may start it now');
  });

  test('stays while a task runs or may be about to', () => {
    const other: RestartingSlot = { state: 'other', livesMs: [short, short, short] };
    assert.equal(plan([waits([short, short, short]), runs([short, short, short])]).kind, 'keep');
    assert.equal(plan([waits([short, short, short]), other]).kind, 'keep');
    assert.equal(plan([other]).kind, 'keep');
    assert.equal(plan([]).kind, 'keep');
  });

  test('is as it was when a task did well and nothing runs', () => {
    assert.deepEqual(plan([waits([long], 300_000)], { delayMs: 300_000 }), lowered);
    assert.deepEqual(plan([waits([long], 300_000), waits([short], 300_000)], { delayMs: 300_000 }), lowered);
    assert.equal(plan([waits([long])]).kind, 'keep', 'it never grew');
  });

  test('keeps none away that did well while others run: those that wait are made anew', () => {
    const slots = [waits([long], 290_000), runs(), waits([short], 200_000)];
    assert.deepEqual(plan(slots, { delayMs: 300_000 }), { kind: 'renew', slots: 2 });
    assert.equal(plan(slots).kind, 'keep', 'the delay is what it was');
    assert.equal(plan([waits([short], 9_000), runs()], { delayMs: 300_000 }).kind, 'keep', 'it fails still');
    assert.equal(
      plan([...slots, { state: 'other', livesMs: [] }], { delayMs: 300_000 }).kind,
      'keep',
      'Swarm ends what does not run yet as soon as what waits',
    );
  });

  test('of one task per node grows where there is one node: on several it could not be lowered', () => {
    const failing = waits([short, short, short]);
    assert.deepEqual(plan([failing], { isPerNode: true }), raised(5_000));
    assert.equal(plan([failing, failing], { isPerNode: true }).kind, 'keep');
    assert.equal(plan([waits([long], 60_000), runs()], { isPerNode: true, delayMs: 300_000 }).kind, 'keep');
  });
});

const slot = fc.record({
  state: fc.constantFrom('runs', 'waits', 'other' as const),
  startsAt: fc.option(fc.integer({ min: now - 10_000, max: now + 310_000 }), { nil: undefined }),
  endedAt: fc.option(fc.integer({ min: now - 400_000, max: now }), { nil: undefined }),
  livesMs: fc.array(fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }), { maxLength: 5 }),
});
const facts = fc.record({
  baseMs: fc.constant(baseMs),
  delayMs: fc.constantFrom(baseMs, ...backOffStepsMs),
  slots: fc.array(slot, { maxLength: 4 }),
  isPerNode: fc.boolean(),
  now: fc.constant(now),
});

test('no plan touches a task that runs, and no delay leaves the table', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const made = planBackOff(given);
      if (made.kind === 'keep') {
        assert.ok(made.lookAt === undefined || made.lookAt > now);
        return;
      }
      if (made.kind === 'renew') {
        const waiting = given.slots.filter(({ state }) => state === 'waits').length;
        assert.equal(made.slots, waiting);
        assert.ok(waiting < given.slots.length && given.delayMs > baseMs);
        return;
      }
      assert.ok(given.slots.length > 0 && given.slots.every(({ state }) => state === 'waits'));
      if (made.because === 'did-well') assert.equal(made.delayMs, baseMs);
      else
        assert.equal(
          made.delayMs,
          [...backOffStepsMs].find((step) => step > given.delayMs),
        );
    }),
  );
});

/** Swarm and the planner together: starts of a task that runs so long each time, in so much time. */
function startsOf(lifeMs: (start: number) => number, spanMs: number): number[] {
  const starts: number[] = [];
  const livesMs: number[] = [];
  let delayMs = baseMs;
  let at = 0;
  while (at < spanMs) {
    starts.push(at);
    livesMs.unshift(lifeMs(at));
    const endedAt = at + livesMs[0]!;
    let startsAt = endedAt + delayMs;
    for (let look = endedAt + 250; look < startsAt; ) {
      const slots: RestartingSlot[] = [{ state: 'waits', startsAt, endedAt, livesMs: livesMs.slice(0, 5) }];
      const made = planBackOff({ baseMs, delayMs, slots, isPerNode: false, now: look });
      if (made.kind === 'set') {
        delayMs = made.delayMs;
        startsAt = look;
      }
      look = (made.kind === 'keep' ? made.lookAt : undefined) ?? startsAt;
    }
    at = startsAt;
  }
  return starts;
}

test('what ends at once is started some twenty times in an hour, and then every five minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_000 }), (lifeMs) => {
      const starts = startsOf(() => lifeMs, 3_600_000);
      assert.ok(starts.length <= 22, `${starts.length} starts`);
      const pauses = starts.slice(1).map((start, index) => start - starts[index]! - lifeMs);
      const afterFirst = pauses.slice(3);
      assert.deepEqual(
        afterFirst,
        [...afterFirst].sort((x, y) => x - y),
      );
      assert.ok(pauses.every((pause) => pause <= 300_000));
    }),
  );
});

test('what did well is started at once when it ends, however long it failed before', () => {
  const recoversAt = 1_800_000;
  const starts = startsOf((start) => (start > recoversAt && start < 2_400_000 ? 400_000 : 0), 3_000_000);
  const good = starts.findIndex((start) => start > recoversAt);
  assert.ok(starts[good]! - recoversAt <= 300_000);
  assert.ok(starts[good + 1]! - (starts[good]! + 400_000) < baseMs);
});
