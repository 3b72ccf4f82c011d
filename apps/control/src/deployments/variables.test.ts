import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';

const services = ['web', 'worker'].map((name) => ({
  spec: aServiceSpec({ name, environment: { LEVEL: 'info' } }),
  image: { kind: 'image' as const, reference: anImage(name) },
}));

test('a variable of one service reaches its tasks alone, and its change touches no other service', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = anAppSpec({ services });
  sandbox.variables = { SHARED: 'x', THREADS: '1', LEVEL: null };
  sandbox.serviceVariables = { worker: { THREADS: '8', SHARED: null } };
  const first = await sandbox.deploy();
  assert.equal(first.state, 'succeeded', JSON.stringify(first.failure));
  const envOf = (name: string) => sandbox.fake.swarm.get(name).Spec.TaskTemplate.ContainerSpec.Env;
  // A name alone takes out what the image sets.
  assert.deepEqual(envOf('hello-web-r1'), ['LEVEL', 'SHARED=x', 'THREADS=1']);
  assert.deepEqual(envOf('hello-worker-r1'), ['LEVEL', 'SHARED', 'THREADS=8']);

  sandbox.serviceVariables = { worker: { THREADS: '9' } };
  const second = await sandbox.deploy();
  assert.deepEqual(
    second.runs.map(({ name, how }) => [name, how]),
    [
      ['hello-web-r1', 'kept'],
      ['hello-worker-r2', 'new'],
    ],
  );
  assert.deepEqual((await sandbox.deps.releases.find('hello', 2))?.summary.changes, [
    'worker: variable SHARED removed',
    'worker: variable THREADS changed',
  ]);
});
