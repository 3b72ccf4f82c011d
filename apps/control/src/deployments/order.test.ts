import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Dependency, ServiceSpec } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';

const on = (service: string, over: Partial<Dependency> = {}): Dependency => ({
  service,
  condition: 'healthy',
  required: true,
  restart: false,
  ...over,
});

function unrouted(over: Partial<ServiceSpec>): ServiceSpec {
  const { port: _none, ...spec } = aServiceSpec({ probe: { kind: 'none' }, ...over });
  return spec;
}

/** web needs api, which needs a migration that needs db; db writes to a volume. */
const shop = (images: { web?: string; api?: string; migrate?: string; db?: string } = {}) =>
  anAppSpec({
    services: [
      {
        spec: aServiceSpec({ name: 'web', dependsOn: [on('api')] }),
        image: { kind: 'image', reference: anImage(images.web ?? 'web1') },
      },
      {
        spec: unrouted({
          name: 'api',
          dependsOn: [on('migrate', { condition: 'completed' }), on('db', { condition: 'started' })],
        }),
        image: { kind: 'image', reference: anImage(images.api ?? 'api1') },
      },
      {
        spec: unrouted({
          name: 'migrate',
          mode: 'job',
          restart: { condition: 'none', delayMs: 0 },
          dependsOn: [on('db')],
        }),
        image: { kind: 'image', reference: anImage(images.migrate ?? 'migrate1') },
      },
      {
        spec: unrouted({
          name: 'db',
          mounts: [{ kind: 'volume', source: 'data', target: '/data', readOnly: false }],
        }),
        image: { kind: 'image', reference: anImage(images.db ?? 'db1') },
      },
    ],
  });

const job = (sandbox: ControlSandbox, name: string, exitCode = 0) =>
  sandbox.fake.images.add(anImage(name), {
    behaviour: { kind: 'exit', exitCode, log: [`${name} at work`, 'the last line'] },
  });
const runs = async (sandbox: ControlSandbox) =>
  Object.fromEntries((await sandbox.deps.runs.list({ app: 'hello' })).map((run) => [run.name, run.state]));
/** Services in the order Swarm was asked for them. */
const created = (sandbox: ControlSandbox) => sandbox.fake.swarm.services.map((service) => service.Spec.Name);

test('services start in the order of their dependencies, a job in between', async (t) => {
  const sandbox = await createControlSandbox(t);
  job(sandbox, 'migrate1');
  sandbox.spec = shop();
  const seen: string[] = [];
  sandbox.fake.onRequest(({ method, path }) => {
    if (method !== 'POST' || path !== '/services/create') return;
    const stateOf = ({ ID, Spec }: { ID: string; Spec: { Name: string } }) =>
      `${Spec.Name} ${sandbox.fake.swarm.tasks.flatMap(({ task }) => (task.ServiceID === ID ? [task.Status.State] : []))}`;
    seen.push(sandbox.fake.swarm.services.map(stateOf).join(', '));
  });
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'succeeded', JSON.stringify(deployment.failure));
  assert.deepEqual(created(sandbox), ['hello-db-r1', 'hello-migrate-r1', 'hello-api-r1', 'hello-web-r1']);
  assert.deepEqual(seen, [
    '',
    'hello-db-r1 running',
    'hello-db-r1 running, hello-migrate-r1 complete',
    'hello-db-r1 running, hello-migrate-r1 complete, hello-api-r1 running',
  ]);
  assert.deepEqual(deployment.steps.map((step) => step.state).slice(-9), [
    'starting',
    'proving',
    'starting',
    'proving',
    'starting',
    'proving',
    'starting',
    'proving',
    'switching',
  ]);
});

