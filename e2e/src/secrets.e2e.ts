import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { memoryDir } from '@berth/contract/agent-paths';
import { readAll } from '@berth/engine/engine';
import { type Load, startLoad } from '@berth/load/load';
import { ask, deploy, fact, removeApp } from './deploying.ts';
import { openPlatform, type PlatformUnderTest, testPlatform } from './platform.ts';
import { nodeApp, scratch, writeFiles } from './sources.ts';

const app = 'e2e-secrets';
const first = 'first-correct-horse-battery';
const second = 'second-correct-horse-battery';
const own = 'own-correct-horse-battery';

/** Answers with what it was given: content, mode, owner, and whether it is in memory. */
const script = `import { readFileSync, statSync, statfsSync } from 'node:fs';
import { createServer } from 'node:http';
const look = (path) => {
  const { mode, uid } = statSync(path);
  return { text: readFileSync(path, 'utf8'), mode: (mode & 0o7777).toString(8), uid, tmpfs: statfsSync(path).type === 0x01021994 };
};
const given = { token: look('/run/secrets/token'), conf: look('/etc/app.conf'), variable: process.env.TOKEN };
if (process.argv[2] === 'look') console.log(JSON.stringify(given));
else {
  const server = createServer((request, response) => response.end(JSON.stringify(given)));
  server.listen(8080);
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
}
`;
const compose = `
services:
  web:
    build: .
    ports: ["80:8080"]
    secrets: [{source: token, uid: "10001", gid: "10001", mode: 0400}]
    configs: [{source: conf, target: /etc/app.conf}]
    x-berth:
      secret_variables: {TOKEN: token}
      hooks: {release: [node, app.mjs, look]}
  side:
    build: .
    secrets: [{source: token, uid: "10001", gid: "10001", mode: 0400}]
    configs: [{source: conf, target: /etc/app.conf}]
    x-berth: {secret_variables: {TOKEN: token}}
secrets:
  token: {external: true}
configs:
  conf: {content: "name=shop\\n", labels: {team: core}}
`;
const given = (text: string) => ({
  token: { text, mode: '400', uid: 10_001, tmpfs: true },
  conf: { text: 'name=shop\n', mode: '444', uid: 0, tmpfs: true },
  variable: text,
});

