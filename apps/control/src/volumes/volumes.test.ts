import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import type { AppSpec } from '@berth/domain/release';
import { volumeQuotas } from '@berth/domain/volume';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { createVolumePurge } from './purge.ts';
import type { Volumes } from './volumes.ts';

const GiB = 2 ** 30;
const soon = () => AbortSignal.timeout(5_000);
const image = { kind: 'image', reference: anImage() } as const;

function app(sizeBytes?: number, sources: readonly string[] = ['data'], replicas = 1): AppSpec {
  const mounts = sources.map((source) => ({
    kind: 'volume' as const,
    source,
    target: `/${source}`,
    readOnly: false,
  }));
  const size = sizeBytes === undefined ? {} : { sizeBytes };
  return anAppSpec({
    services: [{ spec: aServiceSpec({ mounts, replicas }), image }],
    volumes: sources.map((name) => ({ name, labels: {}, ...size })),
  });
}

async function sandboxWith(t: TestContext, spec: AppSpec) {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = spec;
  return { sandbox, volumes: sandbox.deps.volumes as Volumes };
}
const succeeded = async (sandbox: ControlSandbox) => {
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'succeeded', deployment.failure?.message);
  return deployment;
};
const refusedWith = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && words.test(error.message);

test('a deployment makes the volume before the tasks, which are sent to it by name, options and node', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app(2 * GiB));
  await succeeded(sandbox);
  const [volume] = await volumes.store.list({ trash: false });
  assert.equal(volume?.name, 'hello_data');
  assert.equal(volume.sizeBytes, 2 * GiB);
  assert.equal(sandbox.nodes.volumes.kept.get(volume.id)?.labels['berth.app'], 'hello');
  const { TaskTemplate } = sandbox.fake.swarm.find('hello-web-r1')!.Spec;
  assert.deepEqual(TaskTemplate.ContainerSpec.Mounts, [
    {
      Type: 'volume',
      Source: 'hello_data',
      Target: '/data',
      ReadOnly: false,
      VolumeOptions: {
        Labels: { 'berth.platform': 'berth', 'berth.volume': volume.id },
        DriverConfig: { Name: 'local', Options: { device: volume.id } },
      },
    },
  ]);
  assert.deepEqual(TaskTemplate.Placement, { Constraints: [`node.id==${sandbox.nodes.node.id}`] });
  assert.deepEqual((await volumes.users()).get('hello_data'), [
    { app: 'hello', service: 'web', readOnly: false },
  ]);
});

test('a larger size in the manifest grows the volume and touches no task', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app(2 * GiB));
  await succeeded(sandbox);
  sandbox.spec = app(4 * GiB);
  const { runs } = await succeeded(sandbox);
  assert.deepEqual(
    runs.map(({ name, how }) => [name, how]),
    [['hello-web-r1', 'kept']],
  );
  assert.equal((await volumes.get('hello_data', { trash: false })).sizeBytes, 4 * GiB);
});

test('a volume that cannot be made fails the deployment with the reason, and leaves nothing', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app(200 * GiB));
  const deployment = await sandbox.deploy();
  assert.equal(deployment.state, 'failed');
  assert.equal(deployment.failure?.code, 'disk_full');
  assert.deepEqual(await volumes.store.list({ trash: false }), []);
  assert.equal(sandbox.nodes.volumes.kept.size, 0);
});

test('in use it is not removed, and who uses it is named; a release without it does not remove it', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app());
  await succeeded(sandbox);
  const remove = () => volumes.remove('hello_data', { actor: 'ann', signal: soon() });
  await assert.rejects(remove(), refusedWith('volume_in_use', /is used by hello\/web/));
  sandbox.spec = app(undefined, []);
  await succeeded(sandbox);
  assert.equal((await volumes.store.list({ trash: false })).length, 1);
  await remove();
  assert.deepEqual(await volumes.store.list({ trash: false }), []);
});

