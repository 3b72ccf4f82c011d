import assert from 'node:assert/strict';
import { test } from 'node:test';
import { label } from '@berth/domain/label';
import { systemClock } from '@berth/runtime/clock';
import { sandboxEngine, smallImage } from '@berth/testkit/sandbox-engine';
import type { NodeLink } from '../nodes/ports.ts';
import { createAppNetworks } from './app-networks.ts';

test('a network is made again while a task in the one before it still ends', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const { engine, name, labels } = sandbox;
  const image = await smallImage(engine);
  if (image === undefined) return t.skip('the base image is not on this machine');
  const platform = name('p');
  const networks = createAppNetworks({
    platform,
    clock: systemClock,
    pool: undefined,
    nodes: { list: () => [], manager: async () => ({ engine }) as NodeLink },
  } as unknown as Parameters<typeof createAppNetworks>[0]);
  const wish = {
    engineName: name('net'),
    network: { name: 'default', internal: false, encrypted: false, labels },
    labels: { [label.platform]: platform, [label.app]: 'shop', ...labels },
  };
  const start = (service: string) =>
    engine.createService({
      Name: name(service),
      Labels: labels,
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: {
        ContainerSpec: {
          Image: image,
          Command: ['sh', '-c', "trap '' TERM; while :; do sleep 0.2; done"],
          StopGracePeriod: 6e9,
        },
        Networks: [{ Target: wish.engineName }],
      },
    });
  const runs = (service: string) =>
    sandbox.until(async () => {
      const tasks = await engine.listTasks({ filters: { service: [name(service)] } });
      return tasks.some(({ Status }) => Status.State === 'running') ? true : undefined;
    });

  await networks.ensure(engine, wish);
  await start('before');
  await runs('before');
  await engine.removeService(name('before'));
  assert.equal(await networks.removeOf(engine, 'shop', AbortSignal.timeout(10_000)), 'removed');
  const { Id: left } = await engine.inspectNetwork(wish.engineName, { scope: 'swarm' });

  await networks.ensure(engine, wish);
  await start('after');
  await runs('after');
  assert.notEqual((await engine.inspectNetwork(wish.engineName)).Id, left);
});
