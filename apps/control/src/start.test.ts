import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { routes } from '@berth/contract/routes';
import { systemClock } from '@berth/runtime/clock';
import pino from 'pino';
import { controlConfigIn, token } from './fixtures/config.ts';
import { startControl } from './start.ts';

test('control starts alone on its data, serves without an agent, stops in order and starts again', async (t) => {
  const config = await controlConfigIn(t);
  const deps = { clock: systemClock, log: pino({ level: 'silent' }) };
  const control = await startControl(config, deps);
  const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${control.api}${path}`, { headers });
  const admin = { authorization: `Bearer ${token}` };
  assert.equal((await get('/healthz')).status, 200);
  const ready = await get('/readyz');
  assert.equal(ready.status, 503);
  assert.deepEqual(await ready.json(), { ok: false, waitingFor: ['an agent to connect'] });
  assert.equal(((await (await get('/v1/whoami', admin)).json()) as { scope: string }).scope, 'admin');
  assert.deepEqual(await (await get('/v1/apps', admin)).json(), { items: [] });
  const api = (await (await get('/v1/openapi.json')).json()) as { paths: object };
  assert.ok(Object.keys(api.paths).length > 30);

  await assert.rejects(
    startControl(config, deps),
    (error) => error instanceof AppError && error.code === 'database_busy',
  );
  await control.stop();
  const again = await startControl(config, deps);
  await again.stop();
});

test('every operation of the contract has its handler', async (t) => {
  const config = await controlConfigIn(t);
  const control = await startControl(config, { clock: systemClock, log: pino({ level: 'silent' }) });
  t.after(() => control.stop());
  assert.deepEqual(
    Object.keys(routes).filter((id) => !control.operations.includes(id)),
    [],
  );
});
