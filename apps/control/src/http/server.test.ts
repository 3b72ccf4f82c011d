import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { refuse } from '@berth/contract/errors';
import type { Handlers } from './handler.ts';
import { httpRig } from './fixtures/rig.ts';
import { mountedRoutes } from './route-table.ts';

const scopes = ['read', 'deploy', 'admin'] as const;
const fill: Record<string, string> = { app: 'shop', id: 'x1', number: '1', domain: 'shop.example.com' };
const pathOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => fill[name] ?? 'x');

test('every route takes the scopes it says and no lower, and none without a token but the public ones', async (t) => {
  const rig = await httpRig(t);
  for (const { id, spec } of mountedRoutes) {
    const url = pathOf(spec.path);
    const anonymous = await rig.app.inject({ method: spec.method, url });
    if (spec.scope === 'public') {
      assert.ok(anonymous.statusCode !== 401 && anonymous.statusCode !== 403, `${id} is public`);
      continue;
    }
    assert.ok([401, 429].includes(anonymous.statusCode), `${id} without a token: ${anonymous.statusCode}`);
    for (const scope of scopes) {
      const response = await rig.app.inject({ method: spec.method, url, headers: rig.bearer(scope) });
      const isEnough: boolean = scopes.indexOf(scope) >= scopes.indexOf(spec.scope);
      assert.equal(response.statusCode === 403, !isEnough, `${id} with ${scope}: ${response.body}`);
      assert.notEqual(response.statusCode, 401);
    }
  }
});

test('refusals are problem+json with code, hint, request id and no internals', async (t) => {
  const rig = await httpRig(t, {
    getApp: async () => {
      throw new Error('a password is in here');
    },
    getAppConfig: async () => {
      throw refuse('never_deployed', 'shop has no release yet.');
    },
  } as Partial<Handlers>);
  const headers = rig.bearer('admin');
  const json = { ...headers, 'content-type': 'application/json' };
  const cases = [
    { request: { method: 'GET', url: '/nowhere' }, status: 404, code: 'not_found' },
    { request: { method: 'PUT', url: '/v1/apps/shop' }, status: 405, code: 'method_not_allowed' },
    { request: { method: 'GET', url: '/v1/apps/%zz', headers }, status: 404, code: 'not_found' },
    { request: { method: 'GET', url: '/v1/apps/shop', headers }, status: 500, code: 'internal' },
    { request: { method: 'GET', url: '/v1/apps/shop/config', headers }, status: 409, code: 'never_deployed' },
    { request: { method: 'GET', url: '/v1/apps/No_Label', headers }, status: 422, code: 'invalid_name' },
    { request: { method: 'GET', url: '/v1/apps?limit=0', headers }, status: 422, code: 'invalid' },
    { request: { method: 'GET', url: '/v1/apps?limt=5', headers }, status: 422, code: 'invalid' },
    {
      request: { method: 'GET', url: '/v1/apps/shop/exec?command=ls', headers },
      status: 422,
      code: 'invalid',
    },
    {
      request: { method: 'POST', url: '/v1/apps', headers: json, payload: '{"name":' },
      status: 400,
      code: 'malformed_body',
    },
    {
      request: { method: 'POST', url: '/v1/apps', headers: json, payload: '{"name":"Shop!"}' },
      status: 422,
      code: 'invalid_name',
    },
    {
      request: { method: 'POST', url: '/v1/apps', headers: json, payload: '{"name":"shop","nmae":1}' },
      status: 422,
      code: 'invalid',
    },
    {
      request: { method: 'POST', url: '/v1/apps', headers: json, payload: '{"__proto__":{}}' },
      status: 400,
      code: 'malformed_body',
    },
    {
      request: {
        method: 'POST',
        url: '/v1/apps',
        headers: { ...headers, 'content-type': 'text/xml' },
        payload: '<a/>',
      },
      status: 400,
      code: 'malformed_body',
    },
    {
      request: {
        method: 'POST',
        url: '/v1/apps',
        headers: json,
        payload: JSON.stringify({ name: 'x'.repeat(1_100_000) }),
      },
      status: 413,
      code: 'body_too_large',
    },
    {
      request: {
        method: 'POST',
        url: '/v1/apps',
        headers: { ...json, 'idempotency-key': 'a b' },
        payload: '{"name":"shop"}',
      },
      status: 422,
      code: 'invalid',
    },
  ] as const;
  for (const { request, status, code } of cases) {
    const response = await rig.app.inject(request);
    const said = `${request.method} ${request.url}: ${response.body}`;
    assert.equal(response.statusCode, status, said);
    assert.match(String(response.headers['content-type']), /^application\/problem\+json/, said);
    const problem = response.json();
    assert.equal(problem.code, code, said);
    assert.equal(problem.status, status);
    assert.equal(problem.requestId, response.headers['x-request-id']);
    assert.ok(problem.hint.length > 0 && problem.title.length > 0 && problem.detail.length > 0);
    assert.equal(response.headers['x-content-type-options'], 'nosniff');
    assert.ok(!response.body.includes('password'), said);
  }
  const wrong = (await rig.app.inject({ method: 'PUT', url: '/v1/apps/shop' })).headers.allow;
  assert.equal(wrong, 'GET, DELETE');
});

