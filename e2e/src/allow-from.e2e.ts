import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, beginDeploy, deploy, endOf, eventually, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest, testPlatform } from './platform.ts';
import { probeApp } from './probe-app.ts';
import { scratch, writeFiles } from './sources.ts';
import { tcpAnswer } from './tcp-answer.ts';

const app = 'e2e-allow-from';
const tcp = testPlatform.freePort;
/** Nobody is there (RFC 5737). */
const nobody = '203.0.113.0/24';

describe('who may reach what a service publishes', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  const compose = (web: string, db: string) => `services:
  web:
    build: .
    ports: ["80:8080"]
    x-berth: {allow_from: [${web}]}
  db:
    build: .
    environment: {NAME: db}
    ports: ["${tcp}:5432"]
    x-berth: {allow_from: [${db}]}
`;
  const letIn = async (web: string, db: string) =>
    deploy(platform, app, await writeFiles(await scratch(), probeApp(compose(web, db))));
  const tasks = async () =>
    (await platform.client.list('listTasks', { params: { app } }))
      .filter(({ service }) => service === 'web')
      .map(({ id }) => id);

  before(async () => {
    platform = await openPlatform();
    await letIn(nobody, nobody);
  });
  after(() => removeApp(platform, app));

  test('is whom it lets in: through the edge, and at a port of the node', async () => {
    assert.equal((await ask(platform, platform.hostOf(app))).status, 403);
    assert.match(await tcpAnswer(tcp), /^(ECONNRESET)?$/, 'closed before a byte');
  });

  test('is changed without a new task of what the edge serves', async () => {
    const before = await tasks();
    await letIn('0.0.0.0/0, "::/0"', `127.0.0.0/8, ${nobody}`);
    assert.equal((await ask(platform, platform.hostOf(app))).status, 200);
    await eventually(async () => assert.equal(await tcpAnswer(tcp), 'db'));
    assert.deepEqual(await tasks(), before);
  });

  test('is a range in words that mean one', async () => {
    const dir = await writeFiles(await scratch(), probeApp(compose('everybody', nobody)));
    const { failure } = await endOf(platform, (await beginDeploy(platform, app, dir)).id);
    assert.match(
      JSON.stringify(failure),
      /compose.yaml:5.*must be an address or a range like 10\.0\.0\.0\/8/,
    );
  });
});
