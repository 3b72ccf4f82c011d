import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeClock } from './fake-clock.ts';
import { createFakeEngine } from './fake-engine.ts';

const service = (name: string, image = 'hello:1', replicas = 1) => ({
  Name: name,
  Labels: {},
  TaskTemplate: { ContainerSpec: { Image: image }, RestartPolicy: { Condition: 'any' as const, Delay: 2e9 } },
  Mode: { Replicated: { Replicas: replicas } },
});

test('tasks start after startMs of the given clock', async () => {
  const clock = fakeClock();
  const fake = createFakeEngine({ clock, startMs: 300 });
  fake.images.add('hello:1');
  await fake.engine.createService(service('a'));
  assert.equal(fake.tasks.of('a')[0]?.Status.State, 'new');
  await clock.advance(300);
  assert.equal(fake.tasks.of('a')[0]?.Status.State, 'running');
});

test('a crash loop restarts with the delay of the policy, and history is kept short', async () => {
  const clock = fakeClock();
  const fake = createFakeEngine({ clock });
  fake.images.add('bad:1', { behaviour: { kind: 'exit', exitCode: 2, log: ['no database'] } });
  await fake.engine.createService(service('a', 'bad:1'));
  await clock.advance(20_000);
  const tasks = await fake.engine.listTasks({ filters: { service: ['a'] } });
  assert.equal(tasks.length, 6);
  assert.equal(tasks.filter((task) => task.Status.State === 'failed').length, 5);
  fake.close();
});

test('a killed task tells its exit code and whether memory was the reason', async () => {
  const fake = createFakeEngine({ clock: fakeClock() });
  fake.images.add('hello:1');
  await fake.engine.createService(service('a'));
  fake.tasks.exit('a', { code: 137, isOutOfMemory: true });
  const [failed] = await fake.engine.listTasks({ filters: { service: ['a'] } });
  assert.equal(failed?.Status.ContainerStatus?.ExitCode, 137);
  const { State } = await fake.engine.inspectContainer(failed!.Status.ContainerStatus!.ContainerID);
  assert.deepEqual([State.OOMKilled, State.ExitCode], [true, 137]);
});

test('faults meet the requests they are meant for, as often as told', async () => {
  const fake = createFakeEngine();
  fake.images.add('hello:1');
  fake.injectFault({
    kind: 'refuse',
    status: 503,
    message: 'busy',
    match: (call) => call.path === '/services',
  });
  await fake.engine.ping();
  await assert.rejects(fake.engine.listServices(), { status: 503, engineMessage: 'busy' });
  await fake.engine.listServices();
});

test('a connection lost after the fact leaves the fact', async () => {
  const fake = createFakeEngine();
  fake.images.add('hello:1');
  fake.injectFault({ kind: 'lost-after', match: (call) => call.path === '/services/create' });
  await assert.rejects(fake.engine.createService(service('a')), { code: 'ECONNRESET' });
  assert.equal((await fake.engine.listServices()).length, 1);
  fake.injectFault({ kind: 'lost-before', match: (call) => call.path === '/services/create' });
  await assert.rejects(fake.engine.createService(service('b')), { code: 'ECONNRESET' });
  assert.equal((await fake.engine.listServices()).length, 1);
});

test('a listener of requests can stop the caller, as a kill would', async () => {
  const fake = createFakeEngine();
  let left = 1;
  const off = fake.onRequest(() => {
    if (left-- === 0) throw new Error('killed');
  });
  await fake.engine.ping();
  await assert.rejects(fake.engine.ping(), /killed/);
  off();
  await fake.engine.ping();
  assert.deepEqual(fake.calls, ['GET /_ping', 'GET /_ping', 'GET /_ping']);
});

test('a one-off of an image that says how it ends', async () => {
  const fake = createFakeEngine();
  fake.images.add('hello:1', { behaviour: { oneOff: { exitCode: 5, log: ['migrating', 'failed'] } } });
  const { Id } = await fake.engine.createContainer('hook', { Image: 'hello:1', Cmd: ['migrate'] });
  await fake.engine.startContainer(Id);
  assert.equal((await fake.engine.waitContainer(Id)).StatusCode, 5);
});
