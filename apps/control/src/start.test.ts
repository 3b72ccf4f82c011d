import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ControlConfig } from '@berth/contract/config';
import { AppError } from '@berth/contract/errors';
import { routes } from '@berth/contract/routes';
import { createAuthority, issueCertificate } from '@berth/pki/authority';
import { systemClock } from '@berth/runtime/clock';
import pino from 'pino';
import { startControl } from './start.ts';

const token = `berth_boot1_${'b'.repeat(43)}`;

async function configIn(t: TestContext): Promise<ControlConfig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'berth-start-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  await mkdir(join(dataDir, 'ca'));
  const file = async (name: string, text: string) => {
    await writeFile(join(dataDir, 'ca', name), text, { mode: 0o600 });
    return join(dataDir, 'ca', name);
  };
  const authority = await createAuthority({ commonName: 'test', nowMs: Date.now() });
  const pair = await issueCertificate(authority, {
    commonName: 'control',
    usage: 'server',
    names: ['control'],
    nowMs: Date.now(),
  });
  return {
    platform: 'berth',
    version: '0.1.0',
    dataDir,
    api: { host: '127.0.0.1', port: 0 },
    link: {
      host: '127.0.0.1',
      port: 0,
      caFile: await file('ca.crt', authority.certificatePem),
      certFile: await file('control.crt', pair.certificatePem),
      keyFile: await file('control.key', pair.keyPem),
    },
    domain: '127-0-0-1.sslip.io',
    publicAddress: '127.0.0.1',
    edge: { httpPort: 80, httpsPort: 443, appPorts: [8100, 8119] },
    registry: {
      address: '127.0.0.1:5000',
      url: 'http://127.0.0.1:5000',
      username: 'berth',
      passwordFile: await file('registry-password', 'hunter2\n'),
    },
    adminToken: { id: 'boot1', sha256: createHash('sha256').update(token).digest('hex') },
    build: { memoryBytesMax: 1e9, cpusMax: 1, contextBytesMax: 1e8, concurrency: 1 },
    logLevel: 'info',
  };
}

test('control starts alone on its data, serves without an agent, stops in order and starts again', async (t) => {
  const config = await configIn(t);
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
  const config = await configIn(t);
  const control = await startControl(config, { clock: systemClock, log: pino({ level: 'silent' }) });
  t.after(() => control.stop());
  assert.deepEqual(
    Object.keys(routes).filter((id) => !control.operations.includes(id)),
    [],
  );
});
