import assert from 'node:assert/strict';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { ask, beginDeploy, deploy, endOf, fact, removeApp } from './deploying.ts';
import { killRole, ready } from './killing.ts';
import { openPlatform, type PlatformUnderTest, testPlatform } from './platform.ts';
import { probeApp } from './probe-app.ts';
import { scratch, writeFiles } from './sources.ts';
import { tcpAnswer } from './tcp-answer.ts';
import { udpAnswer } from './udp-answer.ts';

const shop = 'e2e-bound-shop';
const crm = 'e2e-bound-crm';
const other = 'e2e-bound-other';
/** Of the test platform, beside its own and those of the other test of ports. */
const tcp = testPlatform.freePort + 20;
const http = tcp + 1;

/** An address of this machine that is not loopback. */
const address =
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '';
const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

/** On a connection of its own. */
const page = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
    get({ host: '127.0.0.1', port, agent: false }, (response) => {
      text(response).then(resolve, failed);
    }).on('error', failed);
  });

const compose = (name: string, ports: readonly string[]) => `services:
  db:
    build: .
    environment: {NAME: ${name}}
    healthcheck: {test: ["CMD", "node", "-e", "fetch('http://127.0.0.1:8080/')"], interval: 1s}
    ports: ${JSON.stringify(ports)}
`;
const loopback = [`127.0.0.1:${tcp}:5432`, `127.0.0.1:${tcp}:5353/udp`, `127.0.0.1:${http}:8080`];

describe('ports bound to an address of the node', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  const deployed = async (app: string, name: string, ports: readonly string[]) =>
    deploy(platform, app, await writeFiles(await scratch(), probeApp(compose(name, ports))));
  const failureOf = async (app: string, ports: readonly string[]) => {
    const dir = await writeFiles(await scratch(), probeApp(compose('x', ports)));
    const { failure } = await endOf(platform, (await beginDeploy(platform, app, dir)).id);
    return `${failure?.code}: ${failure?.message}`;
  };
  const answers = (at: string, word: string) =>
    fact(async () => ((await tcpAnswer(tcp, at)) === word ? true : undefined));

  before(async () => {
    assert.notEqual(address, '');
    platform = await openPlatform();
    await deployed(shop, 'one', loopback);
  });
  after(async () => {
    for (const app of [shop, crm, other]) await removeApp(platform, app);
  });

  test('are open there and nowhere else: TCP, UDP and HTTP', async () => {
    assert.equal(await tcpAnswer(tcp), 'one');
    assert.equal(await fact(() => udpAnswer(tcp)), 'one');
    assert.equal(await page(http), 'one');
    for (const elsewhere of ['127.0.0.2', address]) {
      assert.equal(await tcpAnswer(tcp, elsewhere), 'ECONNREFUSED', elsewhere);
      assert.equal(await tcpAnswer(http, elsewhere), 'ECONNREFUSED', elsewhere);
    }
    assert.equal(await udpAnswer(tcp, address), undefined);
    assert.equal((await ask(platform, platform.hostOf(shop), '/')).status, 404);
    const { stdout } = await platform.berth(['ports']);
    assert.match(stdout, new RegExp(`127\\.0\\.0\\.1:${tcp}(-\\d+)?/tcp\\s+\\S+\\s+app ${shop}, service db`));
  });

  test('of one number belong to two apps at two addresses', async () => {
    await deployed(crm, 'crm', [`${address}:${tcp}:5432`]);
    assert.deepEqual([await tcpAnswer(tcp), await tcpAnswer(tcp, address)], ['one', 'crm']);
  });

  test('are refused when the address or the port cannot be had, before anything is built', async () => {
    assert.match(
      await failureOf(other, [`${tcp}:5432`]),
      new RegExp(
        `^port_taken: db publishes ${tcp}/tcp, which is taken \\(app \\S+, service db at [\\d.]+\\)`,
      ),
    );
    assert.equal(
      await failureOf(other, [`127.0.0.1:${tcp}:5353/udp`]),
      `port_taken: db publishes 127.0.0.1:${tcp}/udp, which is taken (app ${shop}, service db at 127.0.0.1).`,
    );
    assert.match(
      await failureOf(other, ['203.0.113.9:5432:5432']),
      new RegExp(
        `^address_missing: db binds a port to 203\\.0\\.113\\.9, which no node has: \\S+ has .*127\\.0\\.0\\.1.*${address}`,
      ),
    );
    const listener = createServer().listen(tcp + 2, '127.0.0.1');
    try {
      await fact(() => (listener.listening ? true : undefined));
      assert.match(
        await failureOf(other, [`127.0.0.1:${tcp + 2}:5432`]),
        /which is taken \(a process of node \S+ at 127\.0\.0\.1\)/,
      );
      // What listens at another address is in nobody's way.
      await deployed(other, 'other', [`${address}:${tcp + 2}:5432`]);
      assert.equal(await tcpAnswer(tcp + 2, address), 'other');
    } finally {
      listener.close();
    }
  });

  test('answer all the time while a release replaces the tasks', async () => {
    const said = new Set<string>();
    let isOver = false;
    const asking = (async () => {
      while (!isOver) said.add(await page(http));
    })();
    const view = await deployed(shop, 'two', loopback);
    assert.ok(
      !view.warnings.some((warning) => warning.includes('stop before the new ones')),
      String(view.warnings),
    );
    await answers('127.0.0.1', 'two');
    await fact(async () => {
      const tasks = await platform.client.list('listTasks', { params: { app: shop } });
      return tasks.filter(({ state }) => state === 'running').length === 1 ? true : undefined;
    });
    isOver = true;
    await asking;
    assert.deepEqual([...said].sort(), ['one', 'two']);
  });

  test('are open again after the agent was killed', async () => {
    await killRole(platform, 'agent');
    await ready(platform);
    await answers('127.0.0.1', 'two');
    await answers(address, 'crm');
  });

  test('may be of IPv6', { skip: !hasIpv6 && 'this machine has no IPv6' }, async () => {
    await deployed(other, 'six', [`[::1]:${tcp}:5432`]);
    await answers('::1', 'six');
    assert.equal(await tcpAnswer(tcp), 'two');
  });

  test('are closed when the app is gone', async () => {
    await removeApp(platform, shop);
    await fact(async () => ((await tcpAnswer(tcp)) === 'ECONNREFUSED' ? true : undefined));
    await answers(address, 'crm');
  });
});
