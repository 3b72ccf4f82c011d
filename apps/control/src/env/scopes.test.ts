import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { refuse } from '@berth/contract/errors';
import { createAppStore } from '../apps/store.ts';
import { createEventLog } from '../events/log.ts';
import { httpRig } from '../http/fixtures/rig.ts';
import { envHandlers } from './handlers.ts';
import { createEnvStore, versionsKeptMax } from './store.ts';

/** The app shop in production and staging, both in the project store, and blog in the default one. */
async function scopeRig(t: TestContext) {
  const rig = await httpRig(t);
  const env = createEnvStore(rig.db, rig.vault);
  const apps = createAppStore(rig.db, [8100, 8110]);
  await apps.ensure('shop', 'test', 1, { family: 'shop', environment: 'production', project: 'store' });
  await apps.ensure('shop-staging', 'test', 1, { family: 'shop', environment: 'staging' });
  await apps.ensure('blog', 'test', 1);
  const redeployed: string[] = [];
  let busy = '';
  Object.assign(
    rig.handlers,
    envHandlers({
      env,
      events: createEventLog(rig.db, rig.clock),
      clock: rig.clock,
      apps,
      servicesOf: async () => ['web', 'worker'],
      redeploy: async (app, _actor, message) => {
        if (app === busy) throw refuse('deployment_running', 'Five wait already.');
        redeployed.push(`${app}: ${message}`);
        return `d-${app}`;
      },
    }),
  );
  const call = (
    method: 'GET' | 'PATCH' | 'POST',
    path: string,
    payload?: object,
    as: 'read' | 'deploy' | 'admin' = 'deploy',
  ) =>
    rig.app.inject({
      method,
      url: `/v1/variables${path}`,
      headers: rig.bearer(as),
      ...(payload === undefined ? {} : { payload }),
    });
  return {
    ...rig,
    env,
    apps,
    redeployed,
    block: (app: string) => {
      busy = app;
    },
    call,
    patch: (scope: string, payload: object) => call('PATCH', `?scope=${encodeURIComponent(scope)}`, payload),
  };
}

test('what is said nearer to a service wins, and reaches the apps of its scope alone', async (t) => {
  const rig = await scopeRig(t);
  const say = (scope: string, value: string) =>
    rig.patch(scope, { set: { WHO: value, [`FROM_${value}`]: '1' } });
  const first = await say('project:store', 'PROJECT');
  assert.deepEqual(first.json(), {
    ok: true,
    version: 1,
    deployments: [
      { app: 'shop', id: 'd-shop' },
      { app: 'shop-staging', id: 'd-shop-staging' },
    ],
    undeployed: [],
  });
  assert.equal(rig.redeployed[0], 'shop: Variables of project store: set WHO, FROM_PROJECT');
  const staged = (await say('environment:store/staging', 'ENVIRONMENT')).json();
  assert.deepEqual(staged.deployments, [{ app: 'shop-staging', id: 'd-shop-staging' }]);
  await say('app:shop-staging', 'APP');
  const one = (await say('service:shop-staging/worker', 'SERVICE')).json();
  assert.deepEqual(one.deployments, [{ app: 'shop-staging', id: 'd-shop-staging' }]);

  assert.deepEqual(await rig.env.forApp('shop'), {
    variables: { FROM_PROJECT: '1', WHO: 'PROJECT' },
    serviceVariables: {},
  });
  assert.deepEqual(await rig.env.forApp('shop-staging'), {
    variables: { FROM_PROJECT: '1', WHO: 'APP', FROM_ENVIRONMENT: '1', FROM_APP: '1' },
    serviceVariables: { worker: { FROM_SERVICE: '1', WHO: 'SERVICE' } },
  });
  assert.deepEqual(await rig.env.forApp('blog'), { variables: {}, serviceVariables: {} });
});

