import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';

/** An app of a routed web, an api and a worker, each in the version given. */
const shop = (images: { web: string; api: string; worker?: string }) =>
  anAppSpec({
    services: [
      { spec: aServiceSpec({ name: 'web' }), image: { kind: 'image', reference: anImage(images.web) } },
      {
        spec: aServiceSpec({ name: 'api', port: 9000, replicas: 2 }),
        image: { kind: 'image', reference: anImage(images.api) },
      },
      ...(images.worker === undefined
        ? []
        : [
            {
              spec: workerSpec(),
              image: { kind: 'image' as const, reference: anImage(images.worker) },
            },
          ]),
    ],
  });

function workerSpec() {
  const { port: _none, ...spec } = aServiceSpec({ name: 'worker', probe: { kind: 'none' } });
  return spec;
}

const taskIds = (sandbox: ControlSandbox, service: string) =>
  sandbox.fake.tasks.of(service).map((task) => task.ID);
const runs = async (sandbox: ControlSandbox) =>
  Object.fromEntries((await sandbox.deps.runs.list({ app: 'hello' })).map((run) => [run.name, run.state]));

test('a change to one service touches one service; the others keep their tasks', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = shop({ web: 'web1', api: 'api1', worker: 'w1' });
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  const before = { api: taskIds(sandbox, 'hello-api-r1'), worker: taskIds(sandbox, 'hello-worker-r1') };
  sandbox.spec = shop({ web: 'web2', api: 'api1', worker: 'w1' });
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'succeeded', JSON.stringify(deployment.failure));
  assert.deepEqual(await runs(sandbox), {
    'hello-api-r1': 'live',
    'hello-web-r1': 'draining',
    'hello-web-r2': 'live',
    'hello-worker-r1': 'live',
  });
  assert.deepEqual(
    { api: taskIds(sandbox, 'hello-api-r1'), worker: taskIds(sandbox, 'hello-worker-r1') },
    before,
  );
  assert.equal((await sandbox.deps.apps.get('hello')).liveRelease, 2);
});

test('one broken service: none switches, and the unchanged ones never noticed', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = shop({ web: 'web1', api: 'api1', worker: 'w1' });
  await sandbox.deploy();
  const before = taskIds(sandbox, 'hello-worker-r1');
  sandbox.fake.images.add(anImage('api2'), { behaviour: { kind: 'run', probeStatus: 500 } });
  sandbox.spec = shop({ web: 'web2', api: 'api2', worker: 'w1' });
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'failed');
  assert.match(deployment.failure?.message ?? '', /api/);
  assert.deepEqual(await runs(sandbox), {
    'hello-api-r1': 'live',
    'hello-web-r1': 'live',
    'hello-worker-r1': 'live',
  });
  assert.deepEqual(taskIds(sandbox, 'hello-worker-r1'), before);
  assert.equal((await sandbox.deps.apps.get('hello')).liveRelease, 1);
  const weights = sandbox.nodes.edge.model?.services.map(({ id, lanes }) => [
    id,
    Object.values(lanes).map((lane) => lane.weight),
  ]);
  assert.deepEqual(weights, [
    ['hello.api', [100, 0, 0]],
    ['hello.web', [100, 0, 0]],
  ]);
});

test('a service that goes from the manifest is drained with the switch', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = shop({ web: 'web1', api: 'api1', worker: 'w1' });
  await sandbox.deploy();
  sandbox.spec = shop({ web: 'web1', api: 'api1' });
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  assert.deepEqual(await runs(sandbox), {
    'hello-api-r1': 'live',
    'hello-web-r1': 'live',
    'hello-worker-r1': 'draining',
  });
  await sandbox.clock.run(sandbox.control.reconciler.pass());
  assert.equal((await runs(sandbox))['hello-worker-r1'], 'parked');
});

test('a rollback brings the whole release back, and touches only what differs', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = shop({ web: 'web1', api: 'api1' });
  await sandbox.deploy();
  sandbox.spec = shop({ web: 'web2', api: 'api1' });
  await sandbox.deploy();
  const before = taskIds(sandbox, 'hello-api-r1');
  assert.equal((await sandbox.rollback(1)).state, 'succeeded');
  const after = await runs(sandbox);
  assert.equal(after['hello-web-r1'], 'live');
  assert.equal(after['hello-web-r2'], 'draining');
  assert.deepEqual(taskIds(sandbox, 'hello-api-r1'), before);
  assert.equal((await sandbox.deps.apps.get('hello')).liveRelease, 1);
});

test('a restart takes new tasks for every service', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = shop({ web: 'web1', api: 'api1' });
  await sandbox.deploy();
  const app = await sandbox.deps.apps.get('hello');
  const { id } = await sandbox.control.deployments.request({
    app,
    kind: 'restart',
    from: { kind: 'restart' },
    actor: { name: 'me' },
  });
  assert.equal((await sandbox.ended(id)).state, 'succeeded');
  assert.deepEqual(await runs(sandbox), {
    'hello-api-r1': 'draining',
    'hello-api-r1-2': 'live',
    'hello-web-r1': 'draining',
    'hello-web-r1-2': 'live',
  });
});

test('a variable makes a release of its own, and its value is in no table in clear', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = shop({ web: 'web1', api: 'api1' });
  await sandbox.deploy();
  sandbox.variables = { TOKEN: 'hunter2-very-secret' };
  const deployment = await sandbox.deploy();
  assert.equal(deployment.toRelease, 2);
  const stored = await sandbox.deps.releases.find('hello', 2);
  assert.deepEqual(stored?.summary.changes, ['variable TOKEN added']);
  assert.ok(!JSON.stringify([stored, await sandbox.deps.runs.list(), deployment]).includes('hunter2'));
  const env = sandbox.fake.swarm.get('hello-web-r2').Spec.TaskTemplate.ContainerSpec.Env ?? [];
  assert.ok(env.includes('TOKEN=hunter2-very-secret'));
});
