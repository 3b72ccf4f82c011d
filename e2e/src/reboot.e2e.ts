import assert from 'node:assert/strict';
import { readdir, readlink, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { withReplicas } from '@berth/engine/replicas';
import { runCommand } from '@berth/runtime/command';
import { ask, deploy, fact, removeApp, removeVolumes } from './deploying.ts';
import { ready } from './killing.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { rowsApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-reboot';
const limited = `${app}_limited`;
const isRoot = process.getuid?.() === 0;

/** After a reboot no loop device is there, and tasks may start before the agent does. */
describe('volumes after a reboot', { timeout: 300_000, skip: !isRoot && 'needs root' }, () => {
  let platform: PlatformUnderTest;

  const get = (path: string): Promise<string> =>
    fact(async () => {
      const answer = await ask(platform, platform.hostOf(app), path).catch(() => undefined);
      return answer?.status === 200 ? answer.text : undefined;
    }, 90_000);
  const cleanUp = async () => {
    await removeApp(platform, app);
    await removeVolumes(platform, (name) => name.startsWith(app));
  };
  const service = async () => {
    const found = await platform.engine.listServices({
      filters: { label: [`berth.platform=${platform.name}`, `berth.app=${app}`] },
    });
    assert.equal(found.length, 1);
    return found[0]!;
  };
  const scale = async (replicas: number): Promise<void> => {
    const { ID, Version, Spec } = await service();
    await platform.engine.updateService(ID, Version.Index, withReplicas(Spec, replicas)!);
  };
  const containers = async () =>
    platform.engine.listContainers({
      filters: { label: [`berth.platform=${platform.name}`, `berth.app=${app}`] },
    });

  before(async () => {
    platform = await openPlatform();
    await cleanUp();
    await deploy(platform, app, await writeFiles(await scratch(), rowsApp));
  });
  after(cleanUp);

  test('a task that comes before the disk does not start, and writes nowhere else', async () => {
    assert.equal(await get('/add?row=one'), 'one\none\n');
    const { items } = await platform.client.call('listVolumes', {});
    const id = items.find(({ name }) => name === limited)!.id;
    const link = `/dev/berth/${id}`;
    const { engine } = platform;
    const agent = await platform.containerOf('agent');

    await engine.stopContainer(agent, { graceSeconds: 20 });
    try {
      await scale(0);
      await fact(async () => ((await containers()).length === 0 ? true : undefined), 60_000);
      await runCommand('losetup', ['--detach', await readlink(link)], {
        signal: AbortSignal.timeout(10_000),
      });
      await rm(link);

      await scale(1);
      const refused = await fact(async () => {
        const tasks = await engine.listTasks({ filters: { service: [(await service()).ID] } });
        return tasks.find(({ Status }) => /berth/.test(Status.Err ?? ''))?.Status;
      }, 60_000);
      assert.match(
        refused.Err ?? '',
        new RegExp(`failed to mount local volume: mount ${link}:.*no such file`),
      );
      const name = `${platform.name}-${limited}`;
      const { Mountpoint } = await engine.inspectVolume(name);
      assert.deepEqual(await readdir(Mountpoint), [], 'the bare directory stays empty');
      assert.deepEqual(await containers(), []);
    } finally {
      await engine.startContainer(agent);
    }
    await ready(platform);
    assert.equal(await get('/'), 'one\none\n', 'by itself, with all that was there');
    assert.equal(await get('/add?row=two'), 'one\ntwo\none\ntwo\n');
  });

  test('an agent that is killed and comes back leaves tasks and their disks alone', async () => {
    const [before] = await containers();
    const agent = await platform.containerOf('agent');
    const { State } = await platform.engine.inspectContainer(agent);
    process.kill(State.Pid, 'SIGKILL');
    await fact(async () => {
      const now = (await platform.engine.inspectContainer(agent)).State;
      return now.Running && now.StartedAt !== State.StartedAt ? true : undefined;
    }, 90_000);
    await ready(platform);
    assert.equal(await get('/add?row=three'), 'one\ntwo\nthree\none\ntwo\nthree\n');
    assert.deepEqual(
      (await containers()).map(({ Id }) => Id),
      [before?.Id],
    );
  });
});
