import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpRig } from './fixtures/rig.ts';

test('an idempotency key gives the same answer again, and is tied to its request, its token and a day', async (t) => {
  let calls = 0;
  let fail = true;
  const rig = await httpRig(t, {
    createApp: async ({ body }) => {
      calls += 1;
      return {
        name: body.name,
        family: body.name,
        environment: 'production',
        project: 'default',
        state: 'new',
        urls: [],
        services: [],
        warnings: [],
        createdAt: '2026-11-21T00:00:00.000Z',
      };
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
  assert.deepEqual([one.statusCode, two.statusCode], [201, 201]);
  assert.equal(one.body, two.body);
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

test('who repeats a request that is under way waits for its answer, and may try when it fails', async (t) => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let calls = 0;
  const rig = await httpRig(t, {
    stop: async () => {
      calls += 1;
      begun.resolve();
      await go.promise;
      if (calls === 1) throw new Error('boom');
      return { ok: true };
    },
  });
  const stop = (app = 'shop') =>
    rig.app.inject({
      method: 'POST',
      url: `/v1/apps/${app}/stop`,
      headers: { ...rig.bearer('deploy'), 'idempotency-key': 'k' },
    });
  const answers = [stop()];
  await begun.promise;
  answers.push(stop(), stop(), stop('blog'));
  go.resolve();
  const codes = (await Promise.all(answers)).map((answer) => answer.statusCode);
  assert.deepEqual(codes.slice(0, 3), [500, 202, 202]);
  assert.ok(codes[3] === 409 || codes[3] === 202);
  assert.equal(calls, 2);
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
