import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { createEngine } from '@berth/engine/engine';
import type { EngineRequest, EngineTransport } from '@berth/engine/transport';
import { Secret } from '@berth/runtime/secret';
import { fakeClock } from '@berth/testkit/fake-clock';
import type { NodeLink } from '../nodes/ports.ts';
import { createBuilds } from './builds.ts';
import type { BuildEvent, BuildRequest } from './ports.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const inspected = { Id: 'sha256:image', Config: { User: 'app', Env: [], ExposedPorts: {} } };

interface Answer {
  readonly status?: number;
  readonly lines?: readonly object[];
  readonly json?: unknown;
  readonly text?: string;
  /** The answer does not end. */
  readonly stays?: boolean;
  /** The connection ends with this code. */
  readonly breaks?: string;
}

/** An engine that answers as it is told: for what a real one does only when it is in trouble. */
function scripted(answers: Readonly<Record<string, (count: number) => Answer>>) {
  const counts = new Map<string, number>();
  const asked: EngineRequest[] = [];
  const answer = (request: EngineRequest): Answer => {
    const path = request.path.split('?')[0]!;
    const key = Object.keys(answers).find((end) => path.endsWith(end)) ?? '';
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const told = answers[key]?.(count);
    if (told !== undefined) return told;
    if (path.endsWith('/history')) return { json: [] };
    return path.endsWith('/json') ? { json: inspected } : { lines: [] };
  };
  const transport: EngineTransport = {
    async request(request) {
      asked.push(request);
      if (request.body instanceof Readable) request.body.resume();
      const { status = 200, lines, json, stays, breaks, ...told } = answer(request);
      const text =
        told.text ?? lines?.map((line) => `${JSON.stringify(line)}\n`).join('') ?? JSON.stringify(json);
      const body = new Readable({ read() {} });
      if (text !== undefined) body.push(text);
      if (breaks !== undefined) body.destroy(Object.assign(new Error(breaks), { code: breaks }));
      else if (stays !== true) body.push(null);
      request.signal?.addEventListener('abort', () => body.destroy(request.signal?.reason));
      return { status, headers: {}, body };
    },
    hijack: () => Promise.reject(new Error('not here')),
  };
  return { engine: createEngine(transport), asked };
}

const buildOk = () => ({ lines: [{ id: 'moby.image.id', aux: { ID: 'sha256:image' } }] });
const pushOk = () => ({ lines: [{ aux: { Tag: 'x', Digest: digest, Size: 1 } }] });

