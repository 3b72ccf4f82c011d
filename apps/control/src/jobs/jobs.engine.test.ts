import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { scheduleDefaults } from '@berth/domain/schedule';
import { aRelease } from '@berth/testkit/builders';
import { jobsRig } from './fixtures/rig.ts';

test('jobs on the real engine, through the policy', async (t) => {
  const rig = await jobsRig(t);
  if (rig === undefined) return;
  const { state, service, ask, ended, linesOf } = rig;
  const schedule = { ...scheduleDefaults, cron: '0 0 1 1 *' };

  await t.test('a detached one-off has exit code and log when it is over, and leaves nothing', async () => {
    state.release = aRelease({ app: 'shop', services: [service('web', 'sleep 600', { port: 8080 })] });
    const begun = await ask('POST', 'executions', {
      command: ['echo "hello $GREETING"; echo oops >&2; exit 7'],
    });
    assert.equal(begun.state, 'starting');
    const over = await ended(begun.id);
    assert.equal(over.state, 'failed');
    assert.equal(over.exitCode, 7);
    assert.equal(over.node, 'n1');
    assert.deepEqual((await linesOf(begun.id)).sort(), ['hello ', 'oops']);
    assert.equal(await rig.services(), 0);
    assert.equal(await rig.containers(), 0);
    assert.match(
      (await rig.events.list({ app: 'shop', kind: 'job.failed' }))[0]?.text ?? '',
      /shop: run failed: exit code 7/,
    );
  });

  await t.test('a crash of control in between: it goes on, once, and nothing runs twice', async () => {
    const begun = await ask('POST', 'executions', { command: ['echo once; sleep 2'] });
    await rig.sandbox.until(async () =>
      (await ask('GET', `executions/${begun.id}`)).state === 'running' ? true : undefined,
    );
    await rig.restart();
    assert.equal((await ended(begun.id)).state, 'succeeded');
    assert.deepEqual(await linesOf(begun.id), ['once']);
  });

  await t.test('too long a run is stopped, and says so; one that is cancelled ends as that', async () => {
    const long = await ask('POST', 'executions', { command: ['sleep 600'], timeoutSeconds: 1 });
    const over = await ended(long.id);
    assert.equal(over.state, 'failed');
    assert.equal(over.reason, 'ran longer than its limit of 1 s');
    // At each point of its start.
    const points: readonly ((id: string) => Promise<boolean>)[] = [
      async () => true,
      async () => (await rig.services()) > 0,
      async () => (await rig.containers()) > 0,
      async (id) => (await ask('GET', `executions/${id}`)).state === 'running',
    ];
    for (const isThere of points) {
      const other = await ask('POST', 'executions', { command: ['sleep 600'] });
      await rig.sandbox.until(async () => ((await isThere(other.id)) ? true : undefined));
      await ask('POST', `executions/${other.id}/cancel`);
      const cancelled = await ended(other.id);
      assert.equal(cancelled.state, 'cancelled');
      assert.match(cancelled.reason ?? '', /^stopped by /);
    }
    assert.equal(await rig.services(), 0);
    assert.equal(await rig.containers(), 0);
  });

  await t.test('a schedule runs, and its hook is told of a failure', async () => {
    const told: string[] = [];
    const hook = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => told.push(chunk.toString('utf8')));
      request.on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    t.after(() => hook.close());
    const { port } = hook.address() as AddressInfo;
    state.release = aRelease({
      app: 'shop',
      services: [
        service('backup', 'echo saved; exit 3', {
          // Every second; and loopback is closed to hooks, so this one is never told.
          schedule: { ...schedule, cron: '* * * * * *', alertUrl: `http://127.0.0.1:${port}/` },
        }),
      ],
    });
    await rig.restart();
    const first = await rig.sandbox.until(async () => {
      const { items } = await ask('GET', 'executions?job=backup');
      return items.find((item: { endedAt?: string; state: string }) => item.state === 'failed');
    });
    assert.equal(first.trigger, 'schedule');
    assert.equal(first.exitCode, 3);
    const paused = await ask('PUT', 'jobs/backup/paused', { paused: true });
    assert.equal(paused.paused, true);
    assert.equal(paused.nextAt, undefined);
    assert.deepEqual(told, []);
  });

  await t.test(
    'a seed runs once for an app, a command after a deployment each time something changed',
    async () => {
      const hook = (text: string) => ({ service: 'web', command: [`echo ${text}`] });
      state.release = aRelease({
        app: 'shop',
        services: [service('web', 'sleep 600')],
        hooks: { seed: hook('rows'), postDeploy: hook('told') },
      });
      for (let i = 0; i < 2; i++) {
        await rig.deployed();
        await rig.sandbox.until(async () => {
          const { items } = await ask('GET', 'executions');
          return items.every((item: { endedAt?: string }) => item.endedAt !== undefined) ? true : undefined;
        });
      }
      // One that found nothing to do.
      await rig.deployed(false);
      const { items } = await ask('GET', 'executions?limit=200');
      const count = (trigger: string) =>
        items.filter((item: { trigger: string; state: string }) => item.trigger === trigger).length;
      assert.equal(count('seed'), 1);
      assert.equal(count('post-deploy'), 2);
    },
  );

  await t.test(
    'what a crash kept from beginning after a deployment begins when control is back, once',
    async () => {
      state.release = { ...state.release, number: 2 };
      await rig.live(2);
      const begun = async () =>
        (await ask('GET', 'executions?job=post-deploy')).items.filter(
          (item: { release: number }) => item.release === 2,
        );
      assert.equal((await begun()).length, 0);
      await rig.restart();
      const [execution] = await begun();
      assert.equal((await ended(execution.id)).state, 'succeeded');
      await rig.restart();
      assert.equal((await begun()).length, 1);
    },
  );

  await t.test('and nothing is left, whenever its task was started', async () => {
    assert.equal(await rig.services(), 0);
    assert.equal(await rig.containers(), 0);
  });
});
