import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { httpRig } from '../http/fixtures/rig.ts';
import { auditHandlers } from './handlers.ts';
import { noteLinkRefusals } from './link-refusals.ts';
import { createAuditLog } from './log.ts';

const fact = (action: string, app?: string) => ({
  actor: 'ann',
  address: '203.0.113.7',
  userAgent: 'berth/1',
  action,
  object: app === undefined ? 'platform' : `app/${app}`,
  app,
  parameters: { query: { tail: 5 } },
  result: 'ok',
  status: 200,
});

test('entries are chained in order, also when written at once, and the chain goes on after a restart', async (t) => {
  const rig = await httpRig(t);
  await Promise.all(Array.from({ length: 20 }, (_, i) => rig.audit.append(fact(`a${i}`, 'shop'))));
  const again = await createAuditLog(rig.db, rig.clock);
  await again.append(fact('last'));
  assert.equal((await again.verify()).kind, 'whole');
  const entries = await again.list({ limit: 100 });
  assert.deepEqual(
    entries.map((entry) => entry.seq),
    Array.from({ length: 21 }, (_, i) => 21 - i),
  );
  assert.deepEqual((await again.list({ limit: 100, app: 'shop' })).length, 20);
});

test('entries cannot be changed or removed; what got past that is found by its number', async (t) => {
  const rig = await httpRig(t);
  for (let i = 1; i <= 5; i++) await rig.audit.append(fact(`a${i}`));
  await assert.rejects(rig.db.deleteFrom('audit').where('seq', '=', 2).execute(), /never removed/);
  await assert.rejects(rig.db.updateTable('audit').set({ actor: 'bob' }).execute(), /never changed/);
  await sql`DROP TRIGGER audit_no_update`.execute(rig.db);
  await rig.db.updateTable('audit').set({ actor: 'bob' }).where('seq', '=', 3).execute();
  assert.deepEqual(await rig.audit.verify(), {
    kind: 'broken',
    seq: 3,
    because: 'entry 3 or the one before it was changed',
  });
  await rig.db.updateTable('audit').set({ actor: 'ann' }).where('seq', '=', 3).execute();
  assert.equal((await rig.audit.verify()).kind, 'whole');
  await sql`DROP TRIGGER audit_no_delete`.execute(rig.db);
  await rig.db.deleteFrom('audit').where('seq', '=', 4).execute();
  assert.match(JSON.stringify(await rig.audit.verify()), /entry 4 is missing/);
});

test('the API lists newest first, page by page, and tells whether the log is whole', async (t) => {
  const rig = await httpRig(t);
  Object.assign(rig.handlers, auditHandlers({ audit: rig.audit }));
  for (let i = 1; i <= 5; i++) await rig.audit.append(fact(`a${i}`, i % 2 === 0 ? 'shop' : undefined));
  const get = async (url: string) => (await rig.app.inject({ url, headers: rig.bearer('admin') })).json();
  const first = await get('/v1/audit?limit=3');
  assert.deepEqual(
    first.items.map((entry: { action: string }) => entry.action),
    ['a5', 'a4', 'a3'],
  );
  const rest = await get(`/v1/audit?limit=3&cursor=${first.next}`);
  assert.deepEqual(
    rest.items.map((entry: { action: string }) => entry.action),
    ['a2', 'a1'],
  );
  assert.equal(rest.next, undefined);
  assert.equal((await get('/v1/audit?app=shop')).items.length, 2);
  assert.equal((await get('/v1/audit?since=2000-01-01T00:00:00Z')).items.length, 5);
  assert.equal((await get('/v1/audit?since=2999-01-01T00:00:00Z')).items.length, 0);
  assert.deepEqual(first.items[0].parameters, { query: { tail: 5 } });
  assert.equal((await get('/v1/audit/verification')).kind, 'whole');
});

test('what a client sends cannot fill the log', async (t) => {
  const rig = await httpRig(t);
  await rig.audit.append({
    ...fact('a'),
    userAgent: 'x'.repeat(100_000),
    parameters: { body: 'y'.repeat(1_000_000) },
  });
  const row = await rig.db.selectFrom('audit').selectAll().executeTakeFirstOrThrow();
  assert.ok(JSON.stringify(row).length < 6_000);
  assert.equal((await rig.audit.verify()).kind, 'whole');
});

test('what the link refuses is noted, a repetition once a minute', async (t) => {
  const rig = await httpRig(t);
  const note = noteLinkRefusals(rig);
  const refusal = { kind: 'policy_denied', node: 'n1', address: '10.0.0.2', detail: 'POST /x: no' } as const;
  for (let i = 0; i < 50; i++) note(refusal);
  note({ ...refusal, kind: 'unauthenticated', node: '-', detail: 'a connection without a node certificate' });
  rig.clock.time += 61_000;
  note(refusal);
  await rig.audit.append(fact('after'));
  const entries = (await rig.audit.list({ limit: 10 })).reverse();
  assert.deepEqual(
    entries.map(({ actor, action, object, result, status }) => [actor, action, object, result, status]),
    [
      ['control', 'engineRequest', 'node/n1', 'policy_denied', 403],
      ['-', 'agentConnection', 'node/-', 'unauthenticated', 401],
      ['control', 'engineRequest', 'node/n1', 'policy_denied', 403],
      ['ann', 'after', 'platform', 'ok', 200],
    ],
  );
});