async function setUp(t: TestContext, answers: Parameters<typeof scripted>[0], free = 1e12) {
  const dir = await mkdtemp(join(tmpdir(), 'berth-builds-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'Dockerfile'), 'FROM base\n');
  const clock = fakeClock();
  const { engine, asked } = scripted(answers);
  const link = { name: 'n1', engine, facts: () => ({ diskBytesFree: free }) } as unknown as NodeLink;
  const builds = createBuilds({
    nodes: { manager: async () => link },
    registry: {
      address: '127.0.0.1:5000',
      url: 'http://127.0.0.1:1',
      username: 'u',
      password: new Secret('pw'),
    },
    platform: 'test',
    build: { memoryBytesMax: 1e9, cpusMax: 1, concurrency: 1 },
    dataDir: join(dir, 'data'),
    clock,
    log: { info: () => {}, warn: () => {} },
  });
  const request = (id: string): BuildRequest => ({
    id,
    app: 'a',
    service: 'web',
    contextDir: dir,
    dockerfile: { kind: 'path', path: 'Dockerfile' },
    args: {},
    imageRepository: 'a/web',
  });
  const start = (id: string, signal = new AbortController().signal) => {
    const events: BuildEvent[] = [];
    const outcome = builds.build(request(id), { signal, onEvent: (event) => events.push(event) });
    return { outcome, events };
  };
  return { start, clock, asked, builds };
}

test('a disk that is full, before or during a build, is refused with numbers', async (t) => {
  const before = await setUp(t, {}, 100 * 1024 * 1024);
  await assert.rejects(before.start('b1').outcome, (error: Error & { code?: string }) => {
    assert.equal(error.code, 'disk_full');
    assert.match(error.message, /needs about 512\.0 MiB; node n1 had 100\.0 MiB free/);
    return true;
  });
  const during = await setUp(t, {
    '/build': () => ({ lines: [{ error: 'write /x: no space left on device' }] }),
  });
  await assert.rejects(during.start('b1').outcome, { code: 'disk_full' });
  const pushing = await setUp(t, {
    '/build': buildOk,
    '/push': () => ({ lines: [{ error: 'unknown: filesystem: no space left on device' }] }),
  });
  await assert.rejects(pushing.start('b1').outcome, { code: 'disk_full' });
});

test('a registry that restarts is tried again; one that refuses is not', async (t) => {
  const restarting = await setUp(t, {
    '/build': buildOk,
    '/push': (count) => (count < 3 ? { lines: [{ error: 'dial tcp: connection refused' }] } : pushOk()),
  });
  assert.equal((await restarting.clock.run(restarting.start('b1').outcome)).kind, 'built');
  const refusing = await setUp(t, {
    '/build': buildOk,
    '/push': () => ({ lines: [{ error: 'unauthorized: authentication required' }] }),
  });
  await assert.rejects(refusing.start('b1').outcome, (error: Error & { code?: string }) => {
    assert.equal(error.code, 'engine_refused');
    assert.match(error.message, /a\/web could not be pushed.*authentication required/);
    return true;
  });
  assert.equal(refusing.asked.filter(({ path }) => path.includes('/push')).length, 1);
});

test('an engine that goes away is a refusal worth another try, however it goes', async (t) => {
  const ways: Record<string, Answer> = {
    'without a word': { lines: [{ stream: 'Step 1/2 : RUN x\n' }] },
    'in its own words': { lines: [{ error: 'failed to solve: Canceled: context canceled' }] },
    'in the middle of a line': { text: '{"stream": "St' },
    'with the connection': { breaks: 'ECONNRESET' },
  };
  for (const [way, answer] of Object.entries(ways)) {
    const it = await setUp(t, { '/build': () => answer });
    await assert.rejects(it.start('b1').outcome, { code: 'engine_unreachable' }, way);
  }
  const pushing = await setUp(t, {
    '/build': buildOk,
    '/push': () => ({ breaks: 'ERR_HTTP2_STREAM_CANCEL' }),
  });
  await assert.rejects(pushing.start('b1').outcome, { code: 'engine_unreachable' });
});

test('a watcher hears something at least every 5 s, and what it is at', async (t) => {
  const it = await setUp(t, { '/build': () => ({ lines: [{ stream: 'x' }], stays: true }) });
  const cancel = new AbortController();
  const { outcome, events } = it.start('b1', cancel.signal);
  while (!events.some((event) => event.kind === 'started')) await new Promise(setImmediate);
  const before = events.length;
  await it.clock.advance(20_000);
  const alive = events.slice(before).filter((event) => event.kind === 'alive');
  assert.ok(alive.length >= 4, `${alive.length} in 20 s`);
  assert.equal(alive.at(-1)?.text, 'starting');
  cancel.abort();
  assert.deepEqual(await outcome, { kind: 'cancelled' });
  assert.ok(it.asked.some(({ path }) => path.includes('/build/cancel?id=b1')));
  assert.equal(it.clock.waiting(), 0, 'nothing is left waiting');
});

test('a queued build can be cancelled without having begun', async (t) => {
  const it = await setUp(t, { '/build': () => ({ lines: [], stays: true }) });
  const [first, second] = [new AbortController(), new AbortController()];
  const running = it.start('b1', first.signal);
  const waiting = it.start('b2', second.signal);
  assert.deepEqual(waiting.events, [{ kind: 'queued', position: 1 }]);
  second.abort();
  assert.deepEqual(await waiting.outcome, { kind: 'cancelled' });
  first.abort();
  assert.deepEqual(await running.outcome, { kind: 'cancelled' });
  assert.ok(!it.asked.some(({ path }) => path.includes('b2')));
});

test('a base image that cannot be pulled fails the build before it begins, in the words of its registry', async (t) => {
  const it = await setUp(t, {
    '/images/base/json': () => ({ status: 404, json: { message: 'No such image' } }),
    '/images/create': () => ({ lines: [{ error: 'pull access denied for base' }] }),
  });
  assert.deepEqual(await it.start('b1').outcome, {
    kind: 'failed',
    step: 'FROM base',
    because: 'pull access denied for base',
    lastLines: [],
  });
  assert.ok(!it.asked.some(({ path }) => path.startsWith('/build')));
});

test('an image that berth up bakes is taken from the machine, never from a registry where anybody may own its name', async (t) => {
  const it = await setUp(t, { '/push': pushOk });
  const signal = new AbortController().signal;
  for (const reference of ['berth/node', 'docker.io/berth/static:latest', 'index.docker.io/berth/base']) {
    const kept = await it.builds.keepImage(
      { id: 'b1', reference, imageRepository: 'a/web' },
      { signal, onEvent: () => {} },
    );
    assert.match(kept.image, /^127\.0\.0\.1:5000\/.*@sha256:/);
  }
  assert.ok(!it.asked.some(({ path }) => path.startsWith('/images/create')));
});

test('no credential and no variable is in a request to build', async (t) => {
  const it = await setUp(t, { '/build': buildOk, '/push': pushOk });
  await it.start('b1').outcome;
  const build = it.asked.find(({ path }) => path.startsWith('/build?'));
  assert.ok(build !== undefined);
  assert.ok(!JSON.stringify([build.path, build.headers]).includes('registry'));
});
