import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Restart } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';
import { type DriftDependencies, findDrift } from '../drift/drift.ts';
import { scaleService } from '../swarm/services.ts';
import { createBackOff } from './back-off.ts';

const name = 'hello-web-r1';

/** A deployed service whose tasks then end as `ends` says, and the back-off that watches it. */
async function failing(
  t: Parameters<typeof createControlSandbox>[0],
  over: { replicas?: number; restart?: Restart } = {},
) {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = anAppSpec({
    services: [{ spec: aServiceSpec(over), image: { kind: 'image', reference: anImage('web') } }],
  });
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  const events: { kind: string; text: string }[] = [];
  const start = () => {
    const made = createBackOff({
      ...sandbox.deps,
      deployments: sandbox.deps.store,
      events: { append: async (event) => void events.push(event) },
    });
    t.after(() => made.close());
    made.start();
    return made;
  };
  const { clock, fake } = sandbox;
  const tasks = () => fake.swarm.control.of(name);
  const running = () => tasks().filter((task) => task.Status.State === 'running');
  const started = new Set<string>();
  /** Lets time pass; a task that is chosen by `isBad` ends half a second after its start. */
  const pass = async (seconds: number, isBad: (slot: number) => boolean = () => true) => {
    for (let step = 0; step < seconds * 4; step++) {
      await clock.advance(250);
      for (const { ID, Slot, Status } of running()) {
        started.add(ID);
        if (isBad(Slot!) && clock.now() - Date.parse(Status.Timestamp) >= 500)
          fake.swarm.control.exit(name, { slot: Slot! });
      }
    }
  };
  const service = () => fake.swarm.get(name).Spec;
  const delay = () => (service().TaskTemplate.RestartPolicy?.Delay ?? 0) / 1e9;
  return { sandbox, events, start, pass, running, started, service, delay };
}

test('a service that ends at once is started ever later, and said to be', async (t) => {
  const { pass, started, delay, events, start } = await failing(t);
  await pass(20);
  assert.ok(started.size >= 7, 'without it, twenty in a minute');
  start();
  await pass(1_800);
  assert.equal(delay(), 300);
  assert.ok(started.size <= 24, `${started.size} starts in half an hour`);
  assert.deepEqual(
    events.map(({ text }) => text.match(/next in about (\d+) s/)?.[1]),
    ['5', '10', '20', '40', '80', '160', '300'],
  );
  assert.match(events[0]!.text, /^web keeps ending soon after its start: one more try now/);
});

test('a delay the manifest names is kept, and so is a number of attempts', async (t) => {
  for (const restart of [
    { condition: 'any', delayMs: 2_000, keepsDelay: true },
    { condition: 'on-failure', delayMs: 2_000, attemptsMax: 50 },
  ] as const) {
    const { pass, delay, events, start } = await failing(t, { restart });
    start();
    await pass(60);
    assert.deepEqual([delay(), events.length], [2, 0]);
  }
});

test('what recovers is left alone, and started at once when it ends later', async (t) => {
  const { pass, delay, events, start, running, sandbox } = await failing(t);
  start();
  await pass(120);
  await pass(200, () => false);
  const raised = delay();
  assert.ok(raised >= 40);
  const [good] = running();
  assert.ok(good !== undefined);
  await pass(400, () => false);
  assert.deepEqual([delay(), running()[0]?.ID], [raised, good.ID], 'a task runs: nothing is changed');
  sandbox.fake.swarm.control.exit(name, { slot: 1 });
  await pass(5, () => false);
  assert.equal(delay(), 2);
  assert.equal(running().length, 1);
  assert.notEqual(running()[0]?.ID, good.ID);
  assert.equal(events.at(-1)?.kind, 'service.restarted');
});

test('of several tasks none that runs is touched', async (t) => {
  const { pass, delay, running, start, sandbox } = await failing(t, { replicas: 3 });
  start();
  await pass(60, (slot) => slot !== 2);
  assert.equal(delay(), 2, 'one serves');
  await pass(120);
  await pass(400, () => false);
  const raised = delay();
  assert.ok(raised >= 20);
  assert.equal(running().length, 3);
  const before = running().map(({ ID }) => ID);
  sandbox.fake.swarm.control.exit(name, { slot: 2 });
  await pass(5, () => false);
  const after = running().map(({ ID }) => ID);
  assert.equal(after.length, 3, 'it does not wait for the raised delay');
  assert.equal(after.filter((id) => before.includes(id)).length, 2);
  assert.equal(delay(), raised);
});

test('drift does not see it, and tasks that stop and start again have forgotten it', async (t) => {
  const { pass, delay, start, sandbox, service } = await failing(t);
  start();
  await pass(30);
  assert.ok(delay() >= 10);
  const { engine } = await sandbox.deps.nodes.manager();
  const release = await sandbox.deps.releases.open('hello', 1);
  const routing = { currentModel: async () => ({ revision: '' }) } as unknown as DriftDependencies['routing'];
  const drift = async () => {
    const found = await findDrift({ ...sandbox.deps, routing }, release, engine, t.signal);
    return found.filter(({ view }) => view.kind === 'service');
  };
  assert.deepEqual(await drift(), []);
  await scaleService(engine, name, 0);
  assert.equal(delay(), 2);
  assert.equal(service().Labels['berth.restart-delay'], undefined);
  await scaleService(engine, name, 1);
  assert.deepEqual([delay(), await drift()], [2, []]);
});

test('control that ended in the middle of a renewal goes on with it', async (t) => {
  const { pass, start, sandbox, running } = await failing(t, { replicas: 2 });
  const first = start();
  await pass(30);
  await pass(120, () => false);
  assert.equal(running().length, 2);
  await first.close();
  const { engine } = await sandbox.deps.nodes.manager();
  await scaleService(engine, name, 1);
  start();
  await pass(2, () => false);
  assert.equal(running().length, 2);
});