test('removed, its name is free and its data comes back; after the grace period it does not', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app());
  const made = await volumes.create(
    { name: 'media', sizeBytes: undefined, labels: {} },
    { actor: 'ann', overcommit: false, signal: soon() },
  );
  await volumes.remove('media', { actor: 'ann', signal: soon() });
  assert.equal(sandbox.nodes.volumes.named.has(made.id), false);
  assert.equal(sandbox.nodes.volumes.kept.has(made.id), true);
  const second = await volumes.create(
    { name: 'media', sizeBytes: undefined, labels: {} },
    { actor: 'ann', overcommit: false, signal: soon() },
  );
  await assert.rejects(
    volumes.restore('media', undefined, soon()),
    refusedWith('volume_taken', /There is a volume "media" already/),
  );
  const back = await volumes.restore('media', 'media-before', soon());
  assert.equal(back.id, made.id);

  await volumes.remove('media', { actor: 'ann', signal: soon() });
  const events: string[] = [];
  const purge = createVolumePurge({
    volumes,
    nodes: sandbox.nodes,
    events: { append: async ({ kind, text }) => void events.push(`${kind}: ${text}`) },
    clock: sandbox.clock,
    log: sandbox.deps.log,
  });
  await purge.purgeDue();
  assert.equal(sandbox.nodes.volumes.kept.has(second.id), true);
  await sandbox.clock.advance(volumeQuotas.graceMs);
  await purge.purgeDue();
  assert.equal(sandbox.nodes.volumes.kept.has(second.id), false);
  assert.equal(sandbox.nodes.volumes.kept.has(made.id), true);
  assert.deepEqual(events, ['volume.purged: volume media: its time in the trash is over']);
});

test('a volume made anew under the name of a removed one is another: its tasks are new ones', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app());
  await succeeded(sandbox);
  sandbox.spec = app(undefined, []);
  await succeeded(sandbox);
  await volumes.remove('hello_data', { actor: 'ann', signal: soon() });
  sandbox.spec = app();
  const deployment = await succeeded(sandbox);
  assert.equal(deployment.runs[0]?.how, 'new');
  const [again] = await volumes.store.list({ trash: false });
  const [removed] = await volumes.store.list({ trash: true });
  assert.notEqual(again?.id, removed?.id);
});

test('only a limited volume grows, and never shrinks', async (t) => {
  const { volumes } = await sandboxWith(t, app());
  const o = { actor: 'ann', overcommit: false, signal: soon() };
  await volumes.create({ name: 'a', sizeBytes: GiB, labels: {} }, o);
  await volumes.create({ name: 'b', sizeBytes: undefined, labels: {} }, o);
  assert.equal((await volumes.grow('a', 2 * GiB, o)).sizeBytes, 2 * GiB);
  await assert.rejects(volumes.grow('a', GiB, o), refusedWith('volume_size', /only grows/));
  await assert.rejects(volumes.grow('b', GiB, o), refusedWith('volume_size', /has no limit/));
});

test('an adopted volume is mounted under its own name, without options, and belongs to its app', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app());
  const o = { actor: 'ann', signal: soon() };
  const adopted = await volumes.adopt({ name: 'hello_data', app: 'hello' }, o);
  assert.deepEqual([adopted.isAdopted, adopted.app, adopted.options], [true, 'hello', {}]);
  assert.equal(sandbox.nodes.volumes.kept.get(adopted.id)?.isAdopted, true);
  await succeeded(sandbox);
  const { Mounts } = sandbox.fake.swarm.find('hello-web-r1')!.Spec.TaskTemplate.ContainerSpec;
  assert.deepEqual(
    (Mounts as { Source: string; VolumeOptions: { DriverConfig: object } }[]).map((mount) => [
      mount.Source,
      mount.VolumeOptions.DriverConfig,
    ]),
    [['hello_data', { Name: 'local', Options: {} }]],
  );
  assert.equal((await volumes.store.list({ trash: false })).length, 1, 'no other is made');
});

test('a volume of another app is not adopted, nor one that was adopted before', async (t) => {
  const { sandbox, volumes } = await sandboxWith(t, app());
  await succeeded(sandbox);
  const o = { actor: 'ann', signal: soon() };
  await assert.rejects(
    volumes.adopt({ name: 'hello_data', app: 'blog' }, o),
    refusedWith('volume_taken', /already, of the app hello/),
  );
  await volumes.adopt({ name: 'media' }, o);
  await assert.rejects(
    volumes.adopt({ name: 'media', app: 'blog' }, o),
    refusedWith('volume_taken', /already\./),
  );
  await volumes.remove('media', o);
  await assert.rejects(volumes.adopt({ name: 'media' }, o), refusedWith('volume_taken', /in the trash/));
  await assert.rejects(volumes.restore('media', 'other', soon()), refusedWith('invalid', /was adopted/));
  assert.equal((await volumes.restore('media', undefined, soon())).isAdopted, true);
});

test('an external volume that only the engine has: the words say how it is adopted', async (t) => {
  const spec = app();
  const { sandbox } = await sandboxWith(t, {
    ...spec,
    volumes: [{ name: 'data', shared: 'media', external: true, labels: {} }],
  });
  const deployment = await sandbox.deploy();
  assert.match(deployment.failure?.message ?? '', /`berth volume adopt media` takes it as it is/);
});
