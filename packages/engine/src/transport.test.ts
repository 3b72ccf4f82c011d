import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { socketTransport } from './transport.ts';

test('a request that is broken off gives the reason it was broken off for', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'berth-engine-'));
  t.after(() => rm(dir, { recursive: true }));
  const socketPath = join(dir, 'engine.sock');
  const silent = createServer().listen(socketPath);
  t.after(() => silent.close().closeAllConnections());
  await once(silent, 'listening');
  const transport = socketTransport(socketPath);
  const reason = new Error('interrupted');
  for (const ask of [transport.request, transport.hijack]) {
    const abort = new AbortController();
    silent.once('request', () => abort.abort(reason));
    await assert.rejects(ask({ method: 'GET', path: '/info', signal: abort.signal }), reason);
  }
});
