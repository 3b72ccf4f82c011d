import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { readAll } from '@berth/engine/engine';
import { silent, startLinkedPair, testFacts } from '@berth/testkit/linked-pair';
import { createEngineGateway } from '../engine/gateway.ts';
import { policySettings } from '../engine/policy/fixtures/judged.ts';

type Pair = Awaited<ReturnType<typeof startLinkedPair>>;
const platform = 'test';
const labels = { 'berth.platform': platform };

const service = (Name: string, Labels: Record<string, string>) => ({
  ID: Name,
  Spec: {
    Name,
    Labels,
    TaskTemplate: { ContainerSpec: { Env: ['PASSWORD=hush'] }, Resources: { Limits: { NanoCPUs: 1 } } },
    EndpointSpec: { Ports: [{ PublishedPort: 80, PublishMode: 'ingress' }] },
  },
  PreviousSpec: { TaskTemplate: { ContainerSpec: { Env: ['PASSWORD=old'] } } },
});

/** An engine at a socket that says what reached it. */
async function startEngine(directory: string) {
  const events: string[] = [];
  const waiters: (() => void)[] = [];
  const say = (event: string): void => {
    events.push(event);
    for (const wake of waiters.splice(0)) wake();
  };
  const server = createServer(async (request, response) => {
    const url = request.url ?? '';
    const path = url.replace(/^\/v[\d.]+/, '').split('?')[0] ?? '';
    request.on('error', () => undefined);
    if (path === '/build') {
      say('build started');
      response.on('close', () => say(response.writableFinished ? 'build ended' : 'build cancelled'));
      let bytes = 0;
      for await (const chunk of request.iterator({ destroyOnReturn: false }))
        bytes += (chunk as Buffer).length;
      say(`build got ${bytes}`);
      response.write(`{"stream":"got ${bytes}"}\n`);
      if (url.includes('target=quick')) response.end();
      return;
    }
    const body = await readAll(request);
    response.setHeader('content-type', 'application/json');
    if (path === '/containers/mine/json') return response.end(JSON.stringify({ Config: { Labels: labels } }));
    if (path === '/containers/foreign/json') return response.end(JSON.stringify({ Config: { Labels: {} } }));
    if (path === '/volumes/foreign' || path === '/volumes/adopted')
      return response.end(JSON.stringify({ Name: path.slice('/volumes/'.length), Labels: null }));
    if (path === '/exec/e1/json') return response.end(JSON.stringify({ ContainerID: 'mine', ExitCode: 7 }));
    if (path === '/containers/create') {
      say(`create ${body.toString()}`);
      return response.writeHead(201).end('{"Id":"c1"}');
    }
    if (path === '/events') {
      response.write('{"n":1}\n');
      response.on('close', () => say('events ended'));
      return;
    }
    if (path === '/services')
      return response.end(JSON.stringify([service('mine', labels), service('foreign', { team: 'x' })]));
    if (path === '/images/json')
      return response.end(JSON.stringify([randomBytes(3_000_000).toString('hex')]));
    response.writeHead(404).end(JSON.stringify({ message: `no such thing: ${path}` }));
  });
  server.on('upgrade', (request, socket, head) => {
    say(`upgrade ${request.url}`);
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ');
    if (head.length > 0) socket.unshift(head);
    const body = Number(request.headers['content-length'] ?? 0);
    let skip = body;
    socket.on('data', (chunk: Buffer) => {
      const rest = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - rest.length;
      if (rest.length > 0) socket.write(rest.toString().toUpperCase());
    });
    socket.on('end', () => socket.end('bye'));
    socket.on('close', () => say('upgrade ended'));
    socket.on('error', () => undefined);
  });
  const socketPath = join(directory, 'engine.sock');
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    /** Waits until the engine has seen it. */
    saw: async (event: string, signal = AbortSignal.timeout(5_000)): Promise<void> => {
      while (!events.includes(event)) {
        await new Promise<void>((resolve, reject) => {
          waiters.push(resolve);
          signal.addEventListener('abort', () =>
            reject(new Error(`never saw ${event}; saw ${events.join(', ')}`)),
          );
        });
      }
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('agent link', () => {
  let pair: Pair;
  let engine: Awaited<ReturnType<typeof startEngine>>;
  before(async () => {
    pair = await startLinkedPair();
    engine = await startEngine(pair.directory);
    const gateway = createEngineGateway({
      socketPath: engine.socketPath,
      settings: policySettings({ platform, build: { memoryBytesMax: 1024, cpusMax: 1 } }),
      log: silent,
      adoptedVolumes: async () => new Set(['adopted']),
      beforeBuild: async () => undefined,
    });
    await pair.dial({ routes: gateway.routes });
    await pair.connected();
  });
  after(async () => {
    engine.close();
    await pair.close();
  });

  test('a connected agent is listed with its facts, and is the manager', async () => {
    const link = await pair.nodes.manager();
    assert.equal(link.id, 'node-1');
    assert.deepEqual(link.facts(), testFacts());
    assert.deepEqual(
      pair.nodes.list().map((each) => each.name),
      ['n1'],
    );
  });

  test('of what is not this platform’s, control sees what it takes, and nothing it is told', async () => {
    const link = await pair.connected();
    const [mine, foreign] = await link.engine.listServices();
    assert.deepEqual(mine, service('mine', labels));
    assert.deepEqual(foreign, {
      ID: 'foreign',
      Spec: {
        Name: 'foreign',
        Labels: {},
        EndpointSpec: { Ports: [{ PublishedPort: 80, PublishMode: 'ingress' }] },
        TaskTemplate: { Resources: { Limits: { NanoCPUs: 1 } } },
      },
    });
  });

  test('a large answer and a large context pass', async () => {
    const link = await pair.connected();
    const images = await link.engine.json<string[]>('GET', '/images/json');
    assert.equal(images[0]?.length, 6_000_000);
    const context = Readable.from(
      (function* () {
        for (let i = 0; i < 64; i++) yield randomBytes(512 * 1024);
      })(),
    );
    const log = await readAll(await link.engine.buildImage(context, { target: 'quick' }));
    assert.match(log.toString(), new RegExp(`got ${64 * 512 * 1024}`));
  });

  test('a cancelled build is cancelled at the engine, before and after its context is sent', async () => {
    const link = await pair.connected();
    for (const context of [Buffer.from('whole'), new Readable({ read() {} })]) {
      const abort = new AbortController();
      const answer = link.engine.buildImage(context, {}, { signal: abort.signal });
      answer.catch(() => undefined);
      await engine.saw('build started');
      if (context instanceof Buffer) await answer;
      abort.abort(new Error('no longer wanted'));
      if (context instanceof Buffer) await assert.rejects(readAll(await answer));
      else await assert.rejects(answer, /no longer wanted/);
      await engine.saw('build cancelled');
    }
  });

  test('a follow ends at the engine when its reader goes', async () => {
    const link = await pair.connected();
    const abort = new AbortController();
    const body = await link.engine.events({
      filters: { label: ['berth.platform=test'] },
      signal: abort.signal,
    });
    await once(body, 'data');
    abort.abort();
    body.on('error', () => undefined);
    await engine.saw('events ended');
  });

  test('exec: bytes both ways, half-close, and the exit code', async () => {
    const link = await pair.connected();
    const stream = await link.engine.startExec('e1', { tty: true });
    stream.write('one ');
    stream.end('two');
    assert.equal((await readAll(stream)).toString(), 'hello ONE TWObye');
    assert.equal((await link.engine.inspectExec('e1')).ExitCode, 7);
    await engine.saw('upgrade ended');
  });

  test('what the policy denies says so, and never reaches the engine', async () => {
    const link = await pair.connected();
    const denied = (call: Promise<unknown>, because: RegExp) =>
      assert.rejects(call, (error: { code?: string; message: string }) => {
        assert.equal(error.code, 'policy_denied');
        assert.match(error.message, because);
        return true;
      });
    await denied(link.engine.json('GET', '/swarm/unlockkey'), /not in the list/);
    await denied(
      link.engine.createContainer('x', { Image: 'i', Labels: labels, HostConfig: { Privileged: true } }),
      /Privileged/,
    );
    await denied(link.engine.stopContainer('foreign'), /does not carry the label/);
    await denied(link.engine.attachContainer('foreign', { stream: true }), /does not carry the label/);
    const withVolume = (Source: string) => ({
      Image: 'i',
      Labels: labels,
      HostConfig: { Mounts: [{ Type: 'volume', Source, Target: '/data' }] },
    });
    await denied(link.engine.createContainer('x', withVolume('foreign')), /volume foreign does not carry/);
    assert.equal(pair.refusals.filter((refusal) => refusal.kind === 'policy_denied').length, 5);
    assert.match(pair.refusals.at(-1)?.detail ?? '', /create/);
    await link.engine.createContainer('x', withVolume('adopted'));
    await link.engine.createContainer('x', { Image: 'i', Labels: labels });
    await engine.saw(`create ${JSON.stringify({ Image: 'i', Labels: labels })}`);
  });

  test('an answer of the engine keeps its status and words', async () => {
    const link = await pair.connected();
    await assert.rejects(link.engine.inspectContainer('gone'), { name: 'EngineStatusError', status: 404 });
  });
});

test('control restarts: the agent connects again; calls in flight say why they ended', async () => {
  const pair = await startLinkedPair();
  const never = { method: 'GET', path: /^\/v1\/edge$/, handle: () => new Promise(() => undefined) };
  await pair.dial({ routes: [never] });
  const link = await pair.connected();
  const waiting = link.edge.report();
  waiting.catch(() => undefined);
  await pair.restartControl();
  await assert.rejects(waiting, { code: 'agent_unreachable' });
  await assert.rejects(link.edge.report(), { code: 'agent_unreachable' });
  const again = await pair.connected();
  assert.notEqual(again, link);
  await pair.close();
});

test('the newest link of a node wins; another node’s certificate is refused', async () => {
  const pair = await startLinkedPair();
  await pair.dial();
  const first = await pair.connected();
  const gone = new Promise<void>((resolve) => {
    pair.nodes.onChange(() => {
      if (pair.nodes.find('node-1') !== first) resolve();
    });
  });
  await pair.dial({ facts: testFacts({ name: 'n1-again' }) });
  await gone;
  await pair.dial({ facts: testFacts({ id: 'node-2' }), commonName: 'node-3' });
  await pair.dial({ facts: testFacts({ id: 'node-4' }) });
  await pair.connected('node-4');
  assert.equal(pair.nodes.find('node-2'), undefined);
  assert.equal(pair.nodes.find('node-3'), undefined);
  await pair.close();
});

test('without a manager the wait ends with words', async () => {
  const pair = await startLinkedPair();
  await assert.rejects(pair.nodes.manager({ waitMs: 10 }), { code: 'agent_unreachable' });
  await pair.close();
});
