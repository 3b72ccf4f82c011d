import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';

const version = (
  name: string,
  over: Parameters<typeof aServiceSpec>[0] = {},
  app: Partial<ReturnType<typeof anAppSpec>> = {},
) =>
  anAppSpec({
    services: [{ spec: aServiceSpec(over), image: { kind: 'image', reference: anImage(name) } }],
    ...app,
  });

/** Weights of a service by release, as the edge has them. */
function weights(sandbox: ControlSandbox, service = 'hello.web'): Record<string, number> {
  const lanes =
    sandbox.nodes.edge.model?.services.find((one) => one.id === service)?.lanes ??
    ({} as Record<string, never>);
  return Object.fromEntries(
    Object.values(lanes)
      .filter((lane) => lane.fqdn !== undefined)
      .map((lane) => [lane.fqdn ?? '', lane.weight]),
  );
}

test('a first deployment ends with all traffic on release 1', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1', { replicas: 3 });
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'succeeded', JSON.stringify(deployment.failure));
  assert.equal(deployment.toRelease, 1);
  assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r1': 100 });
  assert.deepEqual(
    sandbox.fake.swarm.services.map((service) => [service.Spec.Name, service.Spec.Mode.Replicated?.Replicas]),
    [['hello-web-r1', 3]],
  );
});

test('the next release takes all traffic while the old one drains, then waits warm, then is parked', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.spec = version('v2');
  sandbox.nodes.edge.setSessions('hello.web', 'a', 2);
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r1': 0, 'tasks.hello-web-r2': 100 });

  const stateOf = async (name: string) => (await sandbox.deps.runs.find(name))?.state;
  const { reconciler } = sandbox.control;
  await sandbox.clock.advance(2_000);
  await sandbox.clock.run(reconciler.pass());
  assert.equal(await stateOf('hello-web-r1'), 'draining', 'two requests are still in flight');
  sandbox.nodes.edge.setSessions('hello.web', 'a', 0);
  await sandbox.clock.run(reconciler.pass());
  assert.equal(await stateOf('hello-web-r1'), 'warm');
  assert.equal(
    sandbox.fake.swarm.get('hello-web-r1').Spec.Mode.Replicated?.Replicas,
    1,
    'its tasks still run',
  );
  await sandbox.clock.advance(11 * 60_000);
  await sandbox.clock.run(reconciler.pass());
  assert.equal(await stateOf('hello-web-r1'), 'parked');
  assert.equal(sandbox.fake.swarm.get('hello-web-r1').Spec.Mode.Replicated?.Replicas, 0);
  assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r2': 100 });
});

test('websockets that outlive the drain window are closed at the edge before anything stops', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.spec = version('v2');
  await sandbox.deploy();
  sandbox.nodes.edge.setSessions('hello.web', 'a', 1);
  await sandbox.clock.advance(31_000);
  await sandbox.clock.run(sandbox.control.reconciler.pass());
  assert.deepEqual(sandbox.nodes.edge.shutdowns, ['hello.web/a']);
  assert.equal((await sandbox.deps.runs.find('hello-web-r1'))?.state, 'warm');
});

test('deploying what runs already changes nothing', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  const before = sandbox.fake.calls.length;
  const again = await sandbox.deploy();
  assert.equal(again.state, 'succeeded');
  assert.equal(again.toRelease, 1);
  assert.deepEqual(
    sandbox.fake.calls.slice(before).filter((call) => !call.startsWith('GET')),
    [],
  );
});

test('a rollback to the warm release starts no task and builds nothing', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.spec = version('v2');
  await sandbox.deploy();
  const before = sandbox.fake.calls.length;
  const back = await sandbox.rollback(1);
  assert.equal(back.state, 'succeeded', JSON.stringify(back.failure));
  assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r1': 100, 'tasks.hello-web-r2': 0 });
  assert.deepEqual(
    sandbox.fake.calls.slice(before).filter((call) => !call.startsWith('GET')),
    [],
  );
});

test('a rollback to a parked release starts its tasks again', async (t) => {
  const sandbox = await createControlSandbox(t);
  for (const name of ['v1', 'v2']) {
    sandbox.spec = version(name);
    await sandbox.deploy();
    await sandbox.clock.advance(60_000);
    await sandbox.clock.run(sandbox.control.reconciler.pass());
  }
  await sandbox.clock.advance(11 * 60_000);
  await sandbox.clock.run(sandbox.control.reconciler.pass());
  assert.equal((await sandbox.deps.runs.find('hello-web-r1'))?.state, 'parked');
  assert.equal((await sandbox.rollback(1)).state, 'succeeded');
  assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r1': 100, 'tasks.hello-web-r2': 0 });
});

