import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { AppError } from '@berth/contract/errors';
import { createEngine } from '@berth/engine/engine';
import { linkTransport } from './engine-transport.ts';
import { createLinkCalls } from './link-calls.ts';

async function linked(t: TestContext, answer: (stream: ServerHttp2Stream) => void) {
  const server = createServer();
  server.on('stream', answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  session.on('error', () => undefined);
  t.after(() => {
    session.destroy();
    server.close();
  });
  return createLinkCalls(session);
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'agent_unreachable';

test('an answer that breaks off with its connection is none', async (t) => {
  const calls = await linked(t, (stream) => {
    stream.respond({ ':status': 200 });
    stream.write('[{"Id": "half of', () => stream.session?.socket.destroy());
  });
  const engine = createEngine(linkTransport(calls));
  await assert.rejects(engine.listContainers(), isUnreachable);
});

test('so is one the agent gives up', async (t) => {
  const calls = await linked(t, (stream) => {
    stream.respond({ ':status': 200 });
    stream.on('error', () => undefined);
    stream.write('{"half": ', () => stream.destroy(new Error('gave up')));
  });
  await assert.rejects(calls.json('GET', '/v1/node'), isUnreachable);
});

test('a whole answer is read to its end', async (t) => {
  const calls = await linked(t, (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('{"all": true}');
  });
  assert.deepEqual(await calls.json('GET', '/v1/node'), { all: true });
});

test('a reader that has seen enough ends the call, and an abort is its own reason', async (t) => {
  const closed = Promise.withResolvers<void>();
  const calls = await linked(t, (stream) => {
    stream.on('error', () => undefined);
    stream.once('close', () => closed.resolve());
    stream.respond({ ':status': 200 });
    stream.write('{"first": 1}\n');
  });
  const { body } = await calls.send('GET', '/v1/logs');
  const reading = body();
  await once(reading, 'data');
  reading.destroy();
  await closed.promise;

  const stop = new AbortController();
  const next = (await calls.send('GET', '/v1/logs', { signal: stop.signal })).body();
  await once(next, 'data');
  const failed = once(next, 'error');
  stop.abort(new Error('enough'));
  assert.match(String(await failed), /enough/);
});
