import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuse } from '@berth/contract/errors';
import { httpRig } from './fixtures/rig.ts';
import type { Handlers } from './handler.ts';

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

test('a forwarded address is believed from an edge only; what comes by the loopback port is this machine', async (t) => {
  const rig = await httpRig(t);
  for (const [remoteAddress, noted] of [
    ['198.51.100.1', '198.51.100.1'],
    ['10.9.9.9', '203.0.113.7'],
    ['10.9.9.1', '127.0.0.1'],
  ] as const) {
    await rig.app.inject({
      method: 'POST',
      url: '/v1/tokens',
      headers: { 'x-forwarded-for': '203.0.113.7' },
      remoteAddress,
    });
    assert.equal((await rig.audit.list({ limit: 1 }))[0]?.address, noted);
  }
});

test('the last admin token cannot be revoked', async (t) => {
  const rig = await httpRig(t);
  const revoke = (id: string) =>
    rig.app.inject({ method: 'DELETE', url: `/v1/tokens/${id}`, headers: rig.bearer('admin') });
  assert.equal((await revoke('tadmin')).json().code, 'conflict');
  const second = { name: 'second', scope: 'admin', expiresInSeconds: 60 };
  await rig.app.inject({ method: 'POST', url: '/v1/tokens', headers: rig.bearer('admin'), payload: second });
  rig.clock.time += 61_000;
  assert.equal((await revoke('tadmin')).json().code, 'conflict');
  await rig.app.inject({
    method: 'POST',
    url: '/v1/tokens',
    headers: rig.bearer('admin'),
    payload: { name: 'third', scope: 'admin' },
  });
  assert.equal((await revoke('tadmin')).statusCode, 204);
});

test('failed logins from ever new addresses do not fill the audit log', async (t) => {
  const rig = await httpRig(t);
  for (let i = 0; i < 400; i++)
    await rig.app.inject({ url: '/v1/whoami', remoteAddress: `10.1.${i >> 8}.${i & 255}` });
  const noted = await rig.audit.list({ limit: 1000 });
  assert.equal(noted.length, 300);
  assert.equal((await rig.app.inject({ url: '/v1/whoami', headers: rig.bearer('read') })).statusCode, 200);
});