test('a run that is taken back while the reconciler looks at it goes on serving', async (t) => {
  const sandbox = await createControlSandbox(t);
  for (const name of ['v1', 'v2']) {
    sandbox.spec = version(name);
    await sandbox.deploy();
  }
  await sandbox.clock.advance(2_000);
  assert.equal((await sandbox.deps.runs.find('hello-web-r1'))?.state, 'draining');
  // Between what the reconciler has read and what it writes.
  const { edge } = sandbox.nodes;
  const watchLane = edge.watchLane.bind(edge);
  let isTaken = false;
  t.mock.method(edge, 'watchLane', async function* (...args: Parameters<typeof watchLane>) {
    if (!isTaken) {
      isTaken = true;
      assert.equal((await sandbox.rollback(1)).state, 'succeeded');
    }
    yield* watchLane(...args);
  });
  await sandbox.clock.run(sandbox.control.reconciler.pass());
  assert.ok(isTaken);
  assert.equal((await sandbox.deps.runs.find('hello-web-r1'))?.state, 'live');
  assert.equal(sandbox.fake.swarm.get('hello-web-r1').Spec.Mode.Replicated?.Replicas, 1);
  assert.equal(weights(sandbox)['tasks.hello-web-r1'], 100);
});

test('rollback without a number returns to what served before, not to the next lower number', async (t) => {
  const sandbox = await createControlSandbox(t);
  for (const name of ['v1', 'v2']) {
    sandbox.spec = version(name);
    await sandbox.deploy();
  }
  await sandbox.rollback(1);
  sandbox.spec = version('v3');
  await sandbox.deploy();
  assert.equal(
    await sandbox.control.deployments.rollbackTarget('hello'),
    1,
    'release 2 was rolled back from',
  );
  await sandbox.rollback(1);
  await assert.rejects(sandbox.control.deployments.rollbackTarget('hello'), { code: 'nothing_to_roll_back' });
});

test('a service somebody scales to nothing while it is being proven gets its tasks again', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1', { replicas: 2 });
  await sandbox.deploy();
  sandbox.spec = version('v2', { replicas: 2 });
  let isDone = false;
  sandbox.fake.onRequest(({ method, path }) => {
    const service = sandbox.fake.swarm.find('hello-web-r2');
    if (isDone || service === undefined || method !== 'GET' || !path.startsWith('/tasks')) return;
    isDone = true;
    sandbox.fake.swarm.update(service, service.Version.Index, {
      ...service.Spec,
      Mode: { Replicated: { Replicas: 0 } },
    });
  });
  sandbox.fake.images.add(anImage('v2'), { behaviour: { kind: 'run', probeStatus: 200 } });
  const deployment = await sandbox.deploy();
  assert.ok(isDone, 'the scale happened while tasks were looked at');
  assert.equal(deployment.state, 'succeeded', JSON.stringify(deployment.failure));
  assert.equal(sandbox.fake.swarm.get('hello-web-r2').Spec.Mode.Replicated?.Replicas, 2);
});

test('a release command that fails switches nothing and says what it wrote', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.fake.images.add(anImage('v2'), {
    behaviour: { kind: 'run', oneOff: { exitCode: 4, log: ['relation "users" does not exist'] } },
  });
  sandbox.spec = version(
    'v2',
    {},
    { hooks: { release: { service: 'web', command: ['npm', 'run', 'migrate'] } } },
  );
  const deployment = await sandbox.deploy();
  assert.equal(deployment.failure?.code, 'hook_failed');
  assert.match(deployment.failure?.message ?? '', /exit code 4/);
  assert.match((deployment.failure?.evidence ?? []).join('\n'), /relation "users"/);
  assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r1': 100 });
});

test('the deadline ends a wait, says for what it waited, and the old release serves', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.fake.images.add(anImage('slow'), { behaviour: { kind: 'hang' } });
  sandbox.spec = version('slow');
  const deployment = await sandbox.deploy({ deadlineSeconds: 20 });
  assert.equal(deployment.state, 'failed');
  assert.equal(deployment.failure?.code, 'deadline_exceeded');
  assert.match(deployment.failure?.message ?? '', /deadline of 20 s while proving/);
  assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r1': 100 });
});

test('an edge that refuses the switch: the old release keeps its traffic', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.spec = version('v2');
  sandbox.fake.onRequest(() => {
    if (sandbox.fake.swarm.find('hello-web-r2') !== undefined && sandbox.nodes.edge.applied.length === 4)
      sandbox.nodes.edge.failApplies('parsing error');
  });
  const deployment = await sandbox.deploy();
  if (deployment.state === 'failed') assert.equal(deployment.failure?.code, 'edge_refused');
  const shares = weights(sandbox);
  assert.equal(
    Object.values(shares).reduce((sum, weight) => sum + weight, 0),
    100,
    JSON.stringify(shares),
  );
});

