import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { AppError, refuse, toProblem } from '@berth/contract/errors';
import { type Client, createClient } from './client.ts';
import { RemoteError } from './problem.ts';

type Answer = (request: Request) => Response | Promise<Response>;

/** A client over answers given in order, and the requests it made. */
function scripted(...answers: Answer[]): { client: Client; requests: Request[]; pauses: number[] } {
  const requests: Request[] = [];
  const pauses: number[] = [];
  const client = createClient({
    baseUrl: 'http://control.test:7700/',
    token: 'berth_x_y',
    random: () => 0.5,
    pause: async (ms) => {
      pauses.push(ms);
    },
    fetch: async (input, init) => {
      const request = new Request(input as URL, init as RequestInit);
      requests.push(request);
      const answer = answers[requests.length - 1];
      if (answer === undefined) throw new Error(`unexpected request ${request.method} ${request.url}`);
      return answer(request);
    },
  });
  return { client, requests, pauses };
}

const json =
  (value: unknown, status = 200) =>
  () =>
    Response.json(value, { status });
const problem =
  (error: AppError, status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(toProblem(error, 'req-1')), {
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
    });
const refused: Answer = () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) });
};
const whoami = { id: 't1', name: 'ann', scope: 'admin' as const };

test('a call is the contract’s method, path, query and body, with the token', async () => {
  const { client, requests } = scripted(json({ ok: true }, 202), json({ items: [] }));
  await client.call('patchEnv', { params: { app: 'shop' }, body: { set: { A: '1' } } });
  await client.call('listTasks', { params: { app: 'shop' }, query: { all: true, limit: 5 } });
  assert.equal(requests[0]?.method, 'PATCH');
  assert.equal(requests[0]?.url, 'http://control.test:7700/v1/apps/shop/env');
  assert.equal(requests[0]?.headers.get('authorization'), 'Bearer berth_x_y');
  assert.deepEqual(await requests[0]?.json(), { set: { A: '1' } });
  assert.equal(requests[1]?.url, 'http://control.test:7700/v1/apps/shop/tasks?all=true&limit=5');
});

test('parameters cannot leave their segment of the path', async () => {
  const { client, requests } = scripted(json(whoami));
  await client.call('getApp', { params: { app: '../tokens' } });
  assert.equal(requests[0]?.url, 'http://control.test:7700/v1/apps/..%2Ftokens');
  await assert.rejects(client.call('getApp', { params: { app: '..' } }), { code: 'invalid' });
});

test('a refusal keeps code, words, issues, evidence and request id', async () => {
  const sent = refuse('invalid_manifest', 'compose.yaml is not valid', {
    issues: [{ at: 'compose.yaml:3:5', message: 'unknown key "prots"', suggestion: 'ports' }],
    evidence: ['a line'],
  });
  const { client, requests } = scripted(problem(sent, 422));
  await assert.rejects(
    client.call('createDeployment', { params: { app: 'shop' }, body: { from: { kind: 'restart' } } }),
    (error) => {
      assert.ok(error instanceof RemoteError && error instanceof AppError);
      assert.equal(error.code, 'invalid_manifest');
      assert.equal(error.message, 'compose.yaml is not valid');
      assert.match(error.hint, /by file and line/);
      assert.deepEqual(error.issues, sent.issues);
      assert.deepEqual(error.evidence, ['a line']);
      assert.equal(error.requestId, 'req-1');
      return true;
    },
  );
  assert.equal(requests.length, 1);
});

test('a code of a newer control, and an answer of something else, are still errors in words', async () => {
  const newer = { code: 'moon_full', title: 'Full moon', detail: 'not tonight', hint: 'wait', status: 409 };
  const { client } = scripted(
    () => Response.json(newer, { status: 409 }),
    () => new Response('<h1>Bad Gateway</h1>', { status: 404 }),
  );
  await assert.rejects(client.call('stop', { params: { app: 'a' } }), (error) => {
    assert.ok(error instanceof RemoteError);
    assert.equal(error.remoteCode, 'moon_full');
    assert.equal(error.hint, 'wait');
    return true;
  });
  await assert.rejects(client.call('whoami'), (error) => {
    assert.ok(error instanceof RemoteError);
    assert.match(error.message, /404/);
    assert.deepEqual(error.evidence, ['Bad Gateway']);
    return true;
  });
});