test('a variable taken out stays out until the scope says nothing of it again', async (t) => {
  const rig = await scopeRig(t);
  await rig.patch('project:store', { set: { PROXY: 'http://proxy' } });
  await rig.patch('app:shop', { absent: ['PROXY'] });
  assert.deepEqual((await rig.env.forApp('shop')).variables, { PROXY: null });
  const { items } = (await rig.call('GET', '?scope=app:shop&reveal=true', undefined, 'admin')).json();
  assert.deepEqual(items, [
    {
      name: 'PROXY',
      state: 'absent',
      version: 1,
      updatedAt: '2026-11-21T00:00:00.000Z',
      updatedBy: 'deploy',
    },
  ]);
  await rig.patch('app:shop', { unset: ['PROXY'] });
  assert.deepEqual((await rig.env.forApp('shop')).variables, { PROXY: 'http://proxy' });
});

test('versions tell who changed what; one is returned to, and values are for an admin who asks', async (t) => {
  const rig = await scopeRig(t);
  await rig.patch('app:shop', { set: { A: 'one', B: 'hunter2' } });
  await rig.patch('app:shop', { set: { A: 'two' }, unset: ['B'] });
  const back = await rig.call('POST', '/rollback?scope=app:shop', {});
  assert.equal(back.json().version, 3);
  assert.equal(rig.redeployed.at(-1), 'shop: Variables: as in version 1: set A, B');
  assert.deepEqual((await rig.env.forApp('shop')).variables, { A: 'one', B: 'hunter2' });
  const read = await rig.call('GET', '/versions?scope=app:shop', undefined, 'read');
  assert.deepEqual(
    read
      .json()
      .items.map((item: Record<string, unknown>) => [item.version, item.change, item.name, item.actor]),
    [
      [3, 'set', 'A', 'deploy'],
      [3, 'set', 'B', 'deploy'],
      [2, 'set', 'A', 'deploy'],
      [2, 'removed', 'B', 'deploy'],
      [1, 'set', 'A', 'deploy'],
      [1, 'set', 'B', 'deploy'],
    ],
  );
  assert.ok(!read.body.includes('hunter2'));
  const of = (version: number) =>
    read
      .json()
      .items.find((item: { version: number; name: string }) => item.version === version && item.name === 'A');
  assert.equal(of(1).fingerprint, of(3).fingerprint);
  assert.notEqual(of(1).fingerprint, of(2).fingerprint);
  const page = (await rig.call('GET', '/versions?scope=app:shop&limit=1')).json();
  assert.equal(page.items.length, 2);
  assert.equal(
    (await rig.call('GET', `/versions?scope=app:shop&cursor=${page.next}&name=B`)).json().items.length,
    2,
  );
  assert.equal((await rig.call('GET', '/versions?scope=app:shop&reveal=true')).json().code, 'forbidden');
  const shown = await rig.call('GET', '/versions?scope=app:shop&reveal=true', undefined, 'admin');
  assert.ok(shown.body.includes('hunter2'));
  assert.equal((await rig.call('POST', '/rollback?scope=app:shop', { version: 3 })).json().code, 'not_found');
  await rig.call('POST', '/rollback?scope=app:shop', { version: 0 });
  assert.deepEqual((await rig.env.forApp('shop')).variables, {});
});

