import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { observedHealth } from '../deployments/observed.ts';
import type { Handlers } from '../http/handler.ts';
import { parseControl } from './client-end.ts';
import { taskHandlers } from './handlers.ts';
import { createOneOffs } from './one-offs.ts';
import { pickTask } from './pick.ts';
import { parseMoment } from './span.ts';

type ListContext = Parameters<Handlers['listTasks']>[0];

function handlersOf({ deps, nodes }: ControlSandbox) {
  return taskHandlers({
    platform: deps.platform,
    nodes,
    apps: deps.apps,
    runs: deps.runs,
    clock: deps.clock,
    log: deps.log,
    oneOffs: createOneOffs({ nodes, platform: deps.platform, log: deps.log }),
    observedHealth: (app) => observedHealth({ nodes, runs: deps.runs }, app),
    touches: { note: async () => undefined, list: async () => [] },
    oneOffSpec: () => Promise.reject(new Error('not here')),
    registryAuth: () => undefined,
  });
}

function listOf(sandbox: ControlSandbox) {
  const { listTasks } = handlersOf(sandbox);
  return (query: Partial<ListContext['query']> = {}) =>
    listTasks({
      params: { app: 'hello' },
      query: { limit: 50, all: false, ...query },
      signal: AbortSignal.timeout(10_000),
    } as ListContext);
}

async function deployed(
  t: Parameters<typeof createControlSandbox>[0],
  services: Parameters<typeof aServiceSpec>[0][],
) {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = anAppSpec({
    services: services.map((over) => ({
      spec: aServiceSpec(over),
      image: { kind: 'image', reference: `images/${over?.name ?? 'web'}:1` },
    })),
  });
  const { state, failure } = await sandbox.deploy();
  assert.equal(state, 'succeeded', JSON.stringify(failure));
  return sandbox;
}

const worker = { name: 'worker', replicas: 2, port: undefined } as unknown as Parameters<
  typeof aServiceSpec
>[0];

test('tasks are listed with release, slot, node, and what the edge sees', async (t) => {
  const sandbox = await deployed(t, [{ replicas: 2 }, worker]);
  const { items } = await listOf(sandbox)();
  assert.deepEqual(
    items.map((task) => [task.service, task.slot, task.release, task.state, task.health, task.node]),
    [
      ['web', 1, 1, 'running', 'healthy', 'fake'],
      ['web', 2, 1, 'running', 'healthy', 'fake'],
      ['worker', 1, 1, 'running', 'unrouted', 'fake'],
      ['worker', 2, 1, 'running', 'unrouted', 'fake'],
    ],
  );
  const workers = (await listOf(sandbox)({ service: 'worker' })).items;
  assert.deepEqual(
    workers.map((task) => `${task.service}.${task.slot}`),
    ['worker.1', 'worker.2'],
  );
  assert.match(items[0]?.address ?? '', /^\d+\.\d+\.\d+\.\d+$/);
  assert.match(items[0]?.startedAt ?? '', /Z$/);
  assert.equal(items[0]?.exitCode, undefined);
});

test('a page at a time, whatever comes and goes in between', async (t) => {
  const sandbox = await deployed(t, [{ replicas: 3 }]);
  const list = listOf(sandbox);
  const first = await list({ limit: 2 });
  assert.deepEqual(
    first.items.map((task) => task.slot),
    [1, 2],
  );
  const [web] = sandbox.fake.swarm.services;
  sandbox.fake.tasks.exit(web?.Spec.Name ?? '', { slot: 1, code: 1 });
  const second = await list({ limit: 2, cursor: first.next });
  assert.deepEqual(
    second.items.map((task) => task.slot),
    [3],
  );
  assert.equal(second.next, undefined);
});