test('reads are repeated over a passing fault, with back-off and Retry-After', async () => {
  const down = problem(refuse('shutting_down', 'bye'), 503, { 'retry-after': '1' });
  const { client, pauses } = scripted(refused, down, json(whoami));
  assert.deepEqual(await client.call('whoami'), whoami);
  assert.deepEqual(pauses, [150, 1000]);
});

test('a mutation is repeated only with an idempotency key, and a stream only when it can start again', async () => {
  const plain = scripted(refused);
  await assert.rejects(plain.client.call('restart', { params: { app: 'a' } }), {
    code: 'control_unreachable',
  });

  const keyed = scripted(refused, json({ id: 'd1' }, 202));
  await keyed.client.call('restart', { params: { app: 'a' }, idempotencyKey: 'k1' });
  assert.deepEqual(
    keyed.requests.map((request) => request.headers.get('idempotency-key')),
    ['k1', 'k1'],
  );

  const bytes = new Uint8Array([31, 139]);
  const once = scripted(refused);
  const upload = { params: { app: 'a' }, isHarmlessTwice: true };
  await assert.rejects(once.client.call('uploadSource', { ...upload, body: new Blob([bytes]) }));
  const again = scripted(refused, async (request) => {
    assert.deepEqual(new Uint8Array(await request.arrayBuffer()), bytes);
    assert.equal(request.headers.get('content-type'), 'application/gzip');
    return Response.json({ id: 's1', digest: '', bytes: 2, files: 1 }, { status: 201 });
  });
  await again.client.call('uploadSource', {
    ...upload,
    body: async function* () {
      yield bytes;
    },
  });
});

test('a deployment that runs is an answer, not a fault to repeat', async () => {
  const running = problem(refuse('deployment_running', 'one runs'), 409);
  const { client, requests } = scripted(running);
  await assert.rejects(client.call('restart', { params: { app: 'a' }, idempotencyKey: 'k' }), {
    code: 'deployment_running',
  });
  assert.equal(requests.length, 1);
});

test('nothing listening is said in words, with what to do', async () => {
  // A port that was just free: listen and close.
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}` });
  await assert.rejects(client.call('whoami', { retriesMax: 0 }), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'control_unreachable');
    assert.equal(error.message, `control does not answer at http://127.0.0.1:${port} (connection refused)`);
    return true;
  });
});

test('an abort rejects with its reason, also while waiting to repeat', async () => {
  const controller = new AbortController();
  const reason = new Error('stop');
  const { client } = scripted(() => {
    controller.abort(reason);
    throw new DOMException('aborted', 'AbortError');
  });
  await assert.rejects(client.call('whoami', { signal: controller.signal }), reason);
});

test('a list follows its pages up to what was asked for', async () => {
  const page = (names: string[], next?: string) => json({ items: names, ...(next ? { next } : {}) });
  const { client, requests } = scripted(page(['a', 'b'], 'c2'), page(['c']), page(['a', 'b'], 'c2'));
  assert.deepEqual(await client.list('listApps'), ['a', 'b', 'c'] as never);
  assert.equal(new URL(requests[1]?.url as string).searchParams.get('cursor'), 'c2');
  assert.deepEqual(await client.list('listApps', { itemsMax: 1 }), ['a'] as never);
});

test('a WebSocket address repeats list values', () => {
  const { client } = scripted();
  const { url, headers } = client.socket('exec', {
    params: { app: 'shop' },
    query: { command: ['ls', '-la'], tty: true },
  });
  assert.equal(url.href, 'ws://control.test:7700/v1/apps/shop/exec?command=ls&command=-la&tty=true');
  assert.equal(headers.authorization, 'Bearer berth_x_y');
});
