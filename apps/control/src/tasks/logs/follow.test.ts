import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@berth/runtime/clock';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';
import { createBudget } from './budget.ts';
import { streamLogs } from './stream.ts';

async function rig(t: TestContext) {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = anAppSpec({
    services: [{ spec: aServiceSpec({ replicas: 2 }), image: { kind: 'image', reference: anImage() } }],
  });
  await sandbox.deploy();
  const service = sandbox.fake.swarm.services[0]?.Spec.Name ?? '';
  const budget = createBudget(2);
  const stop = new AbortController();
  const open = (over: { tail?: number; sinceMs?: number } = {}) =>
    streamLogs(
      // Log times are the fake's; waiting is real.
      { ...sandbox.deps, clock: { ...sandbox.clock, sleep: systemClock.sleep }, budget },
      {
        platform: sandbox.deps.platform,
        app: 'hello',
        firstRelease: 1,
        service: undefined,
        tail: 100,
        sinceMs: undefined,
        follow: true,
        untilMs: undefined,
        matches: undefined,
        seen: undefined,
        ...over,
      },
      AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]),
    );
  t.after(() => stop.abort());
  return { sandbox, service, budget, open, stop };
}

/** The next lines, in any order. */
async function take(stream: AsyncGenerator<{ data: { text: string } }>, count: number): Promise<string[]> {
  const lines: string[] = [];
  while (lines.length < count) {
    const { value, done } = await stream.next();
    if (done === true) break;
    lines.push(value.data.text);
  }
  return lines.sort();
}

test('what was there first, then what comes, from every task', async (t) => {
  const { sandbox, service, open } = await rig(t);
  sandbox.fake.tasks.write(service, 'old one', 1);
  const stream = open();
  assert.deepEqual(await take(stream, 1), ['old one']);
  const next = take(stream, 2);
  await sandbox.clock.advance(10);
  sandbox.fake.tasks.write(service, 'new one', 1);
  sandbox.fake.tasks.write(service, 'new two', 2);
  assert.deepEqual(await next, ['new one', 'new two']);
});

test('a task that takes another’s place is followed, too', async (t) => {
  const { sandbox, service, open } = await rig(t);
  sandbox.fake.tasks.write(service, 'ready', 1);
  const stream = open();
  assert.deepEqual(await take(stream, 1), ['ready']);
  await sandbox.clock.advance(10);
  // Between the reading of what was there and the following: its last words are not lost.
  const next = take(stream, 1);
  sandbox.fake.tasks.exit(service, { slot: 1, code: 1, log: ['goodbye'] });
  assert.deepEqual(await next, ['goodbye']);
  await sandbox.clock.advance(10_000);
  const after = take(stream, 1);
  sandbox.fake.tasks.write(service, 'hello again', 1);
  assert.deepEqual(await after, ['hello again']);
});

test('an agent that was away: the lines of meanwhile come when it is back, each once', async (t) => {
  const { sandbox, service, open } = await rig(t);
  sandbox.fake.tasks.write(service, 'before', 1);
  const stream = open();
  assert.deepEqual(await take(stream, 1), ['before']);
  const next = take(stream, 2);
  await sandbox.clock.advance(1_000);
  sandbox.nodes.disconnect();
  sandbox.fake.tasks.write(service, 'meanwhile', 2);
  await sandbox.clock.advance(1_000);
  sandbox.nodes.connect();
  sandbox.fake.tasks.write(service, 'after', 1);
  assert.deepEqual(await next, ['after', 'meanwhile']);
});

test('followed logs have a limit; what is over it says so, and it is given back', async (t) => {
  const { sandbox, budget, open, stop } = await rig(t);
  assert.ok(budget.tryTake());
  const stream = open({ tail: 0 });
  assert.match((await take(stream, 1))[0] ?? '', /too many are followed at once/);
  assert.ok(budget.isSpent());
  await assert.rejects(open({ tail: 0 }).next(), /Too many logs/);
  stop.abort();
  await stream.next();
  budget.give();
  const patience = AbortSignal.timeout(5_000);
  while (budget.isSpent()) await systemClock.sleep(5, patience);
  assert.ok(sandbox.fake.calls.length > 0);
});

test('what is kept of a removed app is not given for a new one of its name', async (t) => {
  const { sandbox } = await rig(t);
  const { deps } = sandbox;
  await sandbox.clock.run(
    sandbox.control.removal.remove(await deps.apps.get('hello'), AbortSignal.timeout(10_000)),
  );
  const { firstRelease } = await deps.apps.get((await sandbox.deploy()).app);
  assert.equal(firstRelease, 2);
  const kept = [1, 2].map((release) => ({
    file: `f${release}`,
    container: `c${release}`,
    service: 'web',
    release,
    slot: 1,
    task: `t${release}`,
    // Read to its end after the new app was made: times do not say whose it is.
    endedAt: sandbox.clock.now(),
    bytes: 1,
  }));
  Object.assign(sandbox.nodes.node, {
    logs: {
      list: async () => kept,
      read: async function* (_app: string, file: string) {
        yield { stamp: '2026-01-01T00:00:00.000000000Z', stream: 'stdout', text: `of ${file}` };
      },
    },
  });
  const lines = streamLogs(
    { ...deps, budget: createBudget(1) },
    {
      platform: deps.platform,
      app: 'hello',
      firstRelease,
      service: undefined,
      tail: 100,
      sinceMs: undefined,
      follow: false,
      untilMs: undefined,
      matches: undefined,
      seen: undefined,
    },
    AbortSignal.timeout(10_000),
  );
  assert.deepEqual(await take(lines, 5), ['of f2']);
});
