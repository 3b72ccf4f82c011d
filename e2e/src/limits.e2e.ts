import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, deploy, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest } from './platform.ts';
import { answering, misbehaving, nodeApp, scratch, writeFiles } from './sources.ts';

const greedy = 'e2e-greedy';
const neighbour = 'e2e-neighbour';
const busy = 'e2e-busy';

describe('an app keeps to its limits', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;

  before(async () => {
    platform = await openPlatform();
    await deploy(platform, neighbour, await writeFiles(await scratch(), nodeApp(answering('still here'))));
    const compose = `services:
  web:
    build: .
    ports: ["8080"]
    mem_limit: 256m
    cpu_shares: 256
`;
    await deploy(platform, greedy, await writeFiles(await scratch(), nodeApp(misbehaving, compose)));
  });
  after(async () => {
    await removeApp(platform, greedy);
    await removeApp(platform, neighbour);
    await removeApp(platform, busy);
  });

  const container = async (app: string) => {
    const { items } = await platform.client.call('listTasks', { params: { app } });
    const id = items.find((task) => task.state === 'running')?.containerId;
    assert.ok(id !== undefined, `${app} has no running task`);
    return await platform.engine.inspectContainer(id);
  };

  test('every task has the safe defaults unless its manifest says otherwise', async () => {
    const { HostConfig } = await container(neighbour);
    assert.equal(HostConfig.PidsLimit, 512);
    assert.equal(HostConfig.Memory, 512 * 2 ** 20);
    assert.equal(HostConfig.Init, true);
    assert.equal(HostConfig.Privileged, false);
    assert.deepEqual(HostConfig.Binds ?? [], []);
    assert.deepEqual(HostConfig.LogConfig, {
      Type: 'json-file',
      Config: { 'max-file': '3', 'max-size': '10m' },
    });
  });

  test('memory and CPU weight of the manifest are the container’s', async () => {
    await fact(async () => ((await container(greedy)).HostConfig.CpuShares === 256 ? true : undefined));
    assert.equal((await container(greedy)).HostConfig.Memory, 256 * 2 ** 20);
  });

  test('a fork bomb stays inside its limit, its neighbours answer, and it is told', async () => {
    const { Id } = await container(greedy);
    const litAt = Date.now();
    assert.equal((await ask(platform, platform.hostOf(greedy), '/bomb')).text, 'ok');
    const peak = await fact(async () => {
      const { pids_stats } = await platform.engine.containerStats(Id);
      return (pids_stats.current ?? 0) > 300 ? pids_stats.current : undefined;
    });
    assert.ok((peak ?? 0) <= 512, `${peak} processes`);
    for (let i = 0; i < 50; i++)
      assert.equal((await ask(platform, platform.hostOf(neighbour))).text, 'still here');
    const nodes = await platform.engine.listNodes();
    assert.deepEqual(
      nodes.map((node) => node.Status.State),
      ['ready'],
    );
    const told = await fact(async () => {
      const { stdout } = await platform.berth(['events', '-a', greedy, '--json']);
      // Not that of an app of this name before it.
      return stdout
        .split('\n')
        .find((line) => line.includes('"task.process-limit"') && Date.parse(JSON.parse(line).at) >= litAt);
    }, 60_000);
    assert.match(told, /web\.1 reached its limit of 512 processes/);
    const { items } = await platform.client.call('listTasks', { params: { app: greedy } });
    assert.ok(items.find((task) => task.containerId === Id)?.processLimitReachedAt !== undefined);
    assert.match(
      (await platform.berth(['ps', '-a', greedy])).stdout,
      /^web\.1\t.*process limit reached \d+ s ago/m,
    );
    assert.match(
      (await platform.berth(['status', '-a', greedy])).stdout,
      /^! web\.1: process limit reached/m,
    );
    await platform.engine.killContainer(Id);
    await fact(
      async () => ((await ask(platform, platform.hostOf(greedy))).text === 'ok' ? true : undefined),
      60_000,
    );
  });

  test('a task over its memory is ended and replaced, and its end is told', async () => {
    await ask(platform, platform.hostOf(greedy), '/hoard').catch(() => undefined);
    const ended = await fact(async () => {
      const { items } = await platform.client.call('listTasks', {
        params: { app: greedy },
        query: { all: true },
      });
      return items.find((task) => task.oomKilled === true);
    }, 60_000);
    assert.equal(ended.exitCode, 137);
    await fact(
      async () => ((await ask(platform, platform.hostOf(greedy))).text === 'ok' ? true : undefined),
      60_000,
    );
  });

  test('two tasks that want all of one CPU share it by their weights, one to three', async () => {
    const service = (weight: number) =>
      `{build: ., command: ["node", "-e", "for (;;);"], cpuset: "0", cpu_shares: ${weight}}`;
    const compose = `services:\n  light: ${service(256)}\n  heavy: ${service(768)}\n`;
    await deploy(platform, busy, await writeFiles(await scratch(), nodeApp('', compose)));
    const ids = await fact(async () => {
      const { items } = await platform.client.call('listTasks', { params: { app: busy } });
      const found = items
        .toSorted((x, y) => (x.service < y.service ? -1 : 1))
        .map((task) => task.containerId);
      const isGiven = await Promise.all(
        found.map(
          async (id = '') => (await platform.engine.inspectContainer(id)).HostConfig.CpusetCpus === '0',
        ),
      );
      return isGiven.length === 2 && isGiven.every(Boolean) ? found : undefined;
    });
    // Each container's counter has a time of its own: the engine reads one after the other.
    const look = () =>
      Promise.all(
        ids.map(async (id = '') => {
          const { read, cpu_stats } = await platform.engine.containerStats(id);
          return { at: Date.parse(read), used: cpu_stats.cpu_usage.total_usage };
        }),
      );
    const before = await look();
    const share = await fact(async () => {
      const after = await look();
      // Enough turns of the scheduler to even out.
      if (after.some(({ at }, i) => at - before[i]!.at < 4_000)) return undefined;
      const [heavy, light] = after.map(({ at, used }, i) => (used - before[i]!.used) / (at - before[i]!.at));
      return heavy! / (heavy! + light!);
    }, 60_000);
    await removeApp(platform, busy);
    assert.ok(share > 0.7 && share < 0.8, `the heavy one had ${Math.round(share * 100)} %`);
  });
});
