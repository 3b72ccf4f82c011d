import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { refuse } from '@berth/contract/errors';
import { httpRig } from './fixtures/rig.ts';
import type { Handlers } from './handler.ts';
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
    { request: { method: 'GET', url: '/v1/apps/' }, status: 404, code: 'not_found' },
    { request: { method: 'GET', url: '//evil/v1/apps' }, status: 404, code: 'not_found' },
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
  assert.equal((await upload(endless, { 'transfer-encoding': 'chunked' })).json().code, 'context_too_large');
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