test('a job that fails fails the deployment, with its exit code and last lines; nothing after it starts', async (t) => {
  const sandbox = await createControlSandbox(t);
  job(sandbox, 'migrate1');
  sandbox.spec = shop();
  await sandbox.deploy();
  job(sandbox, 'migrate2', 3);
  sandbox.spec = shop({ migrate: 'migrate2', web: 'web2', api: 'api2', db: 'db2' });
  const before = sandbox.fake.tasks.of('hello-db-r1').map((task) => task.ID);
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'failed');
  assert.match(deployment.failure?.message ?? '', /^A task of migrate exited with code 3/);
  assert.match(deployment.failure?.evidence.join('\n') ?? '', /migrate2 at work\n {2}the last line/);
  assert.deepEqual(await runs(sandbox), {
    'hello-api-r1': 'live',
    'hello-db-r1': 'live',
    'hello-migrate-r1': 'live',
    'hello-web-r1': 'live',
  });
  assert.deepEqual(
    sandbox.fake.tasks.of('hello-db-r1').map((task) => task.ID),
    before,
    'what is replaced in place was to come last',
  );
});

test('a job runs once: not again with another service, nor in a rollback; again when it changed', async (t) => {
  const sandbox = await createControlSandbox(t);
  for (const name of ['migrate1', 'migrate2']) job(sandbox, name);
  sandbox.spec = shop();
  await sandbox.deploy();
  sandbox.spec = shop({ web: 'web2' });
  await sandbox.deploy();
  assert.ok(!created(sandbox).includes('hello-migrate-r2'));
  sandbox.spec = shop({ web: 'web2', migrate: 'migrate2' });
  await sandbox.deploy();
  assert.equal((await runs(sandbox))['hello-migrate-r3'], 'live');
  const count = created(sandbox).length;
  const back = await sandbox.rollback(1);
  assert.equal(back.state, 'succeeded', JSON.stringify(back.failure));
  assert.equal((await runs(sandbox))['hello-migrate-r1'], 'live');
  assert.equal(created(sandbox).length, count, 'nothing was made');
});

test('in place comes last: when it fails, its old tasks come back after the new ones are gone', async (t) => {
  const sandbox = await createControlSandbox(t);
  job(sandbox, 'migrate1');
  sandbox.spec = shop();
  await sandbox.deploy();
  sandbox.fake.images.add(anImage('db2'), { behaviour: { kind: 'exit', exitCode: 1 } });
  sandbox.spec = shop({ db: 'db2', web: 'web2' });
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'failed');
  assert.match(deployment.warnings.join(), /db writes to a volume: its old tasks stop/);
  const states = await runs(sandbox);
  assert.equal(states['hello-db-r1'], 'live');
  assert.equal(states['hello-web-r1'], 'live');
  assert.deepEqual(
    created(sandbox).filter((name) => name.endsWith('r2')),
    [],
  );
  await sandbox.clock.advance(1_000);
  assert.deepEqual(
    sandbox.fake.tasks.of('hello-db-r1').map((task) => task.Status.State),
    ['running'],
  );
});

test('one task per node: proven with those Swarm makes, parked without being removed', async (t) => {
  const sandbox = await createControlSandbox(t);
  const version = (name: string) =>
    anAppSpec({
      services: [
        {
          spec: unrouted({ name: 'agent', mode: 'global' }),
          image: { kind: 'image' as const, reference: anImage(name) },
        },
      ],
    });
  sandbox.spec = version('agent1');
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  sandbox.spec = version('agent2');
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  await sandbox.clock.advance(2_000);
  await sandbox.clock.run(sandbox.control.reconciler.pass());
  assert.equal((await runs(sandbox))['hello-agent-r1'], 'parked');
  assert.deepEqual(sandbox.fake.tasks.of('hello-agent-r1'), []);
  assert.equal((await sandbox.rollback(1)).state, 'succeeded');
  assert.equal(sandbox.fake.tasks.of('hello-agent-r1').length, 1);
});

