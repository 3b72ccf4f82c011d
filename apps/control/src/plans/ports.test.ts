import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostPort } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';
import { planOf } from './fixtures/plan-of.ts';

const withPorts = (environment: Record<string, string>, ...ports: HostPort[]) => {
  const { port: _, ...spec } = aServiceSpec({ name: 'db', ports, environment, probe: { kind: 'none' } });
  return anAppSpec({
    services: [{ spec, image: { kind: 'image', reference: anImage('db') } }],
    routes: [],
  });
};
const any: HostPort = { target: 5432, published: 0, protocol: 'tcp' };
const bound: HostPort = { ...any, address: '127.0.0.1' };

test('a chosen port stays what it is, so the same again changes nothing', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = withPorts({}, any, bound);
  await sandbox.deploy();
  assert.deepEqual(
    (await sandbox.deps.hostPorts.list()).map(({ port, address }) => [port, address]),
    [
      [30_000, undefined],
      [30_001, '127.0.0.1'],
    ],
  );
  assert.equal((await planOf(sandbox)).changes, false);
  assert.equal((await sandbox.deps.hostPorts.list()).length, 2);
});

test('a plan refuses the ports its deployment would refuse, and takes none', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = withPorts({}, { ...bound, published: 80 });
  await assert.rejects(planOf(sandbox), {
    code: 'port_taken',
    message: 'db publishes 127.0.0.1:80/tcp, which is taken (edge: HTTP).',
  });
  assert.deepEqual(await sandbox.deps.hostPorts.list(), []);
});

test('tasks behind ports of every address give way first; behind bound ones they are replaced without a gap', async (t) => {
  for (const [ports, action] of [
    [[any], 'replaced-in-place'],
    [[bound], 'replaced'],
  ] as const) {
    const sandbox = await createControlSandbox(t);
    sandbox.spec = withPorts({}, ...ports);
    await sandbox.deploy();
    sandbox.spec = withPorts({ CHANGED: 'yes' }, ...ports);
    assert.deepEqual(
      (await planOf(sandbox)).services.map((one) => one.action),
      [action],
    );
  }
});
