import assert from 'node:assert/strict';
import { test } from 'node:test';
import { label } from '@berth/domain/label';
import type { Run } from '@berth/domain/run';
import { systemClock } from '@berth/runtime/clock';
import { aRelease, aReleaseService } from '@berth/testkit/builders';
import pino from 'pino';
import { taskRig } from '../tasks/fixtures/rig.ts';
import { createBackOff } from './back-off.ts';

test('what ends at once is started ever later; what runs is never replaced', async (t) => {
  const rig = await taskRig(t);
  if (rig === undefined) return;
  const { sandbox, platform, nodes, runs, apps, node } = rig;
  const { engine } = sandbox;
  await apps.setLiveRelease('shop', 1);
  const events: string[] = [];
  const services = ['failing', 'steady'].map((name) => aReleaseService({ spec: { name } }));
  const backOff = createBackOff({
    platform,
    nodes,
    runs,
    apps,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    releases: { open: async () => aRelease({ app: 'shop', services }) },
    deployments: { isBusy: async () => false },
    events: { append: async ({ text }) => void events.push(text) },
  });
  backOff.start();
  t.after(() => backOff.close());

  const tasksOf = (run: Run) => engine.listTasks({ filters: { service: [run.name] } });
  const containers = async (run: Run) =>
    engine.listContainers({ filters: { label: [`com.docker.swarm.service.name=${run.name}`] } });

  const steadies = async () => {
    const run = await rig.start({
      service: 'steady',
      script: 'sleep 600',
      replicas: 3,
      restart: 'any',
      restartDelayMs: 60_000,
    });
    // As a service is that failed for a while, and then recovered.
    const { ID, Version, Spec } = await engine.inspectService(run.name);
    await node.engine.updateService(ID, Version.Index, {
      ...Spec,
      Labels: { ...Spec.Labels, [label.restartDelay]: '2000' },
    });
    const before = await containers(run);
    const [victim] = before;
    const { State } = await engine.inspectContainer(victim!.Id);
    await sandbox.until(
      async () => (systemClock.now() - Date.parse(State.StartedAt) > 21_000 ? true : undefined),
      40_000,
    );
    await engine.killContainer(victim!.Id);
    const killedAt = systemClock.now();
    const after = await sandbox.until(async () => {
      const now = await containers(run);
      return now.length === 3 && now.every(({ Id }) => Id !== victim!.Id) ? now : undefined;
    }, 40_000);
    assert.ok(systemClock.now() - killedAt < 30_000, 'it does not wait for the raised delay of a minute');
    const kept = before.slice(1).map(({ Id }) => Id);
    assert.deepEqual(kept.filter((id) => after.some(({ Id }) => Id === id)).sort(), kept.sort());
  };

  const failing = async () => {
    const run = await rig.start({
      service: 'failing',
      script: 'sleep 0.5; exit 1',
      replicas: 2,
      restart: 'any',
      restartDelayMs: 2_000,
    });
    const started = new Set<string>();
    await sandbox.until(async () => {
      for (const { ID, Slot, Status } of await tasksOf(run))
        if (Slot === 1 && ['running', 'failed'].includes(Status.State)) started.add(ID);
      return events.length === 3 ? true : undefined;
    }, 90_000);
    // At the first delay it would be one in less than 4 s.
    const inWords = `${started.size} starts; ${events.join('; ')}`;
    assert.ok(started.size <= 12, inWords);
    assert.deepEqual(
      events.map((text) => text.match(/next in about (\d+) s/)?.[1]),
      ['5', '10', '20'],
    );
    const { Spec } = await engine.inspectService(run.name);
    assert.equal(Spec.TaskTemplate.RestartPolicy?.Delay, 20e9);
    assert.equal(Spec.Labels[label.restartDelay], '2000');
  };

  await Promise.all([steadies(), failing()]);
});