test('other replicas alone: more are proven before the switch, fewer go after it; no task is replaced', async (t) => {
  const sandbox = await createControlSandbox(t);
  const of = (replicas: number) =>
    anAppSpec({
      services: [{ spec: aServiceSpec({ replicas }), image: { kind: 'image', reference: anImage('web1') } }],
    });
  sandbox.spec = of(1);
  await sandbox.deploy();
  const [first] = sandbox.fake.tasks.of('hello-web-r1');
  for (const replicas of [3, 1]) {
    sandbox.spec = of(replicas);
    const deployment = await sandbox.deploy();
    assert.equal(deployment.state, 'succeeded', JSON.stringify(deployment.failure));
    const tasks = sandbox.fake.tasks.of('hello-web-r1');
    assert.equal(tasks.length, replicas);
    assert.equal(tasks[0]?.ID, first?.ID);
    assert.equal((await sandbox.deps.runs.find('hello-web-r1'))?.replicas, replicas);
  }
});

test('stopping an app stops what others need last', async (t) => {
  const sandbox = await createControlSandbox(t);
  job(sandbox, 'migrate1');
  sandbox.spec = shop();
  await sandbox.deploy();
  const stopped: (string | undefined)[] = [];
  sandbox.fake.onRequest(({ method, path }) => {
    const id = /^\/services\/(.+)\/update$/.exec(path)?.[1];
    if (method === 'POST' && id !== undefined) stopped.push(sandbox.fake.swarm.find(id)?.Spec.Name);
  });
  const app = await sandbox.deps.apps.get('hello');
  await sandbox.clock.run(sandbox.control.scaling.stop(app, new AbortController().signal));
  assert.deepEqual(stopped, ['hello-web-r1', 'hello-api-r1', 'hello-db-r1']);
  await sandbox.clock.run(
    sandbox.control.scaling.start(await sandbox.deps.apps.get('hello'), new AbortController().signal),
  );
  assert.deepEqual(stopped.slice(3), ['hello-db-r1', 'hello-api-r1', 'hello-web-r1']);
});

test('killed at any engine request of a deployment in waves: the same end', async (t) => {
  const begin = async (t2: TestContext) => {
    const sandbox = await createControlSandbox(t2);
    for (const name of ['migrate1', 'migrate2']) job(sandbox, name);
    sandbox.spec = shop();
    await sandbox.deploy();
    sandbox.spec = shop({ migrate: 'migrate2', web: 'web2', api: 'api2', db: 'db2' });
    return sandbox;
  };
  const counting = await begin(t);
  // Those that only look are many and alike: a kill there is a kill before what comes next.
  const isWrite = ({ method, path }: { method: string; path: string }) =>
    method !== 'GET' || path.startsWith('/services/');
  let count = 0;
  counting.fake.onRequest((call) => {
    if (isWrite(call)) count += 1;
  });
  await counting.deploy();
  assert.ok(count > 10, `only ${count} requests`);
  // Every third: the product's crash test has them between processes.
  for (let kill = 1; kill <= count; kill += 3)
    await t.test(`killed at request ${kill} of ${count}`, async (t2) => {
      const sandbox = await begin(t2);
      let seen = 0;
      let killed: Promise<unknown> | undefined;
      const stop = sandbox.fake.onRequest((call) => {
        if (!isWrite(call)) return;
        seen += 1;
        if (seen !== kill) return;
        stop();
        killed = sandbox.restart();
        throw new Error('connection reset: control was killed');
      });
      const end = await sandbox.deploy();
      await killed;
      assert.equal(end.state, 'succeeded', JSON.stringify(end.failure));
      assert.deepEqual(
        Object.entries(await runs(sandbox)).flatMap(([name, state]) => (state === 'live' ? [name] : [])),
        ['hello-api-r2', 'hello-db-r2', 'hello-migrate-r2', 'hello-web-r2'],
      );
      assert.deepEqual(
        created(sandbox)
          .filter((name) => name.endsWith('r2'))
          .sort(),
        ['hello-api-r2', 'hello-db-r2', 'hello-migrate-r2', 'hello-web-r2'],
      );
    });
});