test('a made-up value is for the scope it is asked for, not shown, and replaces one only when asked to', async (t) => {
  const rig = await scopeRig(t);
  const generate = (scope: string, payload: object = {}) =>
    rig.call('POST', `/TOKEN/generate?scope=${encodeURIComponent(scope)}`, payload);
  const made = (await generate('project:store')).json();
  assert.deepEqual(made, {
    ok: true,
    version: 1,
    deployments: [
      { app: 'shop', id: 'd-shop' },
      { app: 'shop-staging', id: 'd-shop-staging' },
    ],
    undeployed: [],
  });
  assert.equal(rig.redeployed[0], 'shop: Variables of project store: generated TOKEN');
  const values = new Set([(await rig.env.forApp('shop')).variables.TOKEN]);
  for (const scope of ['environment:store/staging', 'app:shop', 'service:shop/web']) {
    const { value, deployments } = (await generate(scope, { length: 40, show: true })).json();
    assert.match(value, /^[A-Za-z0-9]{40}$/);
    assert.equal(deployments.length, 1);
    values.add(value);
  }
  assert.equal(values.size, 4);
  assert.ok(values.has((await rig.env.forApp('shop')).serviceVariables.web?.TOKEN));
  assert.equal(
    (await generate('service:shop/web')).json().detail,
    'The variable TOKEN of web of shop is set already; a new value replaces it only when asked to.',
  );
  const held = (await generate('service:shop/web', { replace: true, deploy: false })).json();
  assert.deepEqual([held.version, held.deployments], [2, []]);
  assert.equal((await generate('service:shop/none')).json().code, 'not_found');
  const told = JSON.stringify([
    await rig.audit.list({ limit: 9 }),
    await rig.db.selectFrom('events').selectAll().execute(),
  ]);
  for (const value of values) assert.ok(!told.includes(value ?? ''));
});

test('a deployment that is refused for one app of a project does not keep the others from theirs', async (t) => {
  const rig = await scopeRig(t);
  rig.block('shop');
  const answer = (await rig.patch('project:store', { set: { A: '1' } })).json();
  assert.deepEqual(answer.deployments, [{ app: 'shop-staging', id: 'd-shop-staging' }]);
  assert.deepEqual(answer.undeployed, [{ app: 'shop', because: 'Five wait already.' }]);
  assert.equal((await rig.patch('app:shop', { set: { A: '1' } })).json().code, 'deployment_running');
});

test('a scope that is none, an unknown app and an unknown service are refused, and nothing is kept', async (t) => {
  const rig = await scopeRig(t);
  assert.equal((await rig.patch('node:x', { set: { A: '1' } })).json().code, 'invalid');
  assert.equal((await rig.patch('app:nobody', { set: { A: '1' } })).json().code, 'app_not_found');
  const wrong = (await rig.patch('service:shop/wroker', { set: { A: '1' } })).json();
  assert.equal(wrong.code, 'not_found');
  assert.equal(wrong.detail, 'shop has no service "wroker"; it has web, worker.');
  assert.equal((await rig.patch('app:shop', { set: { A: '1' }, absent: ['A'] })).json().code, 'invalid');
  assert.deepEqual(await rig.db.selectFrom('variables').selectAll().execute(), []);
});

test('old versions go, and what still holds stays', async (t) => {
  const rig = await scopeRig(t);
  const scope = { kind: 'app', app: 'shop' } as const;
  const by = { unset: [], absent: [], actor: 'test', nowMs: 1 };
  await rig.env.change(scope, { ...by, set: { KEPT: 'x', COUNT: '0' } });
  for (let count = 1; count <= versionsKeptMax + 5; count++)
    await rig.env.change(scope, { ...by, set: { COUNT: String(count) } });
  const last = await rig.env.versionOf(scope);
  const kept = await rig.env.history(scope, { limit: 1_000, reveal: false });
  assert.equal(kept.filter((item) => item.name === 'COUNT').length, versionsKeptMax + 1);
  assert.equal(kept.filter((item) => item.name === 'KEPT').length, 1);
  await rig.env.rollback(scope, { version: last - versionsKeptMax, actor: 'test', nowMs: 1 });
  assert.deepEqual((await rig.env.forApp('shop')).variables, { COUNT: '5', KEPT: 'x' });
});

test('the audit log names the scope, and the app where there is one', async (t) => {
  const rig = await scopeRig(t);
  await rig.patch('project:store', { set: { A: 'hunter2' } });
  await rig.patch('service:shop/web', { set: { A: 'hunter2' } });
  const entries = await rig.audit.list({ limit: 2 });
  assert.deepEqual(
    entries.map(({ object, app }) => [object, app]),
    [
      ['variable in service:shop/web', 'shop'],
      ['variable in project:store', undefined],
    ],
  );
  assert.ok(!JSON.stringify(entries).includes('hunter2'));
});