test('issues name the place of each wrong value, and a valid name is suggested', async (t) => {
  const rig = await httpRig(t);
  const response = await rig.app.inject({
    method: 'PATCH',
    url: '/v1/apps/My_Shop/env',
    headers: rig.bearer('deploy'),
    payload: { set: { 'BAD-NAME': 'x' }, unset: [''], deploy: 'yes', more: 1 },
  });
  const { issues, code } = response.json();
  assert.equal(code, 'invalid');
  assert.deepEqual(issues.map((issue: { at: string }) => issue.at).sort(), [
    '/deploy',
    '/more',
    '/set/BAD-NAME',
    '/unset/0',
    '{app}',
  ]);
  assert.equal(issues.find((issue: { at: string }) => issue.at === '{app}').suggestion, 'my-shop');
});

test('an expired and an unknown token are told apart; repeated failures are limited, valid tokens are not', async (t) => {
  const rig = await httpRig(t);
  const url = '/v1/whoami';
  const made = await rig.app.inject({
    method: 'POST',
    url: '/v1/tokens',
    headers: rig.bearer('admin'),
    payload: { name: 'ci', scope: 'deploy', expiresInSeconds: 60 },
  });
  assert.equal(made.statusCode, 201);
  const { secret, id } = made.json();
  const headers = { authorization: `Bearer ${secret}` };
  assert.deepEqual((await rig.app.inject({ url, headers })).json(), {
    id,
    name: 'ci',
    scope: 'deploy',
    expiresAt: '2026-11-21T00:01:00.000Z',
  });
  rig.clock.time += 60_000;
  assert.equal((await rig.app.inject({ url, headers })).json().code, 'token_expired');
  const forged = { authorization: `Bearer berth_tadmin_${'x'.repeat(43)}` };
  const codes = [];
  for (let i = 0; i < 12; i++) codes.push((await rig.app.inject({ url, headers: forged })).json().code);
  assert.deepEqual(new Set(codes.slice(0, 9)), new Set(['unauthenticated']));
  assert.equal(codes.at(-1), 'rate_limited');
  assert.equal((await rig.app.inject({ url, headers: rig.bearer('read') })).statusCode, 200);
  const noted = (await rig.audit.list({ limit: 200 })).filter((entry) => entry.result === 'unauthenticated');
  assert.equal(noted.length, 9);
  rig.clock.time += 61_000;
  assert.equal((await rig.app.inject({ url, headers: forged })).json().code, 'unauthenticated');
});

