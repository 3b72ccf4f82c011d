import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { refuse } from '@berth/contract/errors';
import { createAppStore } from '../apps/store.ts';
import { createEventLog } from '../events/log.ts';
import { httpRig } from '../http/fixtures/rig.ts';
import type { Handlers } from '../http/handler.ts';
import { envHandlers } from './handlers.ts';
import { createEnvStore } from './store.ts';

async function envRig(t: TestContext) {
  const handlers: Partial<Handlers> = {};
  const rig = await httpRig(t, handlers);
  const env = createEnvStore(rig.db, rig.vault);
  const apps = createAppStore(rig.db, [8100, 8110]);
  await apps.ensure('shop', 'test', 1);
  await apps.ensure('blog', 'test', 1);
  const redeployed: string[] = [];
  // The server looks handlers up at each call.
  Object.assign(
    rig.handlers,
    envHandlers({
      env,
      events: createEventLog(rig.db, rig.clock),
      clock: rig.clock,
      apps,
      servicesOf: async ({ name }) => (name === 'shop' ? ['web', 'worker'] : undefined),
      redeploy: async (app, actor, message) => {
        if (app === 'blog') return undefined;
        redeployed.push(`${app} ${actor.name} ${message}`);
        return 'd1';
      },
    }),
  );
  const patch = (payload: object, app = 'shop') =>
    rig.app.inject({ method: 'PATCH', url: `/v1/apps/${app}/env`, headers: rig.bearer('deploy'), payload });
  const list = (query = '', scope: 'read' | 'admin' = 'read') =>
    rig.app.inject({ url: `/v1/apps/shop/env${query}`, headers: rig.bearer(scope) });
  return { ...rig, apps, env, redeployed, patch, list };
}

test('variables are set, listed by name and fingerprint, shown to an admin who asks, and unset', async (t) => {
  const rig = await envRig(t);
  const first = await rig.patch({ set: { B: 'two', A: 'hunter2' } });
  assert.equal(first.statusCode, 202);
  assert.deepEqual(first.json(), { ok: true, deployment: 'd1' });
  assert.deepEqual(rig.redeployed, ['shop deploy Variables: set B, A']);
  const { items } = (await rig.list()).json();
  assert.deepEqual(
    items.map((item: { name: string }) => item.name),
    ['A', 'B'],
  );
  assert.match(items[0].fingerprint, /^[0-9a-f]{12}$/);
  assert.equal(items[0].value, undefined);
  assert.equal((await rig.list('?reveal=true')).json().code, 'forbidden');
  assert.equal((await rig.list('?reveal=true', 'admin')).json().items[0].value, 'hunter2');
  await rig.patch({ unset: ['B'], set: { A: 'three' } });
  assert.deepEqual((await rig.env.forApp('shop')).variables, { A: 'three' });
  const page = (await rig.list('?limit=1')).json();
  assert.equal(page.next, undefined);
});

test('the same values again are deployed again, as the first time may have failed; without a release they are kept', async (t) => {
  const rig = await envRig(t);
  await rig.patch({ set: { A: '1' } });
  assert.match((await rig.patch({ set: { A: '1' }, unset: ['NONE'] })).json().deployment, /./);
  assert.equal(rig.redeployed.length, 2);
  assert.deepEqual((await rig.patch({ set: { A: '2' }, deploy: false })).json(), { ok: true });
  assert.equal(rig.redeployed.length, 2);
  assert.deepEqual((await rig.patch({ set: { A: '1' } }, 'blog')).json(), { ok: true });
  assert.deepEqual((await rig.env.forApp('blog')).variables, { A: '1' });
});

test('bad changes are refused whole, without quoting a value', async (t) => {
  const rig = await envRig(t);
  const cases = [
    [{ set: { A: 'hunter2' }, unset: ['A'] }, 'invalid'],
    [{ set: { A: 'hunter2\0' } }, 'invalid'],
    [{ set: {} }, 'invalid'],
    [{ set: { A: '€'.repeat(60_000) } }, 'invalid'],
    [
      { set: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`V${i}`, 'x'.repeat(90_000)])) },
      'invalid',
    ],
  ] as const;
  for (const [payload, code] of cases) {
    const response = await rig.patch(payload);
    assert.equal(response.json().code, code, response.body);
    assert.ok(!response.body.includes('hunter2'));
  }
  assert.equal((await rig.patch({ set: { A: '1' } }, 'nobody')).json().code, 'app_not_found');
  assert.deepEqual((await rig.env.forApp('shop')).variables, {});
  assert.deepEqual(rig.redeployed, []);
});

test('a value is nowhere in clear: not in the database file, the log, the audit entries or the events', async (t) => {
  const rig = await envRig(t);
  const value = 'correct-horse-battery-staple';
  await rig.patch({ set: { A: value } });
  await rig.patch({ set: { A: `${value}2`, B: value }, deploy: false });
  const files = await Promise.all([rig.file, `${rig.file}-wal`].map((file) => readFile(file, 'latin1')));
  assert.ok(files.every((text) => !text.includes(value)));
  assert.ok(files.some((text) => text.includes('variables')));
  assert.ok(!JSON.stringify(rig.lines).includes(value));
  assert.ok(!JSON.stringify(await rig.audit.list({ limit: 50 })).includes(value));
});

test('a refusal of the deployment is told, and the values are kept for the next one', async (t) => {
  const rig = await envRig(t);
  Object.assign(
    rig.handlers,
    envHandlers({
      env: rig.env,
      events: createEventLog(rig.db, rig.clock),
      clock: rig.clock,
      apps: rig.apps,
      servicesOf: async () => undefined,
      redeploy: async () => {
        throw refuse('deployment_running', 'Five wait already.');
      },
    }),
  );
  assert.equal((await rig.patch({ set: { A: '1' } })).json().code, 'deployment_running');
  assert.deepEqual((await rig.env.forApp('shop')).variables, { A: '1' });
});

test('a removed app leaves no values to the next one of its name', async (t) => {
  const rig = await envRig(t);
  await rig.patch({ set: { A: '1' } });
  await rig.patch({ set: { A: '1' } }, 'blog');
  const apps = createAppStore(rig.db, [8100, 8110]);
  await apps.remove('shop', 2);
  await apps.ensure('shop', 'test', 3);
  assert.deepEqual((await rig.env.forApp('shop')).variables, {});
  assert.deepEqual((await rig.env.forApp('blog')).variables, { A: '1' });
});