test('a lane whose connections still drain is waited for', async (t) => {
  const sandbox = await createControlSandbox(t);
  for (const name of ['v1', 'v2', 'v3']) {
    sandbox.spec = version(name);
    await sandbox.deploy();
  }
  for (const lane of ['a', 'b'] as const) sandbox.nodes.edge.setSessions('hello.web', lane, 1);
  sandbox.spec = version('v4');
  const app = await sandbox.deps.apps.get('hello');
  const { id } = await sandbox.control.deployments.request({
    app,
    kind: 'deploy',
    from: { kind: 'source', id: 's' },
    actor: { name: 'me' },
  });
  await sandbox.clock.advance(3_000);
  assert.equal((await sandbox.deps.store.get(id))?.state, 'preparing');
  assert.match(
    (await sandbox.deps.store.get(id))?.progress ?? '',
    /requests that release 1 of web still answers/,
  );
  sandbox.nodes.edge.setSessions('hello.web', 'a', 0);
  await sandbox.clock.run(sandbox.control.reconciler.pass());
  assert.equal((await sandbox.ended(id)).state, 'succeeded');
  assert.equal(weights(sandbox)['tasks.hello-web-r4'], 100);
  assert.equal((await sandbox.deps.runs.find('hello-web-r1'))?.state, 'parked');
  assert.equal(
    (await sandbox.deps.runs.find('hello-web-r2'))?.state,
    'draining',
    'the other one keeps its connection',
  );
});

test('cancelling takes the new tasks back', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.fake.images.add(anImage('slow'), { behaviour: { kind: 'hang' } });
  sandbox.spec = version('slow');
  const app = await sandbox.deps.apps.get('hello');
  const { id } = await sandbox.control.deployments.request({
    app,
    kind: 'deploy',
    from: { kind: 'source', id: 's' },
    actor: { name: 'me' },
  });
  await sandbox.clock.advance(3_000);
  await sandbox.control.runner.cancel(id);
  const deployment = await sandbox.ended(id);
  assert.equal(deployment.state, 'cancelled');
  assert.deepEqual(
    sandbox.fake.swarm.services.map((service) => service.Spec.Name),
    ['hello-web-r1'],
  );
});

test('an agent that goes and comes back only delays a deployment', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = version('v1');
  await sandbox.deploy();
  sandbox.spec = version('v2');
  let requests = 0;
  const stop = sandbox.fake.onRequest(() => {
    requests += 1;
    if (requests !== 3) return;
    stop();
    sandbox.nodes.disconnect();
    void sandbox.clock.sleep(5_000).then(() => sandbox.nodes.connect());
  });
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'succeeded', JSON.stringify(deployment.failure));
});

test('control killed at any engine request of a deployment: the next one finishes it, the same', async (t) => {
  const counting = await createControlSandbox(t);
  const count = await requestsOf(counting);
  assert.ok(count >= 4, `only ${count} requests`);
  for (let kill = 1; kill <= count; kill++) {
    await t.test(`killed at request ${kill} of ${count}`, async (t2) => {
      const sandbox = await createControlSandbox(t2);
      sandbox.spec = version('v1', { replicas: 2 });
      await sandbox.deploy();
      sandbox.spec = version('v2', { replicas: 2 });
      let seen = 0;
      let killed: Promise<unknown> | undefined;
      const stop = sandbox.fake.onRequest(() => {
        seen += 1;
        if (seen !== kill) return;
        stop();
        killed = sandbox.restart();
        throw new Error('connection reset: control was killed');
      });
      const app = await sandbox.deps.apps.get('hello');
      const { id } = await sandbox.control.deployments.request({
        app,
        kind: 'deploy',
        from: { kind: 'source', id: 's' },
        actor: { name: 'me' },
      });
      const deployment = await sandbox.ended(id);
      await killed;
      assert.equal(deployment.state, 'succeeded', JSON.stringify(deployment.failure));
      assert.deepEqual(weights(sandbox), { 'tasks.hello-web-r1': 0, 'tasks.hello-web-r2': 100 });
      assert.deepEqual(
        sandbox.fake.swarm.services.map((service) => [
          service.Spec.Name,
          service.Spec.Mode.Replicated?.Replicas,
        ]),
        [
          ['hello-web-r1', 2],
          ['hello-web-r2', 2],
        ],
      );
    });
  }
});

async function requestsOf(sandbox: ControlSandbox): Promise<number> {
  sandbox.spec = version('v1', { replicas: 2 });
  await sandbox.deploy();
  sandbox.spec = version('v2', { replicas: 2 });
  let seen = 0;
  sandbox.fake.onRequest(() => {
    seen += 1;
  });
  await sandbox.deploy();
  return seen;
}