test('a revoked token is refused at once; names of live tokens are unique; lastUsedAt is kept', async (t) => {
  const rig = await httpRig(t);
  const admin = rig.bearer('admin');
  const body = { name: 'ci', scope: 'read' };
  const made = (
    await rig.app.inject({ method: 'POST', url: '/v1/tokens', headers: admin, payload: body })
  ).json();
  assert.equal(
    (await rig.app.inject({ method: 'POST', url: '/v1/tokens', headers: admin, payload: body })).json().code,
    'conflict',
  );
  const own = { authorization: `Bearer ${made.secret}` };
  assert.equal((await rig.app.inject({ url: '/v1/whoami', headers: own })).statusCode, 200);
  const list = (await rig.app.inject({ url: '/v1/tokens', headers: admin })).json().items;
  assert.equal(
    list.find((token: { id: string }) => token.id === made.id).lastUsedAt,
    '2026-11-21T00:00:00.000Z',
  );
  assert.ok(!JSON.stringify(list).includes(made.secret));
  assert.equal(
    (await rig.app.inject({ method: 'DELETE', url: `/v1/tokens/${made.id}`, headers: admin })).statusCode,
    204,
  );
  assert.equal((await rig.app.inject({ url: '/v1/whoami', headers: own })).statusCode, 401);
  assert.equal(
    (await rig.app.inject({ method: 'DELETE', url: `/v1/tokens/${made.id}`, headers: admin })).statusCode,
    404,
  );
  const paged = (await rig.app.inject({ url: '/v1/tokens?limit=2', headers: admin })).json();
  assert.equal(paged.items.length, 2);
  const rest = (
    await rig.app.inject({ url: `/v1/tokens?limit=2&cursor=${paged.next}`, headers: admin })
  ).json();
  assert.equal(rest.items.length, 1);
  assert.equal(rest.next, undefined);
});

test('every mutation and refusal is in the audit log, with its object and without secrets', async (t) => {
  const rig = await httpRig(t, {
    patchEnv: async () => ({ ok: true }),
    addDomain: async () => {
      throw refuse('domain_taken', 'blog has shop.example.com.');
    },
    listEnv: async () => ({ items: [] }),
  } as Partial<Handlers>);
  const send = (
    method: 'PATCH' | 'POST' | 'GET',
    url: string,
    payload?: object,
    scope: 'read' | 'admin' = 'admin',
  ) =>
    rig.app.inject({
      method,
      url,
      headers: { ...rig.bearer(scope), 'user-agent': 'berth/1', 'x-forwarded-for': '1.1.1.1, 203.0.113.7' },
      remoteAddress: '10.9.9.9',
      ...(payload === undefined ? {} : { payload }),
    });
  await send('PATCH', '/v1/apps/shop/env', { set: { KEY: 'hunter2' }, unset: ['OLD'] });
  await send('POST', '/v1/apps/shop/domains', { domain: 'shop.example.com', certificatePem: 'hunter2' });
  await send('GET', '/v1/apps/shop/env');
  await send('GET', '/v1/apps/shop/env?reveal=true');
  await send('PATCH', '/v1/apps/shop/env', { set: {} }, 'read');
  await send('POST', '/v1/tokens', { name: 'x', scope: 'admin', oops: `berth_abc_${'k'.repeat(43)}` });
  const entries = (await rig.audit.list({ limit: 50 })).reverse();
  assert.deepEqual(
    entries.map(({ actor, action, object, app, result, status }) => ({
      actor,
      action,
      object,
      app,
      result,
      status,
    })),
    [
      { actor: 'admin', action: 'patchEnv', object: 'app/shop', app: 'shop', result: 'ok', status: 202 },
      {
        actor: 'admin',
        action: 'addDomain',
        object: 'app/shop',
        app: 'shop',
        result: 'domain_taken',
        status: 409,
      },
      { actor: 'admin', action: 'listEnv', object: 'app/shop', app: 'shop', result: 'ok', status: 200 },
      {
        actor: 'read',
        action: 'patchEnv',
        object: 'app/shop',
        app: 'shop',
        result: 'forbidden',
        status: 403,
      },
      {
        actor: 'admin',
        action: 'createToken',
        object: 'token/x',
        app: undefined,
        result: 'invalid',
        status: 422,
      },
    ],
  );
  assert.equal(entries[0]?.address, '203.0.113.7');
  assert.equal(entries[0]?.userAgent, 'berth/1');
  const all = JSON.stringify(entries);
  assert.ok(!all.includes('hunter2') && !all.includes('kkkk'), all);
  assert.ok(all.includes('KEY') && all.includes('OLD'));
  assert.deepEqual(await rig.audit.verify(), { kind: 'whole', entries: 5, head: entries[4]?.hash });
});

test('a forwarded address is believed from an edge only', async (t) => {
  const rig = await httpRig(t);
  await rig.app.inject({
    method: 'POST',
    url: '/v1/tokens',
    headers: { 'x-forwarded-for': '203.0.113.7' },
    remoteAddress: '198.51.100.1',
  });
  assert.equal((await rig.audit.list({ limit: 1 }))[0]?.address, '198.51.100.1');
});

