import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import type { From } from './deployment.ts';
import { makerOf } from './origins.ts';

const app = (image: string) =>
  anAppSpec({
    services: [{ spec: aServiceSpec({ name: 'web' }), image: { kind: 'image', reference: anImage(image) } }],
  });
async function ask(sandbox: ControlSandbox, from: From, kind: 'deploy' | 'restart' = 'deploy') {
  const { id } = await sandbox.control.deployments.request({
    app: await sandbox.deps.apps.get('hello'),
    kind,
    from,
    actor: { name: 'tester' },
  });
  return id;
}

test('variables that change while a deployment runs take nothing of it back', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = app('web1');
  await sandbox.deploy();
  sandbox.spec = app('web2');
  const deployed = await ask(sandbox, { kind: 'source', id: 'second' });
  const changed = await ask(sandbox, { kind: 'variables', release: 1 });
  assert.equal((await sandbox.ended(deployed)).toRelease, 2);
  const after = await sandbox.ended(changed);
  assert.deepEqual([after.state, after.fromRelease, after.toRelease], ['succeeded', 2, 2]);
  assert.deepEqual(after.from, { kind: 'variables', release: 2, origin: { kind: 'source', id: 'second' } });
  assert.equal(after.images?.web?.image, anImage('web2'));
});

test('a restart asked for while a deployment runs is one of what that brought', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = app('web1');
  await sandbox.deploy();
  sandbox.spec = app('web2');
  const deployed = await ask(sandbox, { kind: 'source', id: 'second' });
  const restarted = await ask(sandbox, { kind: 'restart' }, 'restart');
  await sandbox.ended(deployed);
  const after = await sandbox.ended(restarted);
  assert.deepEqual([after.state, after.toRelease, after.generation], ['succeeded', 2, 2]);
  assert.equal((await sandbox.deps.apps.get('hello')).liveRelease, 2);
});

test('what had nothing to change is what a release is made of all the same: its source may say more', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = app('web1');
  await sandbox.deploy();
  const again = await sandbox.ended(await ask(sandbox, { kind: 'source', id: 'with another overlay' }));
  assert.deepEqual([again.fromRelease, again.toRelease], [1, 1]);
  const { from } = await sandbox.control.deployments.withOrigin(await sandbox.deps.apps.get('hello'), {
    kind: 'variables',
    release: 1,
  });
  assert.deepEqual(from, {
    kind: 'variables',
    release: 1,
    origin: { kind: 'source', id: 'with another overlay' },
  });
});

test('what a release is made of is not forgotten, however many deployments follow it', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = app('web1');
  const written = await sandbox.deploy();
  await sandbox.ended(await ask(sandbox, { kind: 'source', id: 'second' }));
  const last = await sandbox.ended(await ask(sandbox, { kind: 'source', id: 'third' }));
  const restarted = await sandbox.ended(await ask(sandbox, { kind: 'restart' }, 'restart'));
  await sandbox.deps.store.prune('hello', 1);
  const kept = (await sandbox.deps.store.list('hello', { limit: 10 })).map(({ id }) => id);
  assert.deepEqual(kept, [restarted.id, last.id, written.id]);
  assert.equal((await makerOf(sandbox.deps, 'hello', 1))?.id, last.id);
});
