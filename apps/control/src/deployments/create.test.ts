import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';

const version = (name: string) =>
  anAppSpec({
    services: [{ spec: aServiceSpec(), image: { kind: 'image', reference: anImage(name) } }],
    hooks: { release: { service: 'web', command: ['migrate'] } },
  });

async function sandboxWith(t: Parameters<typeof createControlSandbox>[0]) {
  const sandbox = await createControlSandbox(t);
  const app = () => sandbox.deps.apps.ensure('hello', 'ann', sandbox.clock.now());
  const actor = { name: 'ann' };
  const create = async (name: string) => {
    sandbox.spec = version(name);
    const from = { kind: 'source', id: 's' } as const;
    const { id } = await sandbox.control.deployments.request({
      app: await app(),
      kind: 'create',
      from,
      actor,
    });
    return sandbox.ended(id);
  };
  const deploy = (name: string) => {
    sandbox.spec = version(name);
    return sandbox.deploy();
  };
  const live = async () => (await app()).liveRelease;
  return { sandbox, create, deploy, live };
}

test('a release that is only made starts nothing, and changes nothing that serves', async (t) => {
  const { sandbox, create, deploy, live } = await sandboxWith(t);
  const first = await create('v1');
  assert.deepEqual([first.state, first.toRelease], ['succeeded', 1]);
  assert.deepEqual(sandbox.fake.swarm.services, []);
  assert.equal(await live(), undefined);
  await deploy('v2');
  const before = sandbox.fake.calls.length;
  assert.equal((await create('v3')).toRelease, 3);
  assert.equal(await live(), 2);
  assert.deepEqual(
    sandbox.fake.calls.slice(before).filter((call) => !call.startsWith('GET')),
    [],
  );
});

test('started later it is deployed as it is: its release command runs the first time, and only then', async (t) => {
  const { sandbox, create, deploy, live } = await sandboxWith(t);
  await create('v1');
  await deploy('v2');
  const states = async (number: number) => (await sandbox.rollback(number)).steps.map(({ state }) => state);
  assert.ok((await states(1)).includes('hooking'), 'it had not run');
  assert.equal(await live(), 1);
  await states(2);
  assert.ok(!(await states(1)).includes('hooking'), 'it has run');
});

test('rollback returns to what it replaced, and never to what was only made', async (t) => {
  const { sandbox, create, deploy, live } = await sandboxWith(t);
  await deploy('v1');
  await create('v2');
  await deploy('v3');
  assert.equal(await sandbox.control.deployments.rollbackTarget('hello'), 1);
  await sandbox.rollback(2);
  assert.equal(await live(), 2);
  assert.equal(await sandbox.control.deployments.rollbackTarget('hello'), 3);
});
