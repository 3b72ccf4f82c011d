import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { refuse } from '@berth/contract/errors';
import { WebSocket } from 'ws';
import { httpRig } from './fixtures/rig.ts';
import type { Handlers } from './handler.ts';

async function listening(t: TestContext, handlers: Partial<Handlers>) {
  const rig = await httpRig(t, handlers);
  const { port } = await rig.server.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...rig,
    port,
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    ws: (path: string) => `ws://127.0.0.1:${port}${path}`,
  };
}

const event = (seq: number) => ({
  id: String(seq),
  data: { seq, at: '2026-11-21T00:00:00.000Z', kind: 'x', text: 'one\ntwo', data: {} },
});

test('events arrive as they happen, with ids, and the source is told when the client goes', async (t) => {
  const gate = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const rig = await listening(t, {
    watchEvents: async function* ({ lastEventId, query, signal }) {
      signal.addEventListener('abort', () => left.resolve());
      assert.equal(query.tail, 5);
      yield event(Number(lastEventId ?? 0) + 1);
      await gate.promise;
      yield event(99);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  const controller = new AbortController();
  const response = await fetch(rig.url('/v1/events?tail=5'), {
    headers: { ...rig.bearer('read'), 'last-event-id': '41' },
    signal: controller.signal,
  });
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.ok(reader);
  let text = '';
  while (!text.includes('"seq":42')) text += (await reader.read()).value;
  assert.match(text, /^: open\n\nid: 42\ndata: \{"seq":42.*one\\ntwo/);
  gate.resolve();
  while (!text.includes('"seq":99')) text += (await reader.read()).value;
  controller.abort();
  await left.promise;
});

test('a stream that cannot begin is a plain refusal; one that breaks off says so', async (t) => {
  const rig = await listening(t, {
    watchEvents: async function* () {
      yield event(1);
      throw new Error('boom');
    },
    // biome-ignore lint/correctness/useYield: it refuses before the first event.
    watchDeployment: async function* ({ params }) {
      throw refuse('deployment_not_found', `There is no deployment ${params.id}.`);
    },
  });
  const headers = rig.bearer('read');
  const refused = await fetch(rig.url('/v1/deployments/d1/events'), { headers });
  assert.equal(refused.status, 404);
  assert.equal(((await refused.json()) as { code: string }).code, 'deployment_not_found');
  const broken = await (await fetch(rig.url('/v1/events'), { headers })).text();
  assert.match(broken, /event: error\ndata: \{.*"code":"internal"/);
  assert.ok(!broken.includes('boom'));
});

test('a session carries bytes both ways and is noted at its start and end', async (t) => {
  const rig = await listening(t, {
    exec: async ({ query, actor }, socket) => {
      assert.deepEqual(query.command, ['sh', '-c', 'exit 3']);
      assert.equal(actor.name, 'admin');
      const [data] = await once(socket, 'message');
      socket.send(data);
      return { outcome: 'exit 3' };
    },
  });
  const socket = new WebSocket(rig.ws('/v1/apps/shop/exec?command=sh&command=-c&command=exit%203&tty=true'), {
    headers: rig.bearer('admin'),
  });
  await once(socket, 'open');
  socket.send(Buffer.from('hello'));
  assert.equal(String((await once(socket, 'message'))[0]), 'hello');
  const [code, reason] = await once(socket, 'close');
  assert.equal(code, 1000);
  assert.equal(String(reason), 'exit 3');
  await rig.server.drain(1000);
  const entries = (await rig.audit.list({ limit: 10 })).reverse();
  assert.deepEqual(
    entries.map((entry) => [entry.action, entry.object, entry.result]),
    [
      ['exec', 'app/shop', 'started'],
      ['exec', 'app/shop', 'exit 3'],
    ],
  );
  assert.deepEqual(JSON.parse(entries[1]?.parameters ?? '').query.command, ['sh', '-c', 'exit 3']);
});

test('an upgrade meets the same checks: token, scope, values, path', async (t) => {
  const rig = await listening(t, {
    exec: async () => {
      throw refuse('never_deployed', 'shop has no release yet.');
    },
  });
  const refusal = async (path: string, headers: Record<string, string>): Promise<string> => {
    const socket = new WebSocket(rig.ws(path), { headers });
    const [, response] = await once(socket, 'unexpected-response');
    socket.on('error', () => undefined);
    let body = '';
    for await (const chunk of response) body += chunk;
    return String(JSON.parse(body).code);
  };
  assert.equal(await refusal('/v1/apps/shop/exec?command=ls', {}), 'unauthenticated');
  assert.equal(await refusal('/v1/apps/shop/exec?command=ls', rig.bearer('deploy')), 'forbidden');
  assert.equal(await refusal('/v1/apps/shop/exec', rig.bearer('admin')), 'invalid');
  assert.equal(await refusal('/v1/apps/%zz/exec', rig.bearer('admin')), 'not_found');
  assert.equal(await refusal('/v1/other', rig.bearer('admin')), 'not_found');
  const socket = new WebSocket(rig.ws('/v1/apps/shop/exec?command=ls'), { headers: rig.bearer('admin') });
  assert.equal(JSON.parse(String((await once(socket, 'message'))[0])).code, 'never_deployed');
  await once(socket, 'close');
});

test('draining finishes what runs, ends streams and sessions, and takes nothing new', async (t) => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const rig = await listening(t, {
    stop: async () => {
      begun.resolve();
      await go.promise;
      return { ok: true };
    },
    watchEvents: async function* ({ signal }) {
      yield event(1);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    exec: async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { outcome: 'cut off' };
    },
  });
  const stream = await fetch(rig.url('/v1/events'), { headers: rig.bearer('read') });
  const socket = new WebSocket(rig.ws('/v1/apps/shop/exec?command=ls'), { headers: rig.bearer('admin') });
  await once(socket, 'open');
  const slow = fetch(rig.url('/v1/apps/shop/stop'), { method: 'POST', headers: rig.bearer('deploy') });
  await begun.promise;
  const drained = rig.server.drain(5000);
  assert.equal((await once(socket, 'close'))[0], 1012);
  await stream.text();
  await assert.rejects(fetch(rig.url('/healthz')));
  go.resolve();
  const response = await slow;
  assert.equal(response.status, 202);
  assert.equal(response.headers.get('connection'), 'close');
  await drained;
});

test('what is not HTTP is refused in a form people can read', async (t) => {
  const rig = await listening(t, {});
  const socket = connect(rig.port, '127.0.0.1');
  socket.end('GARBAGE\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += chunk;
  assert.match(text, /^HTTP\/1\.1 400 [\s\S]*malformed_body/);
});

test('a gigantic body is refused without being read to its end', async (t) => {
  const rig = await listening(t, {});
  const socket = connect(rig.port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(
    `POST /v1/apps HTTP/1.1\r\nhost: x\r\nauthorization: ${rig.bearer('admin').authorization}\r\ncontent-type: application/json\r\ncontent-length: 5000000000\r\n\r\n{`,
  );
  const [data] = await once(socket, 'data');
  assert.match(String(data), /^HTTP\/1\.1 413 [\s\S]*body_too_large/);
});

test('a client that waits for 100 Continue is told at once when it may not send', async (t) => {
  const rig = await listening(t, {});
  const send = async (scope: 'read' | 'admin') => {
    const socket = connect(rig.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(
      `POST /v1/apps HTTP/1.1\r\nhost: x\r\nauthorization: ${rig.bearer(scope).authorization}\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n`,
    );
    return String((await once(socket, 'data'))[0]).split('\r\n')[0];
  };
  assert.match((await send('read')) ?? '', /403/);
  assert.match((await send('admin')) ?? '', /100 Continue/);
});

test('a port that is taken is refused by its number', async (t) => {
  const rig = await listening(t, {});
  const other = await httpRig(t);
  await assert.rejects(other.server.listen({ host: '127.0.0.1', port: rig.port }), { code: 'port_taken' });
});
