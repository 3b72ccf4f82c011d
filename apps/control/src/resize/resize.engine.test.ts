import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@berth/runtime/clock';
import { aRelease, aReleaseService } from '@berth/testkit/builders';
import pino from 'pino';
import { taskRig } from '../tasks/fixtures/rig.ts';
import { resizeHandlers } from './handlers.ts';
import { createResizeKeeper } from './keep.ts';
import { createResizeStore } from './store.ts';

const MiB = 1024 ** 2;

test('limits of running tasks change without a restart, through the policy', async (t) => {
  const rig = await taskRig(t);
  if (rig === undefined) return;
  const { sandbox, platform, nodes } = rig;
  await rig.apps.setLiveRelease('shop', 1);
  await rig.start({ service: 'web', script: 'sleep 600', replicas: 2, restart: 'any' });
  const store = createResizeStore(rig.db);
  const release = aRelease({ app: 'shop', services: [aReleaseService({ spec: { name: 'web' } })] });
  Object.assign(
    rig.served,
    resizeHandlers({
      platform,
      nodes,
      apps: rig.apps,
      releases: { open: async () => release },
      store,
    }),
  );
  const keep = () => {
    const keeper = createResizeKeeper({
      platform,
      nodes,
      store,
      clock: systemClock,
      log: pino({ level: 'silent' }),
    });
    keeper.start();
    return keeper;
  };
  let keeper = keep();
  t.after(() => keeper.close());
  const resize = async (limits: object) => {
    const response = await fetch(`${rig.url}/v1/apps/shop/limits/web`, {
      method: 'PUT',
      headers: { ...rig.bearer('deploy'), 'content-type': 'application/json' },
      body: JSON.stringify(limits),
    });
    return (await response.json()) as { tasks: { slot: number }[]; detail?: string };
  };
  const containers = async () => {
    const found = await sandbox.engine.listContainers({
      filters: { label: [`berth.platform=${platform}`], status: ['running'] },
    });
    return Promise.all(found.map(({ Id }) => sandbox.engine.inspectContainer(Id)));
  };
  const limitsOf = async () =>
    (await containers()).map(({ HostConfig }) => {
      const { Memory, NanoCpus, PidsLimit } = HostConfig as unknown as Record<string, number>;
      return { Memory, NanoCpus, PidsLimit };
    });

  await t.test('the kernel has the new value, and the task is the same', async () => {
    const before = await containers();
    const { tasks } = await resize({ memoryBytesMax: 128 * MiB, cpusMax: 1.5, pidsMax: 77 });
    assert.deepEqual(tasks.map(({ slot }) => slot).sort(), [1, 2]);
    const wanted = { Memory: 128 * MiB, NanoCpus: 1.5e9, PidsLimit: 77 };
    assert.deepEqual(await limitsOf(), [wanted, wanted]);
    const swap = (await containers()).map(({ HostConfig }) => HostConfig.MemorySwap);
    assert.deepEqual(swap, [256 * MiB, 256 * MiB], 'as much as memory, as a new task has');
    const after = await containers();
    assert.deepEqual(
      after.map(({ Id, State }) => [Id, State.StartedAt]).sort(),
      before.map(({ Id, State }) => [Id, State.StartedAt]).sort(),
    );
    const session = await rig.open('/v1/apps/shop/exec', {
      service: 'web',
      command: ['sh', '-c', 'cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null || true'],
    });
    await session.exit();
    assert.match(session.stdout(), /^77$/m);
  });

  await t.test('a task that Swarm starts in its place has it, too, also after control was away', async () => {
    await keeper.close();
    const [victim] = await containers();
    await sandbox.engine.killContainer(victim!.Id);
    await sandbox.until(async () => {
      const now = await containers();
      return now.length === 2 && now.every(({ Id }) => Id !== victim!.Id) ? true : undefined;
    });
    keeper = keep();
    await sandbox.until(async () =>
      (await limitsOf()).every(({ PidsLimit }) => PidsLimit === 77) ? true : undefined,
    );
    const [next] = await containers();
    await sandbox.engine.killContainer(next!.Id);
    await sandbox.until(async () => {
      const now = await containers();
      const limits = await limitsOf();
      return now.length === 2 &&
        now.every(({ Id }) => Id !== next!.Id) &&
        limits.every(({ Memory }) => Memory === 128 * MiB)
        ? true
        : undefined;
    });
  });

  await t.test('less than what is used is refused, and nothing is changed', async () => {
    const refused = await resize({ pidsMax: 1 });
    assert.match(refused.detail ?? '', /web\.[12] has \d+ processes, more than 1\./);
    assert.deepEqual((await store.of('shop')).get('web')?.pidsMax, 77);
  });
});
