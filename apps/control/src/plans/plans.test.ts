import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceSpec } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { createControlSandbox } from '@berth/testkit/control-sandbox';
import { findDrift } from '../drift/drift.ts';
import { repairDrift } from '../drift/repair.ts';
import { planOf } from './fixtures/plan-of.ts';

const { signal } = new AbortController();
const of = (
  services: readonly [image: string, spec: Partial<ServiceSpec>][],
  more: Parameters<typeof anAppSpec>[0] = {},
) =>
  anAppSpec({
    services: services.map(([image, spec]) => ({
      spec: aServiceSpec(spec),
      image: { kind: 'image', reference: anImage(image) },
    })),
    ...more,
  });

test('a plan of an app that never ran creates all; after the deployment nothing is left to do', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = of([
    [
      'web1',
      { name: 'web', dependsOn: [{ service: 'api', condition: 'healthy', required: true, restart: false }] },
    ],
    ['api1', { name: 'api' }],
  ]);
  const first = await planOf(sandbox);
  assert.deepEqual(
    first.services.map((one) => [one.service, one.action, one.wave, one.waitsFor]),
    [
      ['web', 'created', 2, ['api is healthy']],
      ['api', 'created', 1, []],
    ],
  );
  assert.equal((await sandbox.deps.apps.list()).length, 0, 'nothing was changed');
  await sandbox.deploy();
  const after = await planOf(sandbox);
  assert.equal(after.changes, false);
  assert.deepEqual(
    after.services.map((one) => one.action),
    ['untouched', 'untouched'],
  );
});

test('a plan says why: image, memory, a variable by its name, routes, what goes', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = of([
    ['web1', { name: 'web' }],
    ['api1', { name: 'api' }],
    ['mail1', { name: 'mail' }],
  ]);
  await sandbox.deploy();
  const writes = () => sandbox.fake.calls.filter((call) => !call.startsWith('GET')).length;
  const before = writes();
  sandbox.spec = of(
    [
      ['web2', { name: 'web', environment: { TOKEN: 'hunter2-very-secret' } }],
      ['api1', { name: 'api', resources: { ...aServiceSpec().resources, memoryBytesMax: 1024 * 2 ** 20 } }],
    ],
    { routes: [{ service: 'api', path: '/api', stripPrefix: false }] },
  );
  const found = await planOf(sandbox);
  assert.deepEqual(
    found.services.map((one) => [one.service, one.action, one.reasons]),
    [
      ['web', 'replaced', [`image ${anImage('web1')} → ${anImage('web2')}`, 'variable TOKEN added']],
      ['api', 'replaced', ['memory limit 512 MiB → 1024 MiB']],
      ['mail', 'removed', ['not in the manifest any more']],
    ],
  );
  assert.deepEqual(found.others, ['route / removed', 'route /api added']);
  assert.ok(!JSON.stringify(found).includes('hunter2'));
  assert.equal(writes(), before);
});

test('a service that is given a secret of its own is replaced for that, and no other', async (t) => {
  const sandbox = await createControlSandbox(t);
  const files = [
    { kind: 'secret', source: 'db', target: '/run/secrets/db', uid: '0', gid: '0', mode: 0o444 },
  ] as const;
  sandbox.spec = of(
    [
      ['web1', { name: 'web', files }],
      ['api1', { name: 'api', files }],
    ],
    { files: [{ kind: 'secret', name: 'db', source: { kind: 'stored', name: 'db' } }] },
  );
  sandbox.stored = { db: 'of all' };
  await sandbox.deploy();
  sandbox.stored = { db: 'of all', 'api/db': 'hunter2-very-secret' };
  const found = await planOf(sandbox);
  assert.deepEqual(
    found.services.map((one) => [one.service, one.action, one.reasons.at(-1)]),
    [
      ['web', 'untouched', 'same'],
      ['api', 'replaced', 'secret db changed'],
    ],
  );
  assert.deepEqual(found.others, ['secret db of api added']);
  assert.ok(!JSON.stringify(found).includes('hunter2'));
});

test('a rollback and a restart have plans too', async (t) => {
  const sandbox = await createControlSandbox(t);
  for (const image of ['web1', 'web2']) {
    sandbox.spec = of([[image, { name: 'web' }]]);
    await sandbox.deploy();
  }
  const back = await planOf(sandbox, { kind: 'release', number: 1 });
  assert.deepEqual(
    back.services.map((one) => one.action),
    ['replaced'],
  );
  const again = await planOf(sandbox, { kind: 'restart' });
  assert.deepEqual(
    again.services.map((one) => one.reasons),
    [['restart asked for']],
  );
});

test('drift by hand is told in words, and repaired: what must be replaced by a deployment, of that alone', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = of([
    ['web1', { name: 'web' }],
    ['api1', { name: 'api', replicas: 2 }],
  ]);
  await sandbox.deploy();
  const deps = { ...sandbox.deps, routing: sandbox.routing };
  const { engine } = await sandbox.deps.nodes.manager();
  const release = await sandbox.deps.releases.open('hello', 1);
  const look = () => sandbox.clock.run(findDrift(deps, release, engine, signal));
  assert.deepEqual(await look(), []);

  const byHand = async (
    name: string,
    change: (spec: ReturnType<typeof sandbox.fake.swarm.get>['Spec']) => void,
  ) => {
    const service = await engine.inspectService(name);
    const spec = structuredClone(service.Spec);
    change(spec);
    await engine.updateService(service.ID, service.Version.Index, spec);
  };
  await byHand('hello-web-r1', (spec) => {
    spec.TaskTemplate.ContainerSpec.Env = [...(spec.TaskTemplate.ContainerSpec.Env ?? []), 'DEBUG=hunter2'];
    spec.TaskTemplate.Resources = {
      Limits: { ...spec.TaskTemplate.Resources?.Limits, MemoryBytes: 2 ** 30 },
    };
  });
  await byHand('hello-api-r1', (spec) => {
    spec.Mode = { Replicated: { Replicas: 1 } };
  });
  await sandbox.clock.advance(5_000);
  const found = await look();
  assert.deepEqual(
    found.map(({ view }) => [view.kind, view.object, view.text]),
    [
      ['replicas', 'api', 'replicas 2 → 1'],
      ['service', 'web', 'variable DEBUG added'],
      ['service', 'web', 'memory 512 MiB → 1024 MiB'],
    ],
  );
  const api = sandbox.fake.tasks.of('hello-api-r1').map((task) => task.ID);
  const done = await sandbox.clock.run(repairDrift(deps, { release, found, engine }, signal));
  assert.deepEqual(done.toReplace, ['web']);
  const { id } = await sandbox.control.deployments.request({
    app: await sandbox.deps.apps.get('hello'),
    kind: 'restart',
    from: { kind: 'restart', services: done.toReplace },
    actor: { name: 'me' },
  });
  assert.equal((await sandbox.ended(id)).state, 'succeeded');
  assert.equal(sandbox.fake.tasks.of('hello-api-r1')[0]?.ID, api[0]);
  await sandbox.clock.advance(60_000);
  await sandbox.clock.run(sandbox.control.reconciler.pass());
  assert.deepEqual(await look(), []);
});
