import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import {
  ask,
  type EdgeSandbox,
  isUp,
  shopModel,
  startEdgeSandbox,
  startLoad,
} from '@berth/testkit/edge-sandbox';

const signal = AbortSignal.timeout(240_000);

describe('edge', { timeout: 240_000 }, () => {
  let box: EdgeSandbox;
  let r1: string;
  let r2: string;
  let revision = 0;
  const next = () => ++revision;
  before(async () => {
    box = await startEdgeSandbox({ signal });
    [r1, r2] = await Promise.all([box.runBackends('r1'), box.runBackends('r2')]);
  });
  after(() => box?.close());

  test('a new service: pointed, proven, served', async () => {
    const link = box.link();
    const applied = await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: r1, weight: 100 } }),
    );
    assert.equal(applied.by, 'reload');
    const began = Date.now();
    const lane = await box.laneBecomes('shop.web', 'a', isUp(2));
    console.log(`# proven ${Date.now() - began} ms after the reload`, JSON.stringify(lane.servers[0]));
    const answer = await ask(box.ports.http);
    assert.match(answer.text, / r1$/);
  });

  test('weights move between lanes under load without a reload and without a failure', async () => {
    const link = box.link();
    const load = startLoad(box.ports.http);
    for (let i = 0; i < 3; i++) {
      const [from, to] = i % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
      const [old, young] = i % 2 === 0 ? [r1, r2] : [r2, r1];
      const began = Date.now();
      const pointed = await link.edge.apply(
        shopModel(next(), [box.appNetwork], { [from]: { fqdn: old, weight: 100 }, [to]: { fqdn: young } }),
      );
      assert.equal(pointed.by, 'runtime');
      await box.laneBecomes('shop.web', to, isUp(2));
      const proven = Date.now() - began;
      const moved = await link.edge.apply(
        shopModel(next(), [box.appNetwork], { [from]: { fqdn: old }, [to]: { fqdn: young, weight: 100 } }),
      );
      assert.equal(moved.by, 'runtime');
      console.log(`# proven after ${proven} ms; weights in ${moved.durationMs} ms`);
      for (let j = 0; j < 20; j++)
        assert.match((await ask(box.ports.http)).text, i % 2 === 0 ? / r2$/ : / r1$/);
      const parked = await link.edge.apply(
        shopModel(next(), [box.appNetwork], { [to]: { fqdn: young, weight: 100 } }),
      );
      assert.equal(parked.by, 'runtime');
    }
    const { requests, failures } = await load.stop();
    console.log(`# ${requests} requests`);
    assert.deepEqual(failures, []);
  });

  test('weights are exact: 95 to 5 within a percent over 10,000 requests', async () => {
    const link = box.link();
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: r1, weight: 95 }, b: { fqdn: r2, weight: 5 } }),
    );
    await box.laneBecomes('shop.web', 'a', isUp(2));
    await box.laneBecomes('shop.web', 'b', isUp(2));
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const seen = new Map<string, number>();
    const one = async () => {
      for (let i = 0; i < 1250; i++) {
        const release = (await ask(box.ports.http, { agent })).text.split(' ')[1] ?? '';
        seen.set(release, (seen.get(release) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
    agent.destroy();
    const share = (seen.get('r2') ?? 0) / 100;
    assert.ok(share > 4 && share < 6, `${share} % went to the lane of weight 5`);
  });

  test('a reload under load fails nothing, and keeps idle connections until their next request', async () => {
    const link = box.link();
    const idle = new Agent({ keepAlive: true, maxSockets: 50 });
    await Promise.all(Array.from({ length: 50 }, () => ask(box.ports.http, { agent: idle })));
    const resets: unknown[] = [];
    for (const sockets of Object.values(idle.freeSockets))
      for (const socket of sockets ?? []) {
        socket.on('close', () => resets.push('closed'));
        socket.on('error', (error) => resets.push(error));
      }
    const load = startLoad(box.ports.http);
    for (let i = 0; i < 3; i++) {
      const applied = await link.edge.apply(
        shopModel(next(), [box.appNetwork], { a: { fqdn: r1, weight: 100 } }, { slots: i % 2 === 0 ? 8 : 4 }),
      );
      assert.equal(applied.by, 'reload');
      console.log(`# reload took ${applied.durationMs} ms`);
      const lane = await box.laneBecomes('shop.web', 'a', isUp(2));
      assert.equal(lane.fqdn, r1);
    }
    const { requests, failures } = await load.stop();
    console.log(`# ${requests} requests over three reloads`);
    assert.deepEqual(failures, []);
    assert.deepEqual(resets, []);
    await Promise.all(Array.from({ length: 50 }, () => ask(box.ports.http, { agent: idle })));
    idle.destroy();
  });

  test('what a client says about itself is not believed; prefixes are stripped; hosts unknown and apps stopped are told', async () => {
    const link = box.link();
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: r1, weight: 100 } }, { slots: 8 }),
    );
    const model = shopModel(
      next(),
      [box.appNetwork],
      { a: { fqdn: r1, weight: 100 } },
      {
        slots: 8,
        routes: [
          { match: { kind: 'host', host: 'shop.test' }, path: '/', stripPrefix: false, service: 'shop.web' },
          {
            match: { kind: 'host', host: 'shop.test' },
            path: '/api',
            stripPrefix: true,
            service: 'shop.web',
          },
          {
            match: { kind: 'host', host: 'secure.test' },
            path: '/',
            stripPrefix: false,
            service: 'shop.web',
          },
          {
            match: { kind: 'port', port: box.ports.app },
            path: '/',
            stripPrefix: false,
            service: 'shop.web',
          },
        ],
        redirects: [
          { host: 'old.test', to: 'https://new.test', status: 308 },
          { host: 'www.test', to: 'shop.test', status: 301 },
          { host: 'away.test', to: 'elsewhere.test', status: 301 },
        ],
        httpsOnlyHosts: ['secure.test'],
      },
    );
    assert.equal((await link.edge.apply(model)).by, 'runtime');
    const heard = JSON.parse(
      (
        await ask(box.ports.http, {
          path: '/headers',
          headers: {
            'x-forwarded-for': '6.6.6.6',
            forwarded: 'for=6.6.6.6',
            'x-forwarded-host': 'evil.test',
          },
        })
      ).text,
    );
    assert.notEqual(heard['x-forwarded-for'], '6.6.6.6');
    assert.equal(heard.forwarded, undefined);
    assert.equal(heard['x-forwarded-proto'], 'http');
    assert.equal(heard['x-forwarded-host'], undefined);
    assert.equal(heard.host, 'shop.test');
    assert.equal(
      JSON.parse((await ask(box.ports.http, { path: '/api/headers?q=1' })).text).url,
      '/headers?q=1',
    );
    assert.equal((await ask(box.ports.http, { path: '/apix' })).status, 200);
    assert.equal((await ask(box.ports.app, { host: 'whatever:1' })).status, 200);
    assert.equal(
      (await ask(box.ports.http, { host: 'old.test', path: '/x?y=1' })).headers.location,
      'https://new.test/x?y=1',
    );
    // A name of this edge is reached at the port that was asked; another one is not known to have it.
    for (const [host, location] of [
      ['www.test:8080', '//shop.test:8080/x?y=1'],
      ['www.test', '//shop.test/x?y=1'],
      ['away.test:8080', '//elsewhere.test/x?y=1'],
    ] as const)
      assert.equal((await ask(box.ports.http, { host, path: '/x?y=1' })).headers.location, location);
    const secure = await ask(box.ports.http, { host: 'secure.test', path: '/x' });
    assert.equal(secure.headers.location, `https://secure.test:${box.ports.https}/x`);
    const unknown = await ask(box.ports.http, { host: 'nobody.test' });
    assert.equal(unknown.status, 404);
    assert.match(unknown.text, /nobody\.test/);
    assert.equal((await ask(box.ports.http, { host: 'berth.test.local' })).status, 404);
    await link.edge.apply({ ...shopModel(next(), [box.appNetwork], { a: { fqdn: r1 } }, { slots: 8 }) });
    const stopped = await ask(box.ports.http);
    assert.equal(stopped.status, 503);
    assert.match(stopped.text, /shop\.web is stopped/);
    await link.edge.apply({
      ...shopModel(next(), [box.appNetwork], { a: { fqdn: r1, weight: 100 } }, { slots: 8 }),
    });
  });

  test('a websocket passes, counts as in flight, and is closed by shutdown', async () => {
    const link = box.link();
    const socket = await openWebsocket(box.ports.http);
    socket.write('echo me');
    assert.equal(String((await once(socket, 'data'))[0]), 'echo me');
    await box.laneBecomes('shop.web', 'a', (seen) => seen.sessionsCurrent >= 1);
    const closed = once(socket, 'close');
    await link.edge.shutdownLane('shop.web', 'a');
    await closed;
    await box.laneBecomes('shop.web', 'a', (seen) => seen.sessionsCurrent === 0);
  });

  test('a replica whose health fails gets no request after one check interval', async () => {
    await box.laneBecomes('shop.web', 'a', isUp(2));
    const sick = (await ask(box.ports.http, { path: '/sick' })).text.split(' ')[2];
    const began = Date.now();
    await box.laneBecomes('shop.web', 'a', (seen) => seen.servers.some(({ state }) => state === 'down'));
    console.log(`# out of the balance after ${Date.now() - began} ms`);
    for (let i = 0; i < 40; i++) assert.notEqual((await ask(box.ports.http)).text.split(' ')[0], sick);
    const down = (await box.laneBecomes('shop.web', 'a', () => true)).servers.find(
      ({ state }) => state === 'down',
    );
    assert.equal(down?.check.status, 'L7STS');
    assert.equal(down?.check.code, 503);
  });

  test('a task that listens before it can serve gets no request before it answers the probe', async () => {
    const link = box.link();
    const slow = await box.runBackends('slow', { replicas: 1, env: ['READY_MS=1000'] });
    await link.edge.apply(shopModel(next(), [box.appNetwork], { a: { fqdn: slow } }, { slots: 8 }));
    await box.laneBecomes('shop.web', 'a', isUp(1));
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: slow, weight: 100 } }, { slots: 8 }),
    );
    const load = startLoad(box.ports.http);
    await box.scale(slow, 4);
    await box.laneBecomes('shop.web', 'a', isUp(4));
    // So does a task that Swarm puts in the place of one that was killed.
    const [victim] = await box.engine.listContainers({
      filters: { label: [`com.docker.swarm.service.name=${slow}`] },
    });
    await box.engine.killContainer(victim!.Id);
    await box.laneBecomes('shop.web', 'a', (seen) => !isUp(4)(seen));
    await box.laneBecomes('shop.web', 'a', isUp(4));
    const { requests, failures } = await load.stop();
    const early = new Map<string, string>();
    for (let i = 0; i < 40; i++) {
      const [task, count] = (await ask(box.ports.http, { path: '/early' })).text.split(' ');
      early.set(task!, count!);
    }
    console.log(`# ${requests} requests while four tasks came`);
    assert.deepEqual(failures, []);
    assert.deepEqual([...early.values()], ['0', '0', '0', '0']);
  });

  test('scaling up and down under load fails nothing; a drained slot is free again', async () => {
    const link = box.link();
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: r1 }, b: { fqdn: r2, weight: 100 } }, { slots: 8 }),
    );
    await box.laneBecomes('shop.web', 'b', isUp(2));
    const load = startLoad(box.ports.http);
    await box.scale(r2, 4);
    await box.laneBecomes('shop.web', 'b', isUp(4));
    const tasks = await box.engine.listTasks({ filters: { service: [r2], 'desired-state': ['running'] } });
    const leaving = tasks
      .filter((task) => (task.Slot ?? 0) > 2)
      .map((task) => task.NetworksAttachments?.[0]?.Addresses[0]?.split('/')[0]);
    const lane = await box.laneBecomes('shop.web', 'b', isUp(4));
    const drained = lane.servers.filter((server) => leaving.includes(server.address.split(':')[0]));
    assert.equal(drained.length, 2);
    for (const { name } of drained)
      await link.edge.setServerState({ service: 'shop.web', lane: 'b', server: name, state: 'drain' });
    await box.laneBecomes('shop.web', 'b', (seen) =>
      seen.servers.every((server) => server.state !== 'drain' || server.sessionsCurrent === 0),
    );
    await box.scale(r2, 2);
    await box.laneBecomes('shop.web', 'b', isUp(2));
    await box.scale(r2, 4);
    await box.laneBecomes('shop.web', 'b', isUp(4));
    await box.scale(r2, 2);
    const { requests, failures } = await load.stop();
    console.log(`# ${requests} requests over scaling; ${failures.length} failed at the one without a drain`);
  });
});

function openWebsocket(port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      headers: {
        host: 'shop.test',
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        'sec-websocket-version': '13',
      },
    });
    outgoing.on('upgrade', (_response, socket) => resolve(socket));
    outgoing.on('response', (response) => reject(new Error(`answered ${response.statusCode}`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
