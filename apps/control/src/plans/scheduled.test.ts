import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '@berth/domain/schedule';
import type { ServiceSpec } from '@berth/domain/service';
import { anAppSpec, anImage, aServiceSpec } from '@berth/testkit/builders';
import { type ControlSandbox, createControlSandbox } from '@berth/testkit/control-sandbox';
import { planOf } from './fixtures/plan-of.ts';

const spec = (...services: Partial<ServiceSpec>[]) =>
  anAppSpec({
    services: services.map((one) => ({
      spec: aServiceSpec(one),
      image: { kind: 'image', reference: anImage('all') },
    })),
  });
const schedule = (cron: string): Schedule => ({
  cron,
  timeZone: 'Europe/Berlin',
  concurrency: 'forbid',
  missed: 'run',
  timeoutMs: 60_000,
  historyMax: 5,
});
const plan = async (sandbox: ControlSandbox) => {
  const { changes, services, others } = await planOf(sandbox);
  return {
    changes,
    others,
    rows: services.map(({ service, action, reasons }) => [service, action, ...reasons]),
  };
};
const web = { name: 'web' };
const untouched = ['web', 'untouched', 'same'];

test('what runs by a schedule is in the plan: new, as it was, with another command or time, gone', async (t) => {
  const sandbox = await createControlSandbox(t);
  const backup = { name: 'backup', command: ['a'], schedule: schedule('0 3 * * *') };
  sandbox.spec = spec(web, backup);
  assert.deepEqual((await plan(sandbox)).rows[1], [
    'backup',
    'scheduled',
    'new job, 0 3 * * * (Europe/Berlin)',
    `image ${anImage('all')}`,
  ]);
  await sandbox.deploy();
  assert.equal((await plan(sandbox)).changes, false);
  sandbox.spec = spec(web, { ...backup, command: ['b'], schedule: schedule('0 4 * * *') });
  const changed = await plan(sandbox);
  assert.equal(changed.changes, true);
  assert.deepEqual(changed.rows, [
    untouched,
    ['backup', 'scheduled', 'command ["a"] → ["b"]', 'schedule cron 0 3 * * * → 0 4 * * *'],
  ]);
  sandbox.spec = spec(web);
  assert.deepEqual((await plan(sandbox)).rows, [
    untouched,
    ['backup', 'removed', 'not in the manifest any more'],
  ]);
});

test('what needs no new task is told all the same: what is waited for, each command around a deployment', async (t) => {
  const sandbox = await createControlSandbox(t);
  sandbox.spec = spec(web, { name: 'api' });
  await sandbox.deploy();
  sandbox.spec = {
    ...spec(
      { ...web, dependsOn: [{ service: 'api', condition: 'healthy', required: true, restart: false }] },
      { name: 'api' },
    ),
    hooks: { postDeploy: { service: 'web', command: ['warm-up'] } },
  };
  const found = await plan(sandbox);
  assert.equal(found.changes, true);
  assert.deepEqual(found.others, ['web: waits for: + api (healthy)', 'post-deploy command added']);
});
