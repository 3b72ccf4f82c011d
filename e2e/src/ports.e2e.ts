import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { beginDeploy, deploy, endOf, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest, testPlatform } from './platform.ts';
import { probeApp } from './probe-app.ts';
import { scratch, writeFiles } from './sources.ts';
import { tcpAnswer } from './tcp-answer.ts';
import { udpAnswer } from './udp-answer.ts';

const shop = 'e2e-port-shop';
const crm = 'e2e-port-crm';
/** Of the test platform, beside its own. */
const tcp = testPlatform.freePort + 10;
const udp = tcp + 1;
const occupied = tcp + 2;

const database = (name: string, ports: string) => `services:
  db:
    build: .
    environment: {NAME: ${name}}
    ports: ${ports}
`;

describe('ports of the node', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  const source = async (compose: string) => writeFiles(await scratch(), probeApp(compose));
  const failureOf = async (app: string, compose: string) =>
    (await endOf(platform, (await beginDeploy(platform, app, await source(compose))).id)).failure;
  const owners = async () =>
    (await platform.client.list('listPorts')).filter(({ port }) => port >= tcp && port <= occupied);

  before(async () => {
    platform = await openPlatform();
    await deploy(platform, shop, await source(database('one', `["${tcp}:5432", "${udp}:5353/udp"]`)));
  });
  after(async () => {
    await removeApp(platform, shop);
    await removeApp(platform, crm);
  });

  test('lead to the task, TCP and UDP', async () => {
    assert.equal(await tcpAnswer(tcp), 'one');
    assert.equal(await fact(() => udpAnswer(udp)), 'one');
    assert.deepEqual(
      (await owners()).map(({ port, protocol, owner }) => `${port}/${protocol} ${owner}`),
      [`${tcp}/tcp app ${shop}, service db`, `${udp}/udp app ${shop}, service db`],
    );
  });

  test('are the same after a release, which replaces the task in its place', async () => {
    const view = await deploy(
      platform,
      shop,
      await source(database('two', `["${tcp}:5432", "${udp}:5353/udp"]`)),
    );
    assert.ok(
      view.warnings.includes('db has ports of the node: its old tasks stop before the new ones start'),
    );
    assert.equal(await fact(async () => ((await tcpAnswer(tcp)) === 'two' ? true : undefined)), true);
    assert.equal(await fact(() => udpAnswer(udp)), 'two');
  });

  test('that another app, the platform or a process has are refused before anything is built', async () => {
    const listener = createServer().listen(occupied);
    try {
      await fact(() => (listener.listening ? true : undefined));
      for (const [port, who] of [
        [tcp, `app ${shop}, service db`],
        [testPlatform.httpPort, 'edge: HTTP'],
        [testPlatform.registryPort, 'registry at 127.0.0.1'],
        [occupied, 'a process of node'],
      ] as const) {
        const failure = await failureOf(crm, database('x', `["${port}:5432"]`));
        assert.equal(failure?.code, 'port_taken');
        assert.ok(
          failure?.message.startsWith(`db publishes ${port}/tcp, which is taken (${who}`),
          failure?.message,
        );
      }
    } finally {
      listener.close();
    }
    assert.equal(await tcpAnswer(tcp), 'two');
  });

  test('that are not named are chosen, told and kept', async () => {
    const port = async () =>
      (await platform.client.list('listPorts')).find(({ owner }) => owner === `app ${crm}, service db`)
        ?.port ?? 0;
    await deploy(platform, crm, await source(database('three', '["5432"]')));
    const first = await fact(async () => (await port()) || undefined);
    assert.ok(first >= 30_000 && first <= 30_999);
    assert.equal(await fact(async () => ((await tcpAnswer(first)) === 'three' ? true : undefined)), true);
    await deploy(platform, crm, await source(database('four', '["5432"]')));
    assert.equal(await fact(async () => ((await tcpAnswer(first)) === 'four' ? true : undefined)), true);
  });

  test('are free again when the app is gone', async () => {
    await removeApp(platform, shop);
    await fact(async () => ((await owners()).length === 0 ? true : undefined));
    await deploy(platform, crm, await source(database('five', `["${tcp}:5432"]`)));
    assert.equal(await fact(async () => ((await tcpAnswer(tcp)) === 'five' ? true : undefined)), true);
  });
});
