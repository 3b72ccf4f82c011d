import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppSpec } from '@berth/domain/release';
import type { Task } from '@berth/engine/types';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';
import { createProbation, hasFallen, pauseMs } from './probation.ts';

const at = (ms: number): string => new Date(1_700_000_000_000 + ms).toISOString();
const task = (slot: number, state: string, endedMs: number, createdMs = 0) =>
  ({ Slot: slot, CreatedAt: at(createdMs), Status: { State: state, Timestamp: at(endedMs) } }) as Task;
const fallen = (replicas: number, ...tasks: Task[]) =>
  hasFallen({ tasks, replicas, sinceMs: Date.parse(at(1_000)) });

test('a run has fallen when each of its places ended by itself: soon and with success, or twice', () => {
  assert.equal(fallen(1, task(1, 'complete', 1_500)), true);
  assert.equal(fallen(1, task(1, 'failed', 1_500), task(1, 'failed', 4_500, 3_500)), true);
  assert.equal(fallen(2, task(1, 'complete', 1_500), task(2, 'complete', 1_600)), true);
});

test('it stands when one end may have any cause, or a place is left', () => {
  assert.equal(fallen(1, task(1, 'failed', 1_500)), false, 'one failure');
  assert.equal(fallen(1, task(1, 'complete', 500)), false, 'ended before it went live');
  assert.equal(fallen(1, task(1, 'complete', 60_000)), false, 'ran for a minute');
  assert.equal(fallen(2, task(1, 'complete', 1_500), task(2, 'running', 1_000)), false, 'another serves');
  assert.equal(fallen(1, task(1, 'shutdown', 1_500), task(1, 'shutdown', 1_600)), false, 'told to end');
  assert.equal(fallen(0), false, 'none was wanted');
});

/** Release 1, and then release 2, which is watched. */
async function twoReleases(
  t: Parameters<typeof createControlSandbox>[0],
  { isFirst = false, ...more }: Partial<AppSpec> & { isFirst?: boolean } = {},
) {
  const sandbox = await createControlSandbox(t);
  const events: { kind: string; text: string }[] = [];
  const audited: { actor: string; action: string; object: string }[] = [];
  const start = () => {
    const made = createProbation({
      ...sandbox.deps,
      deployments: sandbox.control.deployments,
      events: { append: async (event) => void events.push(event) },
      audit: { append: async (fact) => void audited.push(fact) },
    });
    t.after(() => made.close());
    return made;
  };
  const probation = start();
  const version = (name: string) =>
    anAppSpec({
      ...more,
      services: [{ spec: aServiceSpec(), image: { kind: 'image', reference: anImage(name) } }],
    });
  if (!isFirst) {
    sandbox.spec = version('good');
    await sandbox.deploy();
  }
  sandbox.spec = version('soon-over');
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'succeeded');
  probation.begin(deployment);
  const live = async () => (await sandbox.deps.apps.find('hello'))?.liveRelease;
  return { sandbox, events, audited, live, probation, start };
}

test('a release that answers and then puts itself in the background: the one before serves again', async (t) => {
  const { sandbox, events, audited, live } = await twoReleases(t);
  sandbox.fake.swarm.control.exit('hello-web-r2', { code: 0, log: ['daemon started, pid 7'] });
  await sandbox.clock.advance(600);
  await sandbox.clock.advance(3_000);
  assert.equal(await live(), 1);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['release.fell'],
  );
  assert.match(
    events[0]?.text ?? '',
    /release 2 went live and fell over: A task of web ended by itself with/,
  );
  assert.match(JSON.stringify(events[0]), /puts itself in the background[\s\S]*daemon started, pid 7/);
  const [last] = await sandbox.deps.store.list('hello', { limit: 1 });
  assert.deepEqual([last?.kind, last?.state, last?.actor], ['rollback', 'succeeded', 'berth']);
  assert.deepEqual(
    audited.map(({ actor, action, object }) => [actor, action, object]),
    [['berth', 'rollback', 'app/hello']],
  );
});

test('a release is watched on when control comes back, also when its time was over meanwhile', async (t) => {
  for (const awayMs of [2_000, 40_000]) {
    const { sandbox, live, probation, start } = await twoReleases(t);
    probation.close();
    sandbox.fake.swarm.control.exit('hello-web-r2', { code: 0 });
    await sandbox.clock.advance(awayMs);
    assert.equal(await live(), 2);
    await start().resume();
    await sandbox.clock.advance(10_000);
    assert.equal(await live(), 1, `after ${awayMs} ms`);
  }
});

test('not when it has stood for long, and not when the manifest says so', async (t) => {
  const long = await twoReleases(t);
  long.probation.close();
  await long.sandbox.clock.advance(5 * 60_000);
  long.sandbox.fake.swarm.control.exit('hello-web-r2', { code: 0 });
  await long.start().resume();
  await long.sandbox.clock.advance(30_000);
  assert.equal(await long.live(), 2);
  const off = await twoReleases(t, { probationMs: 0 });
  off.sandbox.fake.swarm.control.exit('hello-web-r2', { code: 0 });
  await off.sandbox.clock.advance(30_000);
  assert.deepEqual([await off.live(), off.events], [2, []]);
});

test('a stopped app, and a release that another has followed, are not even opened', async (t) => {
  const { sandbox, probation, start } = await twoReleases(t);
  probation.close();
  await sandbox.rollback(1);
  const opened: number[] = [];
  const { releases } = sandbox.deps;
  const open = releases.open;
  releases.open = async (app, number) => {
    opened.push(number);
    return open(app, number);
  };
  await start().resume();
  await sandbox.clock.advance(30_000);
  assert.deepEqual(opened, []);
});

test('it is looked at soon, then less often, and at the end of its time', () => {
  const looks: number[] = [];
  for (let at = 0; at < 15_000; looks.push(at)) at += pauseMs({ elapsedMs: at, leftMs: 15_000 - at });
  assert.deepEqual(looks, [500, 1_000, 1_500, 2_250, 3_375, 5_062.5, 7_593.75, 11_390.625, 15_000]);
  assert.equal(pauseMs({ elapsedMs: 600_000, leftMs: 600_000 }), 30_000);
  assert.equal(pauseMs({ elapsedMs: 20_000, leftMs: -5_000 }), 500);
});

test('one that stands is left alone, and so is one that somebody else has replaced', async (t) => {
  const standing = await twoReleases(t);
  await standing.sandbox.clock.advance(20_000);
  assert.deepEqual([await standing.live(), standing.events], [2, []]);
  const replaced = await twoReleases(t);
  await replaced.sandbox.rollback(1);
  replaced.sandbox.fake.swarm.control.exit('hello-web-r2', { code: 0 });
  await replaced.sandbox.clock.advance(20_000);
  assert.deepEqual(replaced.events, []);
});

test('a first release that falls over is told of: there is none to go back to', async (t) => {
  const { sandbox, events, live } = await twoReleases(t, { isFirst: true });
  sandbox.fake.swarm.control.exit('hello-web-r1', { code: 0 });
  await sandbox.clock.advance(20_000);
  assert.equal(await live(), 1);
  assert.match(events[0]?.text ?? '', /There is no release to go back to/);
  assert.equal(events.length, 1);
});
