import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ReachedLimit } from '@berth/contract/agent';
import { EngineStatusError } from '@berth/engine/transport';
import type { ContainerInspect } from '@berth/engine/types';
import { fakeClock } from '@berth/testkit/fake-clock';
import { silent } from '@berth/testkit/linked-pair';

import { createProcessLimits } from './process-limits.ts';

const [web, other, foreign] = ['a', 'b', 'c'].map((char) => char.repeat(64)) as [string, string, string];

async function rig(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'berth-cgroup-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const inspected: string[] = [];
  const limits = createProcessLimits({
    platform: 'berth',
    root,
    clock: fakeClock(1_000),
    log: silent,
    engine: {
      inspectContainer: async (id: string) => {
        inspected.push(id);
        if (id === foreign) throw new EngineStatusError({ method: 'GET', path: '/' }, 404, 'none');
        const labels = {
          'berth.platform': id === web ? 'berth' : 'another',
          'berth.app': 'shop',
          'berth.service': 'web',
          'com.docker.swarm.task.id': 't1',
        };
        return {
          Name: '/shop-web-r1.2.t1',
          Config: { Labels: labels },
          HostConfig: { PidsLimit: 512 },
        } as unknown as ContainerInspect;
      },
    },
  });
  return {
    limits,
    inspected,
    look: () => limits.look(AbortSignal.timeout(5_000)),
    count: async (directory: string, times: number) => {
      await mkdir(join(root, directory), { recursive: true });
      await writeFile(join(root, directory, 'pids.events'), `max ${times}\n`);
    },
  };
}

for (const [version, at] of [
  ['version 1', (id: string) => `pids/docker/${id}`],
  ['version 1 with systemd', (id: string) => `pids/system.slice/docker-${id}.scope`],
  ['version 2', (id: string) => `docker/${id}`],
  ['version 2 with systemd', (id: string) => `system.slice/docker-${id}.scope`],
] as const)
  test(`a task that reaches its limit is told, cgroup ${version}`, async (t) => {
    const { limits, look, count, inspected } = await rig(t);
    const told: ReachedLimit[] = [];
    limits.listen((reached) => told.push(reached));
    await count(at(web), 3);
    await look();
    assert.deepEqual(told, [], 'what was counted before is not news');
    await count(at(web), 10);
    await count(at(other), 10);
    await count(at(foreign), 10);
    await look();
    assert.deepEqual(told, [
      {
        app: 'shop',
        service: 'web',
        slot: 2,
        container: web.slice(0, 12),
        processesMax: 512,
        times: 7,
        at: 1_000,
      },
    ]);
    await look();
    assert.equal(told.length, 1, 'nothing rose');
    assert.equal(inspected.length, 3, 'the engine is asked only about counters that rose');
  });

test('what happens while control is away is told when it is back, once', async (t) => {
  const { limits, look, count } = await rig(t);
  await look();
  await count(`pids/docker/${web}`, 1);
  await look();
  const told: ReachedLimit[] = [];
  limits.listen(({ ...reached }) => told.push(reached))();
  assert.equal(told.length, 1);
  limits.listen((reached) => told.push(reached));
  assert.equal(told.length, 1);
});