test('ended tasks say how they ended', async (t) => {
  const sandbox = await deployed(t, [{ replicas: 1 }]);
  const [web] = sandbox.fake.swarm.services;
  sandbox.fake.tasks.exit(web?.Spec.Name ?? '', { code: 137, isOutOfMemory: true });
  const { items } = await listOf(sandbox)({ all: true });
  const failed = items.find((task) => task.state === 'failed');
  assert.equal(failed?.exitCode, 137);
  assert.equal(failed?.oomKilled, true);
  assert.equal(failed?.health, 'unrouted');
  const { items: running } = await listOf(sandbox)();
  assert.ok(running.every((task) => task.state !== 'failed'));
  assert.deepEqual(
    running.map(({ restarts }) => restarts),
    [{ count: 1, lastExitCode: 137, lastOomKilled: true, startsAt: '2026-01-01T00:00:02.050Z' }],
  );
});

test('an app that is not there is refused, one without tasks is empty', async (t) => {
  const sandbox = await createControlSandbox(t);
  await assert.rejects(listOf(sandbox)(), /no app "hello"/);
  await sandbox.deps.apps.ensure('hello', 'test', 0);
  assert.deepEqual(await listOf(sandbox)(), { items: [] });
});

test('a command goes to a healthy task of the routed service of the live release, the lowest slot first', async (t) => {
  const sandbox = await deployed(t, [worker, { replicas: 3 }]);
  const runs = await sandbox.deps.runs.list();
  const tasks = sandbox.fake.swarm.tasks.map(({ task }) => task);
  const health = new Map<string, 'healthy' | 'unhealthy'>();
  const address = (slot: number) =>
    tasks
      .find((task) => task.Slot === slot && task.Spec.ContainerSpec.Labels?.['berth.service'] === 'web')
      ?.NetworksAttachments?.[0]?.Addresses[0]?.split('/')[0] ?? '';
  health.set(address(1), 'unhealthy').set(address(2), 'healthy').set(address(3), 'healthy');
  const pick = (wanted: Parameters<typeof pickTask>[1]) => pickTask(tasks, wanted, { runs, health });
  const slotOf = (picked: ReturnType<typeof pickTask>) =>
    picked.kind === 'task' ? [picked.service, picked.task.Slot] : picked.because;
  assert.deepEqual(slotOf(pick({})), ['web', 2]);
  assert.deepEqual(slotOf(pick({ slot: 1 })), ['web', 1], 'what is named is taken, healthy or not');
  assert.deepEqual(slotOf(pick({ service: 'worker' })), ['worker', 1]);
  assert.match(String(slotOf(pick({ service: 'db' }))), /service "db" is running; running: web\.1/);
  assert.match(String(slotOf(pickTask([], {}, { runs, health }))), /^No task is running\.$/);
});

test('a moment is a span or RFC 3339, and anything else is refused with an example', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  assert.equal(parseMoment('90s', now), now - 90_000);
  assert.equal(parseMoment('15m', now), now - 900_000);
  assert.equal(parseMoment('2h', now), now - 7_200_000);
  assert.equal(parseMoment('3d', now), now - 259_200_000);
  assert.equal(parseMoment('2026-11-21T11:00:00Z', now), now - 3_600_000);
  assert.equal(parseMoment('2026-11-21T12:00:00+01:00', now), now - 3_600_000);
  for (const text of ['', '5', '5w', 'yesterday', '2026-11-21', '-5m', '1.5h', '2026-13-41T00:00:00Z'])
    assert.throws(() => parseMoment(text, now), /is no moment/, text);
});

test('of what a client says, only what is meant is heard', () => {
  assert.deepEqual(parseControl('{"kind":"eof"}'), { kind: 'eof' });
  assert.deepEqual(parseControl('{"kind":"resize","rows":24,"columns":80,"more":1}'), {
    kind: 'resize',
    rows: 24,
    columns: 80,
  });
  assert.deepEqual(parseControl('{"kind":"signal","name":"SIGTERM"}'), { kind: 'signal', name: 'SIGTERM' });
  for (const text of [
    '',
    'null',
    '[]',
    '{',
    '{"kind":"resize","rows":0,"columns":80}',
    '{"kind":"resize","rows":1e9,"columns":80}',
    '{"kind":"signal","name":"KILL"}',
    '{"kind":"signal","name":"SIG; reboot"}',
    '{"kind":"later"}',
  ])
    assert.equal(parseControl(text), undefined, text);
});
