import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { createSelfSigned } from '@berth/pki/authority';
import { systemClock } from '@berth/runtime/clock';
import { until } from '@berth/runtime/retry';
import {
  ask,
  type EdgeSandbox,
  isUp,
  shopModel,
  startEdgeSandbox,
  startLoad,
} from '@berth/testkit/edge-sandbox';
import { silent } from '@berth/testkit/linked-pair';
import { createEdge } from './edge.ts';
import { createEdgeParts, type EdgeParts } from './parts.ts';

const signal = AbortSignal.timeout(240_000);

describe('life of an edge', { timeout: 240_000 }, () => {
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

  before(async () => {
    const link = box.link();
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { b: { fqdn: r2, weight: 100 } }, { slots: 8 }),
    );
    await box.laneBecomes('shop.web', 'b', isUp(2));
  });

  test('the agent restarts: the edge goes on, and is adopted as it is', async () => {
    const link = box.link();
    const before = await box.link().edge.report();
    const load = startLoad(box.ports.http);
    await box.restartAgent();
    const { failures } = await load.stop();
    assert.deepEqual(failures, []);
    const after = await box.link().edge.report();
    assert.equal(after.revision, before.revision);
    assert.equal(after.reloads, before.reloads);
    assert.ok(link);
  });

  test('a connection older than a reload follows what changes after it', async () => {
    const link = box.link();
    const [old, young] = [
      await box.runBackends('old', { replicas: 1 }),
      await box.runBackends('young', { replicas: 1 }),
    ];
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: old, weight: 100 } }, { slots: 8 }),
    );
    await box.laneBecomes('shop.web', 'a', isUp(1));
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    await Promise.all(Array.from({ length: 10 }, () => ask(box.ports.http, { agent })));
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: old, weight: 100 } }, { slots: 4 }),
    );
    assert.equal((await link.edge.report()).oldWorkers, 1);
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: old, weight: 100 }, b: { fqdn: young } }),
    );
    await box.laneBecomes('shop.web', 'b', isUp(1));
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { a: { fqdn: old }, b: { fqdn: young, weight: 100 } }),
    );
    await link.edge.apply(shopModel(next(), [box.appNetwork], { b: { fqdn: young, weight: 100 } }));
    await box.scale(old, 0);
    await until(
      async () => {
        const tasks = await box.engine.listContainers({
          filters: { label: [`com.docker.swarm.service.name=${old}`] },
        });
        return tasks.length === 0 ? true : undefined;
      },
      { clock: systemClock, everyMs: 50, signal },
    );
    const heard = JSON.parse((await ask(box.ports.http, { agent, path: '/headers' })).text);
    assert.equal(heard['x-forwarded-proto'], 'http');
    assert.doesNotMatch(heard['x-forwarded-for'], /,|unknown/);
    const answers = await Promise.all(Array.from({ length: 9 }, () => ask(box.ports.http, { agent })));
    assert.deepEqual(
      answers.map(({ status, text }) => [status, text.split(' ')[1]]),
      Array(9).fill([200, 'young']),
    );
    agent.destroy();
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { b: { fqdn: r2, weight: 100 } }, { slots: 8 }),
    );
    await box.laneBecomes('shop.web', 'b', isUp(2));
  });

  test('the edge is not attached to a network of others, whoever names it', async () => {
    const foreign = await box.createNetwork('foreign', 'somebody-else');
    const lane = { port: 8080, probe: { kind: 'none' }, weight: 0 } as const;
    const service = { id: 'other.web', networks: [foreign], slots: 4, lanes: { a: lane, b: lane, c: lane } };
    const model = shopModel(
      next(),
      [box.appNetwork],
      { b: { fqdn: r2, weight: 100 } },
      { slots: 8, services: [service] },
    );
    await assert.rejects(box.link().edge.apply(model), /foreign does not carry the label/);
    const edge = await box.engine.inspectContainer(`${box.platform}-edge`);
    assert.ok(!(foreign in edge.NetworkSettings.Networks));
  });

  test('another app comes and goes under load: attaching the edge to its network fails nothing', async () => {
    const link = box.link();
    const other = await box.createNetwork('other');
    const lane = { port: 8080, probe: { kind: 'none' }, weight: 0 } as const;
    const service = {
      id: 'other.web',
      networks: [other],
      slots: 4,
      lanes: { a: lane, b: lane, c: lane },
    };
    const idle = new Agent({ keepAlive: true, maxSockets: 20 });
    await Promise.all(Array.from({ length: 20 }, () => ask(box.ports.http, { agent: idle })));
    let closed = 0;
    for (const sockets of Object.values(idle.freeSockets))
      for (const socket of sockets ?? []) socket.on('close', () => closed++);
    const load = startLoad(box.ports.http);
    for (let i = 0; i < 3; i++) {
      await link.edge.apply(
        shopModel(
          next(),
          [box.appNetwork],
          { b: { fqdn: r2, weight: 100 } },
          { slots: 8, services: [service] },
        ),
      );
      const attached = await box.engine.inspectContainer(`${box.platform}-edge`);
      assert.ok(other in attached.NetworkSettings.Networks);
      await link.edge.apply(
        shopModel(next(), [box.appNetwork], { b: { fqdn: r2, weight: 100 } }, { slots: 8 }),
      );
      const detached = await box.engine.inspectContainer(`${box.platform}-edge`);
      assert.ok(!(other in detached.NetworkSettings.Networks));
    }
    const { requests, failures } = await load.stop();
    console.log(`# ${requests} requests over six changes of networks`);
    assert.deepEqual(failures, []);
    assert.equal(closed, 0);
    idle.destroy();
  });

  test('a given certificate is served for its name, and replaced without a reload', async () => {
    const link = box.link();
    const bundle = async () => {
      const pair = await createSelfSigned({
        commonName: 'shop.test',
        names: ['shop.test'],
        nowMs: Date.now(),
      });
      return `${pair.certificatePem}${pair.keyPem}`;
    };
    const served = (servername: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({
          host: '127.0.0.1',
          port: box.ports.https,
          servername,
          rejectUnauthorized: false,
          ALPNProtocols: ['h2'],
        });
        socket.on('secureConnect', () => {
          assert.equal(socket.alpnProtocol, 'h2');
          resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const first = await bundle();
    const fingerprint = createHash('sha256').update(first).digest('hex');
    const model = (of: string) =>
      shopModel(
        next(),
        [box.appNetwork],
        { b: { fqdn: r2, weight: 100 } },
        { slots: 8, certificates: [{ name: 'shop', fingerprint: of }] },
      );
    await assert.rejects(link.edge.apply(model(fingerprint)), { code: 'edge_refused' });
    await link.edge.putCertificate('shop', first);
    await link.edge.apply(model(fingerprint));
    assert.equal(await served('shop.test'), new X509Certificate(first).fingerprint256);
    const second = await bundle();
    const { reloads } = await link.edge.report();
    await link.edge.putCertificate('shop', second);
    assert.equal(await served('shop.test'), new X509Certificate(second).fingerprint256);
    assert.equal((await link.edge.report()).reloads, reloads);
    await assert.rejects(link.edge.putCertificate('shop', 'nonsense'), { code: 'invalid' });
    await link.edge.apply(
      shopModel(next(), [box.appNetwork], { b: { fqdn: r2, weight: 100 } }, { slots: 8 }),
    );
    assert.notEqual(await served('shop.test'), new X509Certificate(second).fingerprint256);
  });

  test('what HAProxy does not take is refused with its words, and the old configuration goes on', async () => {
    const link = box.link();
    const before = await link.edge.report();
    const load = startLoad(box.ports.http);
    const bad = shopModel(next(), [box.appNetwork], { b: { fqdn: r2, weight: 100 } }, { slots: 4 });
    const broken = {
      ...bad,
      routes: bad.routes,
      services: bad.services.map((service) => ({ ...service, networks: ['no-such-network'] })),
    };
    await assert.rejects(link.edge.apply(broken), { code: 'edge_refused' });
    await assert.rejects(link.edge.apply({ ...bad, revision: before.revision - 1 }), { code: 'conflict' });
    const { failures } = await load.stop();
    assert.deepEqual(failures, []);
    assert.equal((await link.edge.report()).revision, before.revision);
  });

  test('the agent dies at any step of a change: the next one finds the edge serving, and brings it to its files', async () => {
    await box.stopAgent();
    const load = startLoad(box.ports.http);
    const make = (slots: number, weight: number) =>
      shopModel(
        next(),
        [box.appNetwork],
        { a: { fqdn: r1, weight: 100 - weight }, b: { fqdn: r2, weight } },
        { slots },
      );
    for (const change of ['reload', 'runtime'] as const) {
      let slots = 8;
      for (let step = 1; ; step++) {
        const parts = createEdgeParts({
          config: box.config,
          engine: box.engine,
          clock: systemClock,
          log: silent,
        });
        const dying = createEdge(dieAt(parts, step));
        slots = change === 'reload' ? (slots === 8 ? 4 : 8) : slots;
        const died = await dying
          .start(signal)
          .then(() => dying.apply(make(slots, step % 2 === 0 ? 30 : 60), signal))
          .then(
            () => false,
            (error) => {
              if (error instanceof Died) return true;
              throw error;
            },
          );
        const reborn = createEdge(parts);
        await reborn.start(signal);
        const [running, files] = await Promise.all([parts.runtime.identity(), parts.files.readCurrent()]);
        assert.equal(running?.digest, files?.digest, `${change}, step ${step}`);
        assert.equal(running?.revision, reborn.model().revision);
        slots = reborn.model().services[0]?.slots ?? slots;
        if (!died) {
          console.log(`# ${change}: died at each of ${step - 1} steps`);
          break;
        }
      }
    }
    const { requests, failures } = await load.stop();
    console.log(`# ${requests} requests meanwhile`);
    assert.deepEqual(failures, []);
    await box.startAgain();
    await box.edgeUp();
  });

  test('its files are broken by somebody and it ends: they are written anew, and it serves again', async () => {
    const name = `${box.platform}-edge`;
    const current = join(box.directory, 'edge', 'current', 'haproxy.cfg');
    const before = await readFile(current, 'utf8');
    await writeFile(current, `${before}\ngarbage\n`);
    await box.engine.killContainer(name);
    await until(
      async () => {
        const answer = await ask(box.ports.http).catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      },
      { clock: systemClock, everyMs: 50, signal },
    );
    assert.equal(await readFile(current, 'utf8'), before);
    await box.edgeUp();
  });

  test('the edge is killed: it comes back with its networks and its state', async () => {
    const name = `${box.platform}-edge`;
    const before = await box.engine.inspectContainer(name);
    await box.engine.killContainer(name);
    await until(
      async () => {
        const { State } = await box.engine.inspectContainer(name);
        return State.Running && State.StartedAt !== before.State.StartedAt ? true : undefined;
      },
      { clock: systemClock, everyMs: 50, signal },
    );
    await until(
      async () => {
        const answer = await ask(box.ports.http).catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      },
      { clock: systemClock, everyMs: 20, signal },
    );
    await box.engine.removeContainer(name, { force: true });
    await until(
      async () => {
        const answer = await ask(box.ports.http).catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      },
      { clock: systemClock, everyMs: 20, signal },
    );
  });
});

class Died extends Error {}

/** The parts of an edge whose agent dies at the given call that does something. */
function dieAt(parts: EdgeParts, step: number): EdgeParts {
  let calls = 0;
  const mortal = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, key) => {
        const value = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          calls += 1;
          if (calls >= step) return Promise.reject(new Died(`at ${String(key)}`));
          return value.apply(target, given);
        };
      },
    });
  return {
    ...parts,
    files: mortal(parts.files),
    certificates: mortal(parts.certificates),
    container: mortal(parts.container),
    runtime: mortal(parts.runtime),
  };
}
