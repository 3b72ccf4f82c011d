import assert from 'node:assert/strict';
import { test } from 'node:test';
import { label } from '@berth/domain/label';
import { systemClock } from '@berth/runtime/clock';
import { silent } from '@berth/testkit/linked-pair';
import { sandboxEngine } from '@berth/testkit/sandbox-engine';
import { keepNoNetwork } from './no-network.ts';

test('a task that is to have no network has loopback alone, its next one too, and it ends as others do', async (t) => {
  const sandbox = await sandboxEngine(t);
  if (sandbox === undefined) return;
  const { engine, labels } = sandbox;
  const platform = sandbox.name('p');
  const stop = new AbortController();
  const keep = () =>
    keepNoNetwork({ platform, engine, clock: systemClock, log: silent, signal: stop.signal });
  t.after(() => stop.abort());
  const network = sandbox.name('none');
  await engine.createNetwork({ Name: network, Driver: 'overlay', Internal: true, Labels: labels });
  const make = async (name: string, more: Record<string, string>) => {
    const Name = sandbox.name(name);
    await engine.createService({
      Name,
      Labels: labels,
      TaskTemplate: {
        ContainerSpec: {
          Image: 'berth/base',
          Labels: { ...labels, [label.platform]: platform, ...more },
          Command: ['/bin/sh', '-c', 'trap "exit 0" TERM; while sleep 0.2; do :; done'],
          StopGracePeriod: 3e9,
        },
        RestartPolicy: { Condition: 'any', Delay: 0 },
        Networks: [{ Target: network }],
      },
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'dnsrr' },
    });
    return Name;
  };
  const running = async (service: string) => {
    const filters = { label: [`com.docker.swarm.service.name=${service}`] };
    return (await engine.listContainers({ filters }))[0]?.Id;
  };
  const networksOf = async (id: string) =>
    Object.keys((await engine.inspectContainer(id)).NetworkSettings.Networks);
  const alone = (service: string, not?: string) =>
    sandbox.until(async () => {
      const id = await running(service);
      return id !== undefined && id !== not && (await networksOf(id)).length === 0 ? id : undefined;
    }, 40_000);

  const none = await make('none', { [label.noNetwork]: 'true' });
  const other = await make('other', {});
  await sandbox.until(() => running(none), 40_000);
  const kept = await sandbox.until(() => running(other), 40_000);
  void keep();
  const first = await alone(none);
  await engine.killContainer(first);
  const second = await alone(none, first);
  assert.notEqual(second, first);
  assert.deepEqual(await networksOf(kept), [network], 'another one keeps its network');
  // Swarm says so a moment after the container runs.
  await sandbox.until(async () => {
    const [task] = await engine.listTasks({ filters: { service: [none], 'desired-state': ['running'] } });
    return task?.Status.State === 'running' ? true : undefined;
  }, 20_000);
  await engine.removeService(none);
  await sandbox.until(async () => ((await running(none)) === undefined ? true : undefined), 20_000);
});
