import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { askHttp } from './http-ask.ts';

async function serving(t: TestContext, listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  t.after(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/?n=5`);
}

test('asks with method and headers, gives status, headers and text', async (t) => {
  const url = await serving(t, (request, response) => {
    response.writeHead(404, { link: '<next>' });
    response.end(`${request.method} ${request.url} ${request.headers.accept}`);
  });
  const answer = await askHttp(url, { headers: { accept: 'x' }, signal: AbortSignal.timeout(5000) });
  assert.equal(answer.status, 404);
  assert.equal(answer.ok, false);
  assert.equal(answer.headers.link, '<next>');
  assert.equal(answer.text, 'GET /v2/?n=5 x');
  const head = await askHttp(url, { method: 'HEAD', signal: AbortSignal.timeout(5000) });
  assert.equal(head.text, '');
});

test('rejects with the reason when aborted, before the answer or in the middle of it, and when nobody listens', async (t) => {
  const asked = Promise.withResolvers<void>();
  const url = await serving(t, (request, response) => {
    if (request.method === 'POST') response.write('half');
    asked.resolve();
  });
  for (const method of ['GET', 'POST']) {
    const controller = new AbortController();
    const answer = askHttp(url, { method, signal: controller.signal });
    await asked.promise;
    controller.abort(new Error('enough'));
    await assert.rejects(answer, /enough/);
  }
  await assert.rejects(askHttp(new URL('http://127.0.0.1:1/'), { signal: AbortSignal.timeout(5000) }), {
    code: 'ECONNREFUSED',
  });
});
