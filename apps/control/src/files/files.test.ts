import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { createAppStore } from '../apps/store.ts';
import { createEnvStore } from '../env/store.ts';
import { createEventLog } from '../events/log.ts';
import { httpRig } from '../http/fixtures/rig.ts';
import { fileHandlers } from './handlers.ts';
import { createFileResolver, scopesSeen } from './scopes.ts';
import { createFileStore } from './store.ts';

async function fileRig(t: TestContext) {
  const rig = await httpRig(t);
  const files = createFileStore(rig.db, rig.vault);
  const env = createEnvStore(rig.db, rig.vault);
  const apps = createAppStore(rig.db, [8100, 8110]);
  const events = createEventLog(rig.db, rig.clock);
  await apps.ensure('shop', 'test', 1);
  await apps.ensure('blog', 'test', 1);
  const scopes = scopesSeen(env.placeOf);
  const redeployed: string[] = [];
  let users: string[] = [];
  let from: string | undefined;
  Object.assign(
    rig.handlers,
    fileHandlers({
      files,
      events,
      clock: rig.clock,
      apps,
      servicesOf: async ({ name }) => (name === 'shop' ? ['web', 'worker'] : undefined),
      scopes,
      usersOf: async ({ scope }) => users.map((app) => ({ app, service: 'web', scope: from ?? scope })),
      redeploy: async (app, actor, message) => {
        redeployed.push(`${app} ${actor.name} ${message}`);
        return `d-${app}`;
      },
    }),
  );
  const call =
    (method: 'GET' | 'PUT' | 'POST' | 'DELETE') =>
    (path: string, payload?: object, scope = 'app:shop') =>
      rig.app.inject({
        method,
        url: `/v1/${path}${path.includes('?') ? '&' : '?'}scope=${encodeURIComponent(scope)}`,
        headers: rig.bearer(method === 'GET' ? 'read' : 'deploy'),
        ...(payload === undefined ? {} : { payload }),
      });
  return {
    ...rig,
    files,
    scopes,
    env,
    apps,
    redeployed,
    get: call('GET'),
    put: call('PUT'),
    post: call('POST'),
    remove: call('DELETE'),
    use: (...names: string[]) => {
      users = names;
    },
    /** From where those have it. */
    haveFrom: (scope: string) => {
      from = scope;
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('a secret has versions, a history with who and when, and rolls the apps that have it', async (t) => {
  const rig = await fileRig(t);
  rig.use('shop', 'blog');
  const first = await rig.put('secrets/db', { base64: base64('one') });
  assert.equal(first.statusCode, 202, first.body);
  assert.deepEqual(first.json(), {
    ok: true,
    version: 1,
    changed: true,
    deployments: [
      { app: 'shop', id: 'd-shop' },
      { app: 'blog', id: 'd-blog' },
    ],
  });
  assert.deepEqual(rig.redeployed, [
    'shop deploy secret db set, version 1',
    'blog deploy secret db set, version 1',
  ]);
  rig.clock.time += 60_000;
  await rig.put('secrets/db', { base64: base64('two'), deploy: false });
  assert.equal(rig.redeployed.length, 2, 'held back');
  assert.equal((await rig.put('secrets/db', { base64: base64('two') })).json().changed, false);
  const back = await rig.post('secrets/db/rollback', { version: 1 });
  assert.equal(back.json().version, 3);
  const place = { kind: 'secret', scope: 'app:shop', name: 'db' } as const;
  assert.equal((await rig.files.getCurrent(place)).base64, base64('one'));
  rig.use();
  assert.equal((await rig.remove('secrets/db')).statusCode, 204);
  assert.deepEqual((await rig.get('secrets')).json().items, []);
  const history = (await rig.get('secrets/db/history')).json().items;
  assert.deepEqual(
    history.map((item: Record<string, unknown>) => [item.version, item.how, item.gone, item.actor]),
    [
      [4, 'removed', true, 'deploy'],
      [3, 'version 1 again', false, 'deploy'],
      [2, 'set', false, 'deploy'],
      [1, 'set', false, 'deploy'],
    ],
  );
  assert.equal(Date.parse(history[2].createdAt) - Date.parse(history[3].createdAt), 60_000);
  assert.equal((await rig.post('secrets/db/rollback', { version: 2 })).json().version, 5);
  assert.equal((await rig.files.getCurrent(place)).base64, base64('two'));
});

test('a list tells names, versions and users, and no answer has the content of a secret', async (t) => {
  const rig = await fileRig(t);
  rig.use('shop');
  const value = 'correct-horse-battery-staple';
  const answers = [
    await rig.put('secrets/db', { base64: base64(value) }),
    await rig.get('secrets'),
    await rig.get('secrets/db/history'),
    await rig.post('secrets/db/rollback', { version: 1 }),
    await rig.get('secrets/db'),
  ];
  const [listed] = answers[1]!.json().items;
  assert.deepEqual(
    [listed.name, listed.version, listed.bytes, listed.usedBy],
    ['db', 1, value.length, ['shop']],
  );
  assert.equal(answers[4]!.statusCode, 405, 'a secret cannot be read');
  for (const { body } of answers) for (const form of [value, base64(value)]) assert.ok(!body.includes(form));
});

test('a value is nowhere in clear: not in the database file, the log, the audit entries or the events', async (t) => {
  const rig = await fileRig(t);
  const value = 'correct-horse-battery-staple';
  await rig.put('secrets/db', { base64: base64(value) });
  await rig.put('config-files/conf', { base64: base64(`${value}2`) });
  const shown = (await rig.post('secrets/made/generate', { show: true })).json().value as string;
  const files = await Promise.all([rig.file, `${rig.file}-wal`].map((file) => readFile(file, 'latin1')));
  const events = await rig.db.selectFrom('events').selectAll().execute();
  const told = [...files, JSON.stringify([rig.lines, await rig.audit.list({ limit: 50 }), events])];
  for (const text of told)
    for (const form of [value, base64(value), base64(`${value}2`), shown, base64(shown)])
      assert.ok(!text.includes(form));
  assert.ok(told.at(-1)?.includes('secret/db in app:shop'), 'the audit log says which');
});

test('config files can be read; secrets and config files of one name are two things', async (t) => {
  const rig = await fileRig(t);
  await rig.put('config-files/app.conf', { base64: base64('a=1') });
  await rig.put('secrets/app.conf', { base64: base64('b=2') });
  const { json } = await rig.get('config-files/app.conf');
  assert.deepEqual(json(), { name: 'app.conf', scope: 'app:shop', version: 1, base64: base64('a=1') });
});

test('a generated secret is kept and not shown; one that is there is replaced only when asked to', async (t) => {
  const rig = await fileRig(t);
  const made = await rig.post('secrets/db/generate', { length: 40 });
  assert.equal(made.json().value, undefined);
  const stored = await rig.files.getCurrent({ kind: 'secret', scope: 'app:shop', name: 'db' });
  assert.match(Buffer.from(stored.base64, 'base64').toString(), /^[A-Za-z0-9]{40}$/);
  const again = await rig.post('secrets/db/generate', {});
  assert.equal(
    again.json().detail,
    'There is a secret "db" in app:shop already; a new value replaces it only when asked to.',
  );
  const shown = (await rig.post('secrets/db/generate', { show: true, replace: true })).json();
  assert.match(shown.value, /^[A-Za-z0-9]{32}$/);
});

test('bad input is refused in words, and leaves nothing', async (t) => {
  const rig = await fileRig(t);
  await rig.put('secrets/Db', { base64: base64('one') });
  const refusals: [Promise<{ json(): { detail: string; code: string } }>, string, string][] = [
    [
      rig.put('secrets/db', { base64: base64('two') }),
      'conflict',
      'There is a secret "Db" in app:shop already; "db" differs only by case.',
    ],
    [
      rig.put('secrets/big', { base64: Buffer.alloc(512_000).toString('base64') }),
      'invalid',
      'The secret `big` has 512000 bytes; the most is 511999 (500 KB).',
    ],
    [rig.put('secrets/none', { base64: '' }), 'invalid', 'The secret `none` is empty.'],
    [
      rig.post('secrets/Db/rollback', { version: 7 }),
      'not_found',
      'The secret "Db" in app:shop has no version 7 with content; it has 1.',
    ],
    [rig.remove('secrets/none'), 'not_found', 'There is no secret "none" in app:shop.'],
    [rig.get('config-files/none'), 'not_found', 'There is no config file "none" in app:shop.'],
    [
      rig.put('secrets/x', { base64: base64('1') }, 'app:nobody'),
      'app_not_found',
      'There is no app "nobody".',
    ],
  ];
  for (const [asked, code, detail] of refusals) {
    const answer = (await asked).json();
    assert.equal(answer.code, code, JSON.stringify(answer));
    assert.equal(answer.detail, detail);
  }
  rig.use('shop');
  assert.equal(
    (await rig.remove('secrets/Db')).json().detail,
    'The secret "Db" in app:shop is used by shop: their next deployment would fail. Take it out of their manifests first, or force it.',
  );
  assert.deepEqual(
    (await rig.files.list('secret', 'app:shop')).map(({ name, version }) => [name, version]),
    [['Db', 1]],
  );
});

test('what a wider scope has, too, may be removed; who has another one does not count', async (t) => {
  const rig = await fileRig(t);
  rig.use('shop');
  const scope = 'service:shop/web';
  await rig.put('secrets/db', { base64: base64('own') }, scope);
  const refused = (await rig.remove('secrets/db', undefined, scope)).json();
  assert.match(refused.detail, /is used by shop: their next deployment would fail/);
  await rig.put('secrets/db', { base64: base64('of all') });
  assert.equal((await rig.remove('secrets/db', undefined, scope)).statusCode, 204);
  rig.haveFrom('project:default');
  assert.deepEqual((await rig.get('secrets')).json().items[0].usedBy, []);
  assert.equal((await rig.remove('secrets/db')).statusCode, 204);
});

test('the largest takes its place; old content goes, what happened stays', async (t) => {
  const rig = await fileRig(t);
  const big = Buffer.alloc(511_999, 7).toString('base64');
  assert.equal((await rig.put('secrets/big', { base64: big })).statusCode, 202);
  for (let version = 1; version <= 22; version += 1)
    await rig.put('config-files/conf', { base64: base64(String(version)) });
  const { items } = (await rig.get('config-files/conf/history?limit=100')).json();
  assert.deepEqual(
    items.filter((item: { gone: boolean }) => item.gone).map((item: { version: number }) => item.version),
    [2, 1],
  );
});

test('a removed app leaves nothing to the next one of its name', async (t) => {
  const rig = await fileRig(t);
  await rig.put('secrets/db', { base64: base64('one') });
  await rig.put('secrets/db', { base64: base64('two') }, 'app:blog');
  await rig.apps.remove('shop', 2);
  await rig.apps.ensure('shop', 'test', 3);
  assert.deepEqual(await rig.files.list('secret', 'app:shop'), []);
  assert.equal((await rig.files.list('secret', 'app:blog')).length, 1);
});

test('of several scopes the nearest one is what an app gets', async (t) => {
  const rig = await fileRig(t);
  const resolver = createFileResolver(rig.files, rig.scopes);
  const find = async (service?: string) =>
    Buffer.from(
      (await resolver.find({ app: 'shop', service }, 'secret', 'db'))?.base64 ?? '',
      'base64',
    ).toString();
  for (const scope of ['project:default', 'environment:default/production', 'app:shop']) {
    const set = await rig.put('secrets/db', { base64: base64(scope) }, scope);
    assert.equal(set.statusCode, 202, set.body);
    assert.equal(await find(), scope);
    assert.equal(await find('web'), scope);
  }
  await rig.put('secrets/db', { base64: base64('of web') }, 'service:shop/web');
  assert.deepEqual(
    [await find(), await find('web'), await find('worker')],
    ['app:shop', 'of web', 'app:shop'],
  );
  await rig.put('secrets/db', { base64: base64('of another') }, 'project:other');
  await rig.put('secrets/db', { base64: base64('of another') }, 'environment:default/staging');
  assert.equal(await find(), 'app:shop');
  await rig.remove('secrets/db');
  assert.equal(await find(), 'environment:default/production');
  assert.equal(await find('web'), 'of web');
});

test('an object of a service has versions of its own, and needs the service and a name of another case', async (t) => {
  const rig = await fileRig(t);
  rig.use('shop');
  const scope = 'service:shop/worker';
  await rig.put('secrets/db', { base64: base64('app') });
  const first = (await rig.put('secrets/db', { base64: base64('one') }, scope)).json();
  assert.deepEqual([first.version, first.deployments], [1, [{ app: 'shop', id: 'd-shop' }]]);
  await rig.put('secrets/db', { base64: base64('two') }, scope);
  await rig.post('secrets/db/rollback', { version: 1 }, scope);
  const { items } = (await rig.get('secrets/db/history', undefined, scope)).json();
  assert.deepEqual(
    items.map((item: { version: number; how: string }) => [item.version, item.how]),
    [
      [3, 'version 1 again'],
      [2, 'set'],
      [1, 'set'],
    ],
  );
  assert.equal((await rig.get('secrets/db/history')).json().items.length, 1, 'that of the app is another');
  assert.equal(
    (await rig.put('secrets/DB', { base64: base64('x') }, scope)).json().detail,
    'There is a secret "db" in service:shop/worker already; "DB" differs only by case.',
  );
  assert.equal(
    (await rig.put('secrets/db', { base64: base64('x') }, 'service:shop/wroker')).json().detail,
    'shop has no service "wroker"; it has web, worker.',
  );
  const before = await rig.put('config-files/conf', { base64: base64('x') }, 'service:blog/web');
  assert.equal(before.statusCode, 202, 'an app that was never deployed has no services yet');
  const [entry] = await rig.audit.list({ limit: 1 });
  assert.deepEqual([entry?.object, entry?.app], ['config-file/conf in service:blog/web', 'blog']);
});