test('an idempotency key gives the same answer again, and is tied to its request, its token and a day', async (t) => {
  let calls = 0;
  let fail = true;
  const rig = await httpRig(t, {
    createApp: async ({ body }) => {
      calls += 1;
      return { name: body.name, state: 'new', urls: [], services: [], createdAt: '2026-11-21T00:00:00.000Z' };
    },
    stop: async () => {
      if (fail) throw new Error('boom');
      return { ok: true };
    },
  });
  const post = (name: string, key: string, scope: 'deploy' | 'admin' = 'deploy') =>
    rig.app.inject({
      method: 'POST',
      url: '/v1/apps',
      headers: { ...rig.bearer(scope), 'idempotency-key': key },
      payload: { name },
    });
  const first = await post('shop', 'k1');
  const again = await post('shop', 'k1');
  assert.equal(first.statusCode, 201);
  assert.equal(again.statusCode, 201);
  assert.equal(again.body, first.body);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal(calls, 1);
  assert.equal((await post('blog', 'k1')).json().code, 'idempotency_mismatch');
  await post('shop', 'k1', 'admin');
  assert.equal(calls, 2);
  const [one, two] = await Promise.all([post('wiki', 'k2'), post('wiki', 'k2')]);
  assert.equal(calls, 3);
  assert.ok([one, two].some((response) => response.statusCode === 201));
  rig.clock.time += 25 * 3_600_000;
  await post('blog', 'k1');
  assert.equal(calls, 4);
  const stop = () =>
    rig.app.inject({
      method: 'POST',
      url: '/v1/apps/shop/stop',
      headers: { ...rig.bearer('deploy'), 'idempotency-key': 'k3' },
    });
  assert.equal((await stop()).statusCode, 500);
  fail = false;
  assert.equal((await stop()).statusCode, 202);
});

test('an answer kept for its key is sealed: a token is not readable in the database', async (t) => {
  const rig = await httpRig(t);
  const make = () =>
    rig.app.inject({
      method: 'POST',
      url: '/v1/tokens',
      headers: { ...rig.bearer('admin'), 'idempotency-key': 'k' },
      payload: { name: 'ci', scope: 'read' },
    });
  const { secret } = (await make()).json();
  assert.equal((await make()).json().secret, secret);
  const row = await rig.db.selectFrom('idempotency').selectAll().executeTakeFirstOrThrow();
  assert.ok(row.answer !== null && !row.answer.includes(secret));
  assert.ok(!Buffer.from(row.answer.slice(3), 'base64url').includes(secret));
});

test('an upload is a stream with a limit, known in advance or not', async (t) => {
  const rig = await httpRig(
    t,
    {
      uploadSource: async ({ body }) => {
        let bytes = 0;
        for await (const chunk of body) bytes += (chunk as Buffer).length;
        return { id: 'x', digest: 'sha256:x', bytes, files: 1 };
      },
    },
    { uploadBytesMax: 100_000 },
  );
  const upload = (payload: Readable | Buffer, more: Record<string, string> = {}) =>
    rig.app.inject({
      method: 'POST',
      url: '/v1/apps/shop/sources',
      headers: { ...rig.bearer('deploy'), 'content-type': 'application/gzip', ...more },
      payload,
    });
  assert.equal((await upload(Buffer.alloc(100_000))).json().bytes, 100_000);
  assert.equal((await upload(Buffer.alloc(100_001))).json().code, 'context_too_large');
  const endless = Readable.from(
    (function* () {
      for (let i = 0; i < 50; i++) yield Buffer.alloc(10_000);
    })(),
  );
  assert.equal((await upload(endless)).json().code, 'context_too_large');
});

test('an answer off the contract is logged, and fields the contract does not know do not leave', async (t) => {
  const rig = await httpRig(t, {
    getVersion: async () => ({
      version: '1',
      api: 'v1',
      platform: 'berth',
      startedAt: '2026-11-21T00:00:00.000Z',
      password: 'x',
    }),
    getReady: async () => ({ ok: false, waitingFor: ['an agent'] }),
  } as Partial<Handlers>);
  const answer = await rig.app.inject({ url: '/v1/version' });
  assert.ok(!answer.body.includes('password'));
  const ready = await rig.app.inject({ url: '/readyz' });
  assert.equal(ready.statusCode, 503);
  assert.deepEqual(ready.json(), { ok: false, waitingFor: ['an agent'] });
});
