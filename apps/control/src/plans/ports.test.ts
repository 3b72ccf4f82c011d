import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostPort } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { makePlan } from './plan.ts';

const withPorts = (environment: Record<string, string>, ...ports: HostPort[]) => {
  const { port: _, ...spec } = aServiceSpec({ name: 'db', ports, environment, probe: { kind: 'none' } });
  return anAppSpec({
    services: [{ spec, image: { kind: 'image', reference: anImage('db') } }],
    routes: [],
  });
};
const plan = (sandbox: ControlSandbox) =>
  makePlan(
    { ...sandbox.deps, sources: { dirOf: (id) => id, find: async () => undefined } },
    { app: 'hello', from: { kind: 'source', id: 's' } },
    AbortSignal.timeout(60_000),
  );
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
  assert.equal((await plan(sandbox)).changes, false);
  assert.equal((await sandbox.deps.hostPorts.list()).length, 2);
});

test('a plan refuses the ports its deployment would refuse, and takes none', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = withPorts({}, { ...bound, published: 80 });
  await assert.rejects(plan(sandbox), {
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
      (await plan(sandbox)).services.map((one) => one.action),
      [action],
    );
  }
});
