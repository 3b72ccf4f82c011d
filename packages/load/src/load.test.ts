import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startLoad } from './load.ts';

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = { count: 0 };
  server.on('connection', () => sockets.count++);
  return {
    server,
    sockets,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('counts requests per phase, half of them on new connections', async () => {
  let seen = 0;
  const reached = Promise.withResolvers<void>();
  const reachedMore = Promise.withResolvers<void>();
  await using site = await serve((request, response) => {
    assert.equal(request.headers.host, 'shop.test');
    seen++;
    if (seen === 20) reached.resolve();
    if (seen === 40) reachedMore.resolve();
    response.end('ok');
  });
  const load = startLoad({
    url: site.url,
    host: 'shop.test',
    ratePerMinute: 12_000,
    mode: 'mixed',
    phase: 'one',
  });
  await reached.promise;
  load.mark('two');
  await reachedMore.promise;
  const report = await load.stop();
  assert.equal(report.failed, 0);
  assert.equal(report.requests, seen);
  assert.deepEqual(
    report.phases.map((phase) => phase.name),
    ['one', 'two'],
  );
  assert.ok(report.phases.every((phase) => phase.requests > 0));
  assert.ok(site.sockets.count >= seen / 2 && site.sockets.count < seen, `${site.sockets.count} of ${seen}`);
});

test('a refused connection, a cut answer, a status of 400 and a late answer are failures with reasons', async () => {
  const kinds = new Set<number>();
  const all = Promise.withResolvers<void>();
  let n = 0;
  await using site = await serve((_request, response) => {
    const kind = n++ % 3;
    kinds.add(kind);
    if (n > 6) all.resolve();
    if (kind === 0) response.writeHead(503).end();
    else if (kind === 1) {
      response.writeHead(200, { 'content-length': '100' });
      response.write('short');
      response.socket?.destroySoon();
    }
  });
  const load = startLoad({ url: site.url, ratePerMinute: 30_000, mode: 'new', timeoutMs: 100 });
  await all.promise;
  const report = await load.stop();
  assert.equal(report.failed, report.requests);
  const reasons = report.phases[0]!.reasons.join('; ');
  assert.match(reasons, /status 503/);
  assert.match(reasons, /answer cut/);
  assert.match(reasons, /no complete answer within 100 ms/);
});

test('ends by itself and judges answers by the given rule', async () => {
  await using site = await serve((_request, response) => response.end('v1'));
  const load = startLoad({
    url: site.url,
    ratePerMinute: 6_000,
    mode: 'keep-alive',
    inspect: ({ body }) => (body.toString() === 'v2' ? undefined : 'not v2'),
  });
  while (load.report().requests < 3) await new Promise((resolve) => setImmediate(resolve));
  const report = await load.stop();
  assert.deepEqual(report.phases[0]!.reasons, ['not v2']);
});