describe('configs and secrets', { timeout: 300_000 }, () => {
  let platform: PlatformUnderTest;
  let load: Load | undefined;
  let dir: string;

  before(async () => {
    platform = await openPlatform();
    dir = await writeFiles(await scratch(), nodeApp(script, compose));
    await platform.client.call('createApp', { body: { name: app } });
  });
  after(async () => {
    await load?.stop();
    await removeApp(platform, app);
  });

  const set = async (value: string, ...scope: string[]) => {
    const file = join(await scratch(), 'value');
    await writeFile(file, value);
    const result = await platform.berth(['secret', 'set', 'token', '-a', app, '--file', file, ...scope]);
    assert.equal(result.code, 0, result.stderr);
    return result.stderr;
  };
  const answer = async () => JSON.parse((await ask(platform, platform.hostOf(app))).text) as unknown;
  /** What a task of the other service finds. */
  const ofSide = async () => {
    const args = ['exec', '-a', app, '--service', 'side', '--', 'node', 'app.mjs', 'look'];
    const result = await platform.berth(args);
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout) as unknown;
  };
  /** What `berth run` finds in a container of its own. */
  const oneOff = async (service = 'web') => {
    const result = await platform.berth([
      'run',
      '-a',
      app,
      '--service',
      service,
      '--',
      'node',
      'app.mjs',
      'look',
    ]);
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout) as unknown;
  };

  test('a deployment without the secret is stopped by its name', async () => {
    await assert.rejects(deploy(platform, app, dir), /Berth keeps no secret `token` for e2e-secrets/);
  });

  test('tasks, one-offs and the release command get it as a file in memory', async () => {
    await set(first);
    await deploy(platform, app, dir);
    assert.deepEqual(await answer(), given(first));
    assert.deepEqual(await oneOff(), given(first));
  });

  test('a new value rolls the app without a failed request; a rollback brings the old one back', async () => {
    load = startLoad({
      url: `${platform.edgeUrl}/`,
      host: platform.hostOf(app),
      ratePerMinute: 6_000,
      mode: 'mixed',
      durationMaxMs: 120_000,
      phase: 'roll',
    });
    await set(second);
    assert.deepEqual(await answer(), given(second));
    const { code, stderr } = await platform.berth(['rollback', '-a', app]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await answer(), given(first));
    const before = load.report().requests;
    await fact(() => ((load?.report().requests ?? 0) > before + 50 ? true : undefined));
    const report = await load.stop();
    assert.equal(report.failed, 0, report.phases.flatMap((phase) => phase.reasons).join('; '));
  });

  test('a service with a value of its own is given that one; explain says so; without it, the app’s again', async () => {
    // The rollback has put the release back, not what is kept.
    await set(second);
    const told = await set(own, '--service', 'side');
    assert.match(told, /starting 1 × side\n/, 'and not web');
    assert.deepEqual(await ofSide(), given(own));
    assert.deepEqual(await oneOff('side'), given(own));
    assert.deepEqual(await answer(), given(second));
    const explained = await platform.berth(['secret', 'explain', '-a', app, '--json']);
    const { items } = JSON.parse(explained.stdout) as {
      items: { service: string; origin: { scope: string }; overrides: string[] }[];
    };
    assert.deepEqual(
      items.map(({ service, origin, overrides }) => [service, origin.scope, overrides]),
      [
        ['side', `service:${app}/side`, [`app:${app}`]],
        ['web', `app:${app}`, []],
      ],
    );
    const removed = await platform.berth(['secret', 'rm', 'token', '-a', app, '--service', 'side']);
    assert.equal(removed.code, 0, removed.stderr);
    const pending = await platform.berth(['secret', 'explain', '-a', app, '--service', 'side']);
    assert.match(pending.stdout, /token\*/);
  });

  test('its value is in no answer, event, audit entry, log or service of the engine', async () => {
    const said = await Promise.all(
      [['secret', 'ls'], ['secret', 'history', 'token'], ['events'], ['releases']].map(
        async (args) => (await platform.berth([...args, '-a', app, '--json'])).stdout,
      ),
    );
    said.push((await platform.berth(['audit', '--json'])).stdout);
    for (const role of ['control', 'agent'] as const)
      said.push(
        (await readAll(await platform.engine.containerLogs(await platform.containerOf(role), {}))).toString(),
      );
    const secrets = await platform.engine.listSecrets({
      filters: { label: [`berth.platform=${testPlatform.name}`, `berth.app=${app}`] },
    });
    assert.equal(secrets.length, 3, 'the engine keeps the secrets of all releases');
    said.push(JSON.stringify(secrets));
    const configs = await platform.engine.listConfigs({
      filters: { label: [`berth.platform=${testPlatform.name}`, `berth.app=${app}`, 'team=core'] },
    });
    assert.equal(configs.length, 1, 'labels of the manifest are on it');
    for (const text of said)
      for (const value of [first, second, own, Buffer.from(first).toString('base64')])
        assert.ok(!text.includes(value));
    assert.match(said[1] ?? '', /"version":2/);
  });

  test('nothing of it stays with the engine or in memory when the app is gone', async () => {
    await removeApp(platform, app);
    const filters = { label: [`berth.platform=${testPlatform.name}`, `berth.app=${app}`] };
    assert.deepEqual(await platform.engine.listSecrets({ filters }), []);
    assert.deepEqual(await platform.engine.listConfigs({ filters }), []);
    const left = await readdir(memoryDir.host(testPlatform.name));
    assert.deepEqual(
      left.filter((name) => name.startsWith(app)),
      [],
    );
  });
});
