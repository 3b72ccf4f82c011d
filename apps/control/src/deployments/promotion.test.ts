import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import type { App } from '../apps/store.ts';

const place = (sandbox: ControlSandbox, environment: string): Promise<App> =>
  sandbox.deps.apps.ensure(environment === 'production' ? 'hello' : `hello-${environment}`, 'test', 0, {
    family: 'hello',
    environment,
  });

const specOf = (app: string, image: string, services: readonly string[], replicas = 1) =>
  anAppSpec({
    app,
    services: services.map((name) => ({
      spec: aServiceSpec({ name, replicas }),
      image: { kind: 'image', reference: anImage(image) },
    })),
  });

async function promote(sandbox: ControlSandbox, release?: number) {
  const app = await place(sandbox, 'production');
  const from = await sandbox.control.deployments.promotionOf(app, {
    app: 'hello-staging',
    ...(release === undefined ? {} : { release }),
  });
  const { id } = await sandbox.control.deployments.request({
    app,
    kind: 'deploy',
    from,
    actor: { name: 'tester' },
  });
  return sandbox.ended(id);
}

test('a promotion runs the digests of the other environment under its own configuration, and builds nothing', async (t) => {
  const sandbox = await createControlSandbox(t);
  await place(sandbox, 'staging');
  sandbox.spec = specOf('hello-staging', 'v1', ['web', 'worker']);
  sandbox.variables = { COLOUR: 'blue' };
  assert.equal((await sandbox.deploy()).state, 'succeeded');
  sandbox.variables = { COLOUR: 'green' };
  sandbox.spec = specOf('hello', 'what a build would give', ['web', 'worker'], 2);
  const ended = await promote(sandbox);
  assert.equal(ended.state, 'succeeded', JSON.stringify(ended.failure));
  assert.equal(ended.message, 'Promoted from hello-staging, release 1');
  const [staging, production] = await Promise.all([
    sandbox.deps.releases.open('hello-staging', 1),
    sandbox.deps.releases.open('hello', 1),
  ]);
  assert.deepEqual(
    production.services.map((service) => service.image),
    staging.services.map((service) => service.image),
  );
  assert.deepEqual([staging.variables, production.variables], [{ COLOUR: 'blue' }, { COLOUR: 'green' }]);
  assert.deepEqual(
    production.services.map((service) => service.spec.replicas),
    [2, 2],
  );
  assert.ok(ended.steps.every((step) => step.state !== 'building' || step.durationMs !== undefined));
  assert.equal(sandbox.fake.images.find(anImage('what a build would give')), undefined);

  // New variables of what was promoted keep its images.
  sandbox.variables = { COLOUR: 'red' };
  const { id } = await sandbox.control.deployments.request({
    app: await place(sandbox, 'production'),
    kind: 'deploy',
    from: { kind: 'variables', release: 1 },
    actor: { name: 'tester' },
  });
  assert.equal((await sandbox.ended(id)).state, 'succeeded');
  const after = await sandbox.deps.releases.open('hello', 2);
  assert.deepEqual(after.variables, { COLOUR: 'red' });
  assert.deepEqual(
    after.services.map((service) => service.image),
    staging.services.map((service) => service.image),
  );
});

test('a promotion of images that serve already, from the repository of the other environment, touches no task', async (t) => {
  const sandbox = await createControlSandbox(t);
  await place(sandbox, 'staging');
  const images = { provide: sandbox.deps.images.provide };
  Object.assign(sandbox.deps.images, {
    provide: async (...args: Parameters<typeof images.provide>) => {
      const image = `127.0.0.1:5000/${args[0].deployment.app}/web@sha256:${'a'.repeat(64)}`;
      sandbox.fake.images.add(image);
      return { image, imageLabel: 'web', warnings: [] };
    },
  });
  for (const app of ['hello-staging', 'hello']) {
    sandbox.spec = specOf(app, 'v1', ['web']);
    await sandbox.deploy();
  }
  const before = sandbox.fake.swarm.services.map(({ Spec }) => Spec.Name);
  assert.equal((await promote(sandbox)).state, 'succeeded');
  assert.deepEqual(
    sandbox.fake.swarm.services.map(({ Spec }) => Spec.Name),
    before,
  );
  const [was, is] = [await sandbox.deps.releases.open('hello', 1), await sandbox.deps.apps.get('hello')];
  assert.match(was.services[0]?.image ?? '', /\/hello\/web@/);
  const { services } = await sandbox.deps.releases.open('hello', is.liveRelease ?? 0);
  assert.match(services[0]?.image ?? '', /web@sha256:a/);
});

test('services that differ fail the promotion by name, and what served serves', async (t) => {
  const sandbox = await createControlSandbox(t);
  await place(sandbox, 'staging');
  sandbox.spec = specOf('hello-staging', 'v1', ['web', 'old']);
  await sandbox.deploy();
  sandbox.spec = specOf('hello', 'v1', ['web', 'new']);
  const ended = await promote(sandbox);
  assert.equal(ended.state, 'failed');
  assert.equal(ended.failure?.code, 'services_differ');
  assert.equal(
    ended.failure?.message,
    'Release 1 of hello-staging cannot be promoted to hello: hello-staging has no image for new; hello would lack old.',
  );
});

test('without a live release, of another app, or of a release that is not kept, a promotion is refused', async (t) => {
  const sandbox = await createControlSandbox(t);
  const production = await place(sandbox, 'production');
  await place(sandbox, 'staging');
  await sandbox.deps.apps.ensure('blog', 'test', 0);
  const { promotionOf } = sandbox.control.deployments;
  const refusals: [string, number | undefined, string][] = [
    ['hello-staging', undefined, 'never_deployed'],
    ['hello-staging', 7, 'release_not_found'],
    ['blog', undefined, 'conflict'],
    ['hello', undefined, 'conflict'],
    ['nobody', undefined, 'app_not_found'],
  ];
  for (const [app, release, code] of refusals)
    await assert.rejects(promotionOf(production, { app, release }), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, code, error.message);
      return true;
    });
});
